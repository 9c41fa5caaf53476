package io.cofferdam.concurrent;

/** Something agreed upon for later that can still be called off. Safe for use by many threads. */
@FunctionalInterface
public interface Cancellable {

    /**
     * Calls it off. Does not block and does not interrupt what has begun already.
     *
     * @return true if it will not happen because of this call; false if it has begun or was called off before
     */
    boolean cancel();
}
