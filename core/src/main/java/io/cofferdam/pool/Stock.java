package io.cofferdam.pool;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.OperationInterruptedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a pool has, who waits for it, and how much is missing. Nothing here blocks but {@link #take}, and nothing here calls
 * an engine. A free environment is handed to the first waiter directly, so that nobody can overtake.
 */
final class Stock {

    private final int size;
    private final int maximum;
    private final int parallelism;
    private final String closedMessage;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Slot> all = new HashSet<>();
    private final Deque<Slot> ready = new ArrayDeque<>();
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private int creating;
    private boolean closed;
    private boolean held;
    private long created;
    private long claims;
    private long discarded;
    private long failures;

    private static final class Waiter {
        private final Condition served;

        @Nullable
        private Slot slot;

        Waiter(Condition served) {
            this.served = served;
        }
    }

    Stock(int size, int maximum, int parallelism, String closedMessage) {
        this.size = size;
        this.maximum = maximum;
        this.parallelism = parallelism;
        this.closedMessage = closedMessage;
    }

    /**
     * Takes a free environment, or queues for one.
     *
     * @param again whether the caller had one that turned out useless, and so keeps its place in front
     * @param missing run after the caller has queued: there may be something to make for it
     * @param what the operation, for messages
     */
    Slot take(Deadline deadline, boolean again, Runnable missing, String what) {
        enter(what);
        Waiter waiter;
        try {
            ensureOpen();
            if (!ready.isEmpty() && (again || waiters.isEmpty())) {
                Slot slot = ready.remove();
                slot.state = Slot.State.CHECKING;
                return slot;
            }
            waiter = new Waiter(lock.newCondition());
            if (again) {
                waiters.addFirst(waiter);
            } else {
                waiters.addLast(waiter);
            }
        } finally {
            lock.unlock();
        }
        try {
            missing.run();
        } catch (RuntimeException failed) {
            leave(waiter);
            throw failed;
        }
        return await(waiter, deadline, what);
    }

    private void leave(Waiter waiter) {
        lock.lock();
        try {
            waiters.remove(waiter);
            if (waiter.slot != null) {
                handOver(waiter.slot);
            }
        } finally {
            lock.unlock();
        }
    }

    private Slot await(Waiter waiter, Deadline deadline, String what) {
        lock.lock();
        try {
            while (waiter.slot == null) {
                ensureOpen();
                long left = deadline.remainingNanos();
                if (left <= 0) {
                    throw deadline.timeout(what, null);
                }
                waiter.served.awaitNanos(left);
            }
            return waiter.slot;
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            if (waiter.slot != null) {
                handOver(waiter.slot);
            }
            throw new OperationInterruptedException(what + " was interrupted", interrupt);
        } finally {
            waiters.remove(waiter);
            lock.unlock();
        }
    }

    /** Reserves as many environments as are to be made now; each has to be followed by one of the next two calls. */
    int toCreate() {
        lock.lock();
        try {
            if (closed || held) {
                return 0;
            }
            int wanted = size + waiters.size() - ready.size() - creating;
            int room = Math.min(maximum - all.size() - creating, parallelism - creating);
            int now = Math.max(0, Math.min(wanted, room));
            creating += now;
            return now;
        } finally {
            lock.unlock();
        }
    }

    /** One was made. False if nobody wants it any more: it stays here until the close removes it. */
    boolean made(Slot slot) {
        lock.lock();
        try {
            creating--;
            created++;
            all.add(slot);
            if (closed) {
                slot.state = Slot.State.LEAVING;
                return false;
            }
            handOver(slot);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** One could not be made. */
    void notMade(boolean countAsFailure) {
        lock.lock();
        try {
            creating--;
            if (countAsFailure) {
                failures++;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets nothing be made for now, or lets it be made again. False if that is so already. */
    boolean hold(boolean value) {
        lock.lock();
        try {
            boolean changes = held != value;
            held = value;
            return changes;
        } finally {
            lock.unlock();
        }
    }

    /** A claimer found its environment good. False if the pool was closed meanwhile. */
    boolean leased(Slot slot) {
        lock.lock();
        try {
            if (closed || slot.state != Slot.State.CHECKING) {
                return false;
            }
            slot.state = Slot.State.LEASED;
            claims++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** An environment is to be reset or removed. False if that is under way, or left to the close. */
    boolean leaving(Slot slot) {
        lock.lock();
        try {
            if (closed || slot.state == Slot.State.LEAVING) {
                return false;
            }
            ready.remove(slot);
            slot.state = Slot.State.LEAVING;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** One that was reset can be claimed again. False if the pool was closed meanwhile. */
    boolean back(Slot slot) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            handOver(slot);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** One is gone. */
    void gone(Slot slot) {
        lock.lock();
        try {
            if (all.remove(slot)) {
                discarded++;
            }
        } finally {
            lock.unlock();
        }
    }

    /** The free environment that an event is about. */
    Optional<Slot> free(String id) {
        lock.lock();
        try {
            return ready.stream()
                    .filter(slot -> slot.environment().id().equals(id))
                    .findFirst();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until as many are ready as are to be. */
    void awaitFull(Deadline deadline, String what) {
        enter(what);
        try {
            while (ready.size() < size) {
                ensureOpen();
                long left = deadline.remainingNanos();
                if (left <= 0) {
                    throw deadline.timeout(what, null);
                }
                changed.awaitNanos(left);
            }
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(what + " was interrupted", interrupt);
        } finally {
            lock.unlock();
        }
    }

    /** Wakes everybody who waits; nothing is made or handed out any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            ready.clear();
            waiters.forEach(waiter -> waiter.served.signal());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Everything that exists, whatever its state. */
    List<Slot> all() {
        lock.lock();
        try {
            return new ArrayList<>(all);
        } finally {
            lock.unlock();
        }
    }

    PoolMetrics metrics() {
        lock.lock();
        try {
            int leased = (int) all.stream()
                    .filter(slot -> slot.state == Slot.State.LEASED || slot.state == Slot.State.CHECKING)
                    .count();
            return new PoolMetrics(
                    ready.size(),
                    leased,
                    creating,
                    all.size() - ready.size() - leased,
                    waiters.size(),
                    created,
                    claims,
                    discarded,
                    failures);
        } finally {
            lock.unlock();
        }
    }

    /** With the lock. */
    private void handOver(Slot slot) {
        Waiter first = waiters.poll();
        if (first == null) {
            slot.state = Slot.State.READY;
            ready.add(slot);
            changed.signalAll();
        } else {
            slot.state = Slot.State.CHECKING;
            first.slot = slot;
            first.served.signal();
        }
    }

    private void enter(String what) {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(what + " was interrupted", interrupt);
        }
    }

    private void ensureOpen() {
        if (closed) {
            throw new ClosedException(closedMessage);
        }
    }
}
