package io.cofferdam.driver;

import io.cofferdam.api.Experimental;

/** Something that goes on until it is closed. Closing twice does nothing. */
@Experimental
@FunctionalInterface
public interface Watch extends AutoCloseable {

    /** Ends it. */
    @Override
    void close();
}
