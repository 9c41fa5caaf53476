package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import java.io.IOException;
import java.io.InputStream;

/** Takes the files of a snapshot. */
@Experimental
@FunctionalInterface
public interface FileSink {

    /**
     * Takes one file; directories come before what is in them.
     *
     * @param entry what it is
     * @param content its content, of exactly {@link FileEntry#size()} bytes, read before the return
     * @throws IOException if it cannot be taken
     */
    void put(FileEntry entry, InputStream content) throws IOException;
}
