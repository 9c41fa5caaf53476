package io.cofferdam.deployment;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Ticker;
import java.time.Duration;

/** How long it may still take until another instance is available. Begins anew with each. Thread-safe. */
final class ProgressDeadline {

    private final Duration allowed;
    private final Ticker ticker;
    private volatile Deadline deadline;

    ProgressDeadline(Duration allowed, Ticker ticker) {
        this.allowed = allowed;
        this.ticker = ticker;
        deadline = Deadline.in(allowed, ticker);
    }

    void restart() {
        deadline = Deadline.in(allowed, ticker);
    }

    Duration remaining() {
        return deadline.remaining();
    }

    boolean isOver() {
        return deadline.isExpired();
    }
}
