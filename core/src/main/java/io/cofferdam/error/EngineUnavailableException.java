package io.cofferdam.error;

import org.jspecify.annotations.Nullable;

/** The engine cannot be reached: not installed, not running, no right to its socket, or it went away during a call. */
public class EngineUnavailableException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     */
    public EngineUnavailableException(String message) {
        super(message);
    }

    /**
     * Makes the exception with its cause.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     * @param cause what made it fail, or null
     */
    public EngineUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
