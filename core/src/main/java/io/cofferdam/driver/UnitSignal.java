package io.cofferdam.driver;

import io.cofferdam.error.ClosedException;
import io.cofferdam.error.OperationInterruptedException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Wakes those who wait for something to happen to one unit. A waiter reads the {@link #version}, looks at the unit, and
 * waits for another version: whatever happened after it read the version ends the wait at once.
 */
final class UnitSignal {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long version;
    private boolean removed;
    private boolean unsure;
    private boolean closed;

    /** The end of the latest run, if that has ended. */
    @Nullable
    private UnitEvent lastDeath;

    /** The latest end there was, also if it was started again since. */
    @Nullable
    private UnitEvent latestDeath;

    /** What the engine's health check answered last. */
    private String lastAnswer = "";

    String lastAnswer() {
        lock.lock();
        try {
            return lastAnswer;
        } finally {
            lock.unlock();
        }
    }

    long version() {
        lock.lock();
        try {
            return version;
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    UnitEvent lastDeath() {
        lock.lock();
        try {
            return lastDeath;
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    UnitEvent latestDeath() {
        lock.lock();
        try {
            return latestDeath;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it may have ended since it was last told to be started, so that it is worth asking. */
    boolean mayHaveEnded() {
        lock.lock();
        try {
            return lastDeath != null || removed || unsure;
        } finally {
            lock.unlock();
        }
    }

    /** Something happened to the unit. */
    void tell(UnitEvent event) {
        lock.lock();
        try {
            if (event.kind() == UnitEvent.Kind.DIED) {
                lastDeath = event;
                latestDeath = event;
            } else if (event.kind() == UnitEvent.Kind.STARTED) {
                lastDeath = null;
                unsure = false;
            } else if (event.kind() == UnitEvent.Kind.HEALTH) {
                lastAnswer = event.detail();
            } else if (event.kind() == UnitEvent.Kind.REMOVED) {
                removed = true;
            }
            wake();
        } finally {
            lock.unlock();
        }
    }

    /** Events may have been missed. */
    void resync() {
        lock.lock();
        try {
            unsure = true;
            wake();
        } finally {
            lock.unlock();
        }
    }

    /** There is something new about the unit that is no event of the engine. */
    void nudge() {
        lock.lock();
        try {
            wake();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            wake();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until there is another version than the one seen, or the time is over.
     *
     * @throws ClosedException if the orchestrator was closed
     * @throws OperationInterruptedException if the thread was interrupted; the flag is set again
     */
    void await(long seen, long nanos, String what) {
        lock.lock();
        try {
            long left = nanos;
            while (version == seen && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (closed) {
                throw new ClosedException(what + " ended because the engine was closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(what + " was interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        version++;
        changed.signalAll();
    }
}
