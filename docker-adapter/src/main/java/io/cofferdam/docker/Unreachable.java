package io.cofferdam.docker;

import io.cofferdam.error.EngineUnavailableException;

/** The engine could not be reached, or the connection broke. */
final class Unreachable extends EngineUnavailableException {

    private static final long serialVersionUID = 1L;

    private final boolean sent;

    Unreachable(String message, boolean sent, Throwable cause) {
        super(message, cause);
        this.sent = sent;
    }

    /** Whether the engine may have begun with what it was asked for. */
    boolean wasSent() {
        return sent;
    }
}
