package io.cofferdam.error;

import org.jspecify.annotations.Nullable;

/** A name that something else on the engine already has. */
public class NameTakenException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     */
    public NameTakenException(String message) {
        super(message);
    }

    /**
     * Makes the exception with its cause.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     * @param cause what made it fail, or null
     */
    public NameTakenException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
