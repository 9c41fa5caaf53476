package io.cofferdam.error;

import org.jspecify.annotations.Nullable;

/** What was named does not exist on the engine: an environment, a network, a volume, a file inside an environment. */
public class NotFoundException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     */
    public NotFoundException(String message) {
        super(message);
    }

    /**
     * Makes the exception with its cause.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     * @param cause what made it fail, or null
     */
    public NotFoundException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
