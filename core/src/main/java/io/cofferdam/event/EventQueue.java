package io.cofferdam.event;

import io.cofferdam.concurrent.Deadline;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The bounded queue of one subscriber: any number of publishers put in, one delivering thread takes out, in batches. The
 * lock is held for a few instructions at a time and never while anybody else's code runs. Every event that comes in is
 * accounted for: delivered, dropped, or pending.
 */
final class EventQueue {

    /** What became of an event. */
    enum Offer {
        ACCEPTED,
        /** No room; the caller may wait for some. */
        FULL,
        /** The queue takes no more events; this one is none of its subscriber's. */
        CLOSED
    }

    /** Large enough that its lock costs nothing per event, small enough that taking a batch delays no publisher. */
    static final int LARGEST_BATCH = 256;

    private enum State {
        OPEN,
        /** Takes no more in; gives out what it has. */
        DRAINING,
        /** Neither. */
        DISCARDED
    }

    private final int capacity;
    private final boolean dropsOldest;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wanted = lock.newCondition();
    private final Condition room = lock.newCondition();

    // All guarded by the lock; the state is volatile so that the taking thread can look at it between two events.
    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private volatile State state = State.OPEN;
    private long demand;
    private boolean takerWaits;
    private boolean patient = true;
    private long received;
    private long overflowed;
    private long discarded;
    /** Written by the taking thread alone. */
    private final AtomicLong delivered = new AtomicLong();

    /**
     * A new queue.
     *
     * @param demand how many events may be taken until more are {@linkplain #demand asked for}; {@link Long#MAX_VALUE}
     *     for any number
     */
    EventQueue(int capacity, boolean dropsOldest, long demand) {
        this.capacity = capacity;
        this.dropsOldest = dropsOldest;
        this.demand = demand;
    }

    /** Puts an event in without waiting. */
    Offer offer(Event event) {
        lock.lock();
        try {
            if (state != State.OPEN) {
                return Offer.CLOSED;
            }
            if (events.size() >= capacity) {
                if (!dropsOldest) {
                    return Offer.FULL;
                }
                events.removeFirst();
                overflowed++;
            }
            accept(event);
            return Offer.ACCEPTED;
        } finally {
            lock.unlock();
        }
    }

    /** Puts an event in, and drops and counts it if there is no room by the deadline. Expired means at once. */
    void offer(Event event, Deadline deadline) {
        lock.lock();
        try {
            boolean interrupted = Thread.currentThread().isInterrupted();
            long left = deadline.remainingNanos();
            while (patient && state == State.OPEN && events.size() >= capacity && left > 0 && !interrupted) {
                try {
                    left = room.awaitNanos(left);
                } catch (InterruptedException e) {
                    // The event is published to all others already, so the only thing an interrupt can end is the wait.
                    Thread.currentThread().interrupt();
                    interrupted = true;
                }
            }
            if (state == State.OPEN && events.size() < capacity) {
                accept(event);
            } else {
                received++;
                overflowed++;
            }
        } finally {
            lock.unlock();
        }
    }

    private void accept(Event event) {
        events.addLast(event);
        received++;
        if (takerWaits && demand > 0) {
            takerWaits = false;
            wanted.signal();
        }
    }

    /**
     * Waits for events and moves them into the batch.
     *
     * @return how many, or 0 if there will be none any more
     * @throws InterruptedException if the thread was interrupted while it waited
     */
    int take(Event[] batch) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (state != State.DISCARDED && (events.isEmpty() ? state == State.OPEN : demand == 0)) {
                takerWaits = true;
                wanted.await();
            }
            takerWaits = false;
            int count = (int) Math.min(Math.min(batch.length, events.size()), demand);
            for (int i = 0; i < count; i++) {
                batch[i] = events.removeFirst();
            }
            if (demand != Long.MAX_VALUE) {
                demand -= count;
            }
            if (count > 0 && !dropsOldest) {
                room.signalAll();
            }
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** The taking thread has finished with an event. */
    void delivered() {
        delivered.setRelease(delivered.getPlain() + 1);
    }

    /** The taking thread has taken events that it is not going to deliver. */
    void returned(int count) {
        lock.lock();
        try {
            discarded += count;
        } finally {
            lock.unlock();
        }
    }

    /** Allows more events to be taken. */
    void demand(long count) {
        lock.lock();
        try {
            demand = demand > Long.MAX_VALUE - count ? Long.MAX_VALUE : demand + count;
            wake();
        } finally {
            lock.unlock();
        }
    }

    /** Lets no publisher wait for room from now on. */
    void hurry() {
        lock.lock();
        try {
            patient = false;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more events in from now on. */
    void drain() {
        lock.lock();
        try {
            if (state == State.OPEN) {
                state = State.DRAINING;
            }
            wake();
        } finally {
            lock.unlock();
        }
    }

    /** Neither takes in nor gives out from now on, and drops what waits. */
    void discard() {
        lock.lock();
        try {
            state = State.DISCARDED;
            discarded += events.size();
            events.clear();
            wake();
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        takerWaits = false;
        wanted.signal();
        room.signalAll();
    }

    boolean isDiscarded() {
        return state == State.DISCARDED;
    }

    long received() {
        lock.lock();
        try {
            return received;
        } finally {
            lock.unlock();
        }
    }

    /** How many were dropped for having come to the end, and not for want of room. */
    long discarded() {
        lock.lock();
        try {
            return discarded;
        } finally {
            lock.unlock();
        }
    }

    long dropped() {
        lock.lock();
        try {
            return overflowed + discarded;
        } finally {
            lock.unlock();
        }
    }

    long countDelivered() {
        return delivered.get();
    }

    int pending() {
        lock.lock();
        try {
            return (int) (received - overflowed - discarded - delivered.get());
        } finally {
            lock.unlock();
        }
    }
}
