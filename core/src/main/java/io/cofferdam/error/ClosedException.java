package io.cofferdam.error;

import org.jspecify.annotations.Nullable;

/** The object was closed before the call, or while it waited. */
public class ClosedException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     */
    public ClosedException(String message) {
        super(message);
    }

    /**
     * Makes the exception with its cause.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     * @param cause what made it fail, or null
     */
    public ClosedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
