package io.cofferdam.concurrent;

import org.jspecify.annotations.Nullable;

/**
 * Something that blocks until it has a result. Like {@link java.util.concurrent.Callable}, but it says which checked
 * exception it throws, so that callers handle that one and no other.
 *
 * @param <T> the type of the result
 * @param <X> the checked exception; {@link RuntimeException} if there is none
 */
@FunctionalInterface
public interface BlockingCall<T extends @Nullable Object, X extends Exception> {

    /**
     * Does it.
     *
     * @return the result
     * @throws X if it failed
     */
    T call() throws X;
}
