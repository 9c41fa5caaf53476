package io.cofferdam.error;

import org.jspecify.annotations.Nullable;

/** A path or archive entry that would lead outside the place it was meant for. */
public class UnsafePathException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     */
    public UnsafePathException(String message) {
        super(message);
    }

    /**
     * Makes the exception with its cause.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     * @param cause what made it fail, or null
     */
    public UnsafePathException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
