package io.cofferdam.memory;

import io.cofferdam.concurrent.Scheduler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A time that runs faster than the real one, and begins long after it, so that mixing the two up does not go unnoticed. What is
 * scheduled by it is due that much sooner.
 */
final class FastTime extends Clock {

    private static final Instant BEGINNING = Instant.parse("2040-01-01T00:00:00Z");

    private final int speed;
    private final long began = System.nanoTime();

    FastTime(int speed) {
        this.speed = speed;
    }

    @Override
    public Instant instant() {
        return BEGINNING.plusNanos((System.nanoTime() - began) * speed);
    }

    /** A scheduler that goes by this time, on the threads of another. */
    Scheduler on(Scheduler real) {
        return (delay, task) -> real.schedule(real(delay), task);
    }

    /** How long a duration of this time is in reality; never a moment too short. */
    private Duration real(Duration time) {
        return time.dividedBy(speed).plusNanos(1);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
