package io.cofferdam.event;

import java.time.Instant;

/** The event of these tests: number so many of publisher so and so. */
record Fact(int publisher, int number) implements Event {

    static Fact number(int number) {
        return new Fact(0, number);
    }

    @Override
    public Instant at() {
        return Instant.EPOCH;
    }
}
