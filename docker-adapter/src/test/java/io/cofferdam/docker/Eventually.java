package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.fail;

import java.util.concurrent.locks.LockSupport;

/** Waits for what happens on another thread or process without anybody telling. */
final class Eventually {

    private Eventually() {}

    /** A condition that may throw. */
    interface Condition {
        boolean holds() throws Exception;
    }

    /** Fails if it does not hold within 20 seconds. */
    static void holds(Condition condition) throws Exception {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                fail("what was waited for did not happen within 20 s");
            }
            LockSupport.parkNanos(2_000_000);
        }
    }
}
