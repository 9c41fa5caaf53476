package io.cofferdam.error;

import org.jspecify.annotations.Nullable;

/** The engine refused or failed a call for a reason that has no exception type of its own; the message carries the engine's answer. */
public class EngineException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     */
    public EngineException(String message) {
        super(message);
    }

    /**
     * Makes the exception with its cause.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     * @param cause what made it fail, or null
     */
    public EngineException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
