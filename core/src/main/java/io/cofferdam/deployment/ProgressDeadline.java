package io.cofferdam.deployment;

import io.cofferdam.concurrent.Deadline;
import java.time.Duration;

/** How long it may still take until another instance is available. Begins anew with each. Thread-safe. */
final class ProgressDeadline {

    private final Duration allowed;
    private volatile Deadline deadline;

    ProgressDeadline(Duration allowed) {
        this.allowed = allowed;
        deadline = Deadline.in(allowed);
    }

    void restart() {
        deadline = Deadline.in(allowed);
    }

    Duration remaining() {
        return deadline.remaining();
    }

    boolean isOver() {
        return deadline.isExpired();
    }
}
