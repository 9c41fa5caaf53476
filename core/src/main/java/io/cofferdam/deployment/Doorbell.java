package io.cofferdam.deployment;

import io.cofferdam.concurrent.Deadline;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Tells those who wait that something may have changed: at once if it was changed by this engine, and every 100 ms otherwise, since
 * stores tell nobody what others write. Thread-safe.
 */
final class Doorbell {

    private static final Duration LOOK = Duration.ofMillis(100);

    private final Consumer<String> answers;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rung = lock.newCondition();

    /** Guarded by the lock. */
    private long count;

    /**
     * A doorbell.
     *
     * @param answers told which project there is something new for
     */
    Doorbell(Consumer<String> answers) {
        this.answers = answers;
    }

    long count() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** Something was written that somebody here should act on. */
    void ring(String project) {
        changed();
        answers.accept(project);
    }

    /** Something was written. */
    void changed() {
        lock.lock();
        try {
            count++;
            rung.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it rang since a count was read, or for a short while. */
    void await(long since, Deadline deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = Math.min(LOOK.toNanos(), deadline.isNone() ? Long.MAX_VALUE : deadline.remainingNanos());
            while (left > 0 && count == since) {
                left = rung.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
