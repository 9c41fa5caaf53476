package io.cofferdam.deployment;

import io.cofferdam.error.CofferdamException;
import org.jspecify.annotations.Nullable;

/** A secret cannot be read: it was sealed with another key, or its text is damaged. */
public final class SealException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what could not be opened, why, and what to do; nothing of the secret or the key
     * @param cause what made it fail, or null
     */
    public SealException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
