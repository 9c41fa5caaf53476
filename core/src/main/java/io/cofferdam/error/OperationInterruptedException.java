package io.cofferdam.error;

import org.jspecify.annotations.Nullable;

/**
 * The thread that waited for an operation was interrupted. The interrupt flag of that thread is set again when this is
 * thrown, so code that catches it may go on unwinding and its callers still see the interrupt.
 */
public class OperationInterruptedException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the failure.
     *
     * @param message what was being waited for
     * @param cause the {@link InterruptedException}, or null where only the flag was seen
     */
    public OperationInterruptedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
