package io.cofferdam.pool;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.IsolatedEnvironment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One environment of a pool, in the hands of one caller until it is closed. Thread-safe.
 *
 * <p>The environment is not to be used after that: it may be somebody else's by then.
 */
@Experimental
public final class Lease implements AutoCloseable {

    private final EnvironmentPool pool;
    private final Slot slot;
    private final AtomicBoolean returned = new AtomicBoolean();

    Lease(EnvironmentPool pool, Slot slot) {
        this.pool = pool;
        this.slot = slot;
    }

    /**
     * The environment, which runs and is ready.
     *
     * @return the same one each time
     */
    public IsolatedEnvironment environment() {
        return slot.environment();
    }

    /** Gives it back for good: it is removed, even if the pool would recycle it. Returns at once. */
    public void discard() {
        if (returned.compareAndSet(false, true)) {
            pool.returned(slot, false);
        }
    }

    /**
     * Gives it back: it is removed, or reset where the pool recycles, in the background. Does nothing the second time, or
     * when the pool has been closed, which removed it.
     */
    @Override
    public void close() {
        if (returned.compareAndSet(false, true)) {
            pool.returned(slot, true);
        }
    }

    @Override
    public String toString() {
        return "Lease[" + slot.environment().name() + "]";
    }
}
