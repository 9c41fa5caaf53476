package io.cofferdam.error;

import org.jspecify.annotations.Nullable;

/**
 * The parent of every failure this library reports on purpose. Its message is a sentence that says what was attempted,
 * what was wrong, and where it can be told, what to do about it.
 *
 * <p>Violated preconditions (a null argument, a negative size) are reported with the usual types of {@code java.lang}
 * and not with a subtype of this one.
 */
public class CofferdamException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes a failure without a cause.
     *
     * @param message the whole sentence a person reads
     */
    public CofferdamException(String message) {
        super(message);
    }

    /**
     * Makes a failure that follows from another one.
     *
     * @param message the whole sentence a person reads, understandable without the cause
     * @param cause what led to it, or null if there is nothing more to say
     */
    public CofferdamException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
