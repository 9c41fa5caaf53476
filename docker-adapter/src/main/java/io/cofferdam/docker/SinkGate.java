package io.cofferdam.docker;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;

/**
 * Stands before a caller's sink: once closed nothing more gets through, so that a call that was given up does not write
 * into what its caller has taken back. What the sink itself throws is told from a broken connection by being unchecked.
 */
final class SinkGate implements AutoCloseable {

    private volatile boolean closed;

    Frames.Sink around(Frames.Sink sink) {
        return (stream, first, bytes, offset, length) -> {
            if (closed) {
                throw new InterruptedIOException("given up");
            }
            try {
                sink.accept(stream, first, bytes, offset, length);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        };
    }

    @Override
    public void close() {
        closed = true;
    }
}
