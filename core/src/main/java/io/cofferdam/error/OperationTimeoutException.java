package io.cofferdam.error;

import org.jspecify.annotations.Nullable;

/**
 * An operation did not finish before its deadline. What it had begun may still finish at the engine: whoever needs to
 * know looks at the state afterwards.
 */
public class OperationTimeoutException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the failure.
     *
     * @param message what was waited for and for how long
     * @param cause the last failure seen while waiting, or null if there was none
     */
    public OperationTimeoutException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
