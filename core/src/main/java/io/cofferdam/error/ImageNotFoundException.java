package io.cofferdam.error;

import org.jspecify.annotations.Nullable;

/** An image that is neither on the engine nor to be had from its registry. */
public class ImageNotFoundException extends NotFoundException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     */
    public ImageNotFoundException(String message) {
        super(message);
    }

    /**
     * Makes the exception with its cause.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     * @param cause what made it fail, or null
     */
    public ImageNotFoundException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
