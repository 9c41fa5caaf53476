package io.cofferdam.concurrent;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/** Waits in tests for what cannot be awaited by a latch, such as the state of a thread. */
public final class Until {

    private Until() {}

    /** Returns as soon as the condition holds, and fails if it does not within ten seconds. */
    public static void holds(BooleanSupplier condition) {
        Deadline deadline = Deadline.in(Duration.ofSeconds(10));
        while (!condition.getAsBoolean()) {
            if (deadline.isExpired()) {
                throw new AssertionError("the condition did not come to hold within 10 s");
            }
            Thread.yield();
        }
    }

    /** Returns as soon as the thread waits for something. */
    public static void waits(Thread thread) {
        holds(() -> thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
    }

    /** Waits for a latch or the like and takes no notice of interrupts. */
    public static void ignoringInterrupts(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                latch.await();
                done = true;
            } catch (InterruptedException e) {
                done = false;
            }
        }
    }
}
