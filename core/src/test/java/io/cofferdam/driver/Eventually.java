package io.cofferdam.driver;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread does without telling. */
final class Eventually {

    private Eventually() {}

    static void is(BooleanSupplier condition) {
        long end = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited 10 s in vain");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
