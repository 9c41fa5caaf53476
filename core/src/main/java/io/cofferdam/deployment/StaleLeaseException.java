package io.cofferdam.deployment;

import io.cofferdam.error.CofferdamException;

/** Somebody else holds the project now: whoever gets this must touch neither store nor engine any more. */
public final class StaleLeaseException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is stale, and who came in between
     */
    public StaleLeaseException(String message) {
        super(message);
    }
}
