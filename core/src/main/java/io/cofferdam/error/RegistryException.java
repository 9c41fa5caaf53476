package io.cofferdam.error;

import org.jspecify.annotations.Nullable;

/** A registry that cannot be reached, or does not answer as a registry does. The engine itself is well. */
public class RegistryException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     */
    public RegistryException(String message) {
        super(message);
    }

    /**
     * Makes the exception with its cause.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     * @param cause what made it fail, or null
     */
    public RegistryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
