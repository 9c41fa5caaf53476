package io.cofferdam.error;

import org.jspecify.annotations.Nullable;

/** What was asked needs the environment in another state, for example an exec in one that does not run. */
public class WrongStateException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     */
    public WrongStateException(String message) {
        super(message);
    }

    /**
     * Makes the exception with its cause.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     * @param cause what made it fail, or null
     */
    public WrongStateException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
