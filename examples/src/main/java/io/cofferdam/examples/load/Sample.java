package io.cofferdam.examples.load;

import java.time.Instant;

/**
 * One request and what came of it.
 *
 * @param began when it was sent
 * @param lagNanos how much later that was than planned
 * @param nanos how long it took, counted from when it was planned to be sent
 * @param workMillis how much work it asked for
 * @param status the status of the answer; 0 without one
 * @param version which version answered; empty if none did, or it did not say
 * @param failure what went wrong; empty if nothing did
 * @param isRetried whether its first connection was closed before any byte of an answer came
 */
public record Sample(
        Instant began,
        long lagNanos,
        long nanos,
        int workMillis,
        int status,
        String version,
        String failure,
        boolean isRetried) {

    /**
     * Whether it was answered well.
     *
     * @return true for a status of 200 to 399, whole
     */
    public boolean succeeded() {
        return failure.isEmpty();
    }
}
