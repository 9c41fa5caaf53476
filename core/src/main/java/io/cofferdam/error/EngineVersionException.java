package io.cofferdam.error;

import org.jspecify.annotations.Nullable;

/** The engine speaks no version of its API that this library speaks: it is too old or too new. */
public class EngineVersionException extends EngineUnavailableException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     */
    public EngineVersionException(String message) {
        super(message);
    }

    /**
     * Makes the exception with its cause.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     * @param cause what made it fail, or null
     */
    public EngineVersionException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
