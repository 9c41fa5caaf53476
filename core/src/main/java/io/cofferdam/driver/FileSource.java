package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Tells the files of a snapshot, the trees one after the other. Used by one thread at a time. */
@Experimental
public interface FileSource {

    /**
     * The next file.
     *
     * @return null after the last one, when the source is known to be complete
     * @throws IOException if it cannot be read
     */
    @Nullable
    FileEntry next() throws IOException;

    /**
     * The content of the file told last.
     *
     * @return ends with the file; need not be read or closed
     */
    InputStream content();
}
