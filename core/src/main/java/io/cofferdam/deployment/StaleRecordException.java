package io.cofferdam.deployment;

import io.cofferdam.error.CofferdamException;

/** A record was written by somebody else since it was read. */
public final class StaleRecordException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is stale, and who came in between
     */
    public StaleRecordException(String message) {
        super(message);
    }
}
