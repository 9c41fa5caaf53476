package io.cofferdam.docker;

import io.cofferdam.error.EngineException;

/** The engine answered with an error; the places that know what was asked turn it into its kind. */
final class Refusal extends EngineException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String reason;

    Refusal(Operation operation, int status, String reason) {
        super(operation.failed("the engine answered " + status + ": " + reason));
        this.status = status;
        this.reason = reason;
    }

    int status() {
        return status;
    }

    /** The engine's own words. */
    String reason() {
        return reason;
    }

    /** Whether the same request may succeed a moment later. */
    boolean isTransient() {
        return status >= 500 && status <= 504 && status != 501;
    }
}
