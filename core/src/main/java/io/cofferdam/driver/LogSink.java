package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.LogLine;
import java.io.IOException;

/** Takes pieces of output as an engine delivers them. */
@Experimental
@FunctionalInterface
public interface LogSink {

    /**
     * Takes a piece.
     *
     * @param stream the stream it belongs to
     * @param bytes holds the piece; may be used again after the return
     * @param offset where it begins
     * @param length how long it is
     * @throws IOException if it cannot be taken; ends the delivery
     */
    void accept(LogLine.Stream stream, byte[] bytes, int offset, int length) throws IOException;
}
