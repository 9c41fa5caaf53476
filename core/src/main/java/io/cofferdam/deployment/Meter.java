package io.cofferdam.deployment;

/** Tells how far a deployment is, from the steps that are done of those known so far. Never falls. Thread-safe. */
final class Meter {

    /** The last point is for the end. */
    private static final int MOST = 99;

    private int base;
    private int expected;
    private int done;
    private int highest;

    Meter(int progress) {
        base = Math.min(MOST, progress);
        highest = base;
    }

    /** A new plan: what is done up to now counts as the beginning of the way. */
    synchronized void begin(int steps) {
        base = highest;
        expected = steps;
        done = 0;
    }

    /** A step turned out to be several. */
    synchronized void expect(int further) {
        expected += further;
    }

    synchronized void done() {
        done++;
        if (expected > 0) {
            highest = Math.max(highest, base + (int) ((MOST - base) * (long) Math.min(done, expected) / expected));
        }
    }

    synchronized int progress() {
        return highest;
    }
}
