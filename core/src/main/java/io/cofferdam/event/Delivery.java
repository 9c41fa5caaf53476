package io.cofferdam.event;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A subscription at work: a queue, and the loop of the thread that empties it into a receiver. */
final class Delivery implements Subscription, Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(EventBus.class);

    /** How long {@link #close()} waits. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final EventBus bus;
    private final String name;
    private final Class<? extends Event> type;
    private final Overflow overflow;
    private final EventQueue queue;
    private final Event[] batch;
    private final Receiver receiver;

    private volatile @Nullable Thread thread;
    private final AtomicLong failed = new AtomicLong();
    private long dropsLogged;

    Delivery(
            EventBus bus,
            Class<? extends Event> type,
            SubscriptionOptions options,
            long demand,
            Function<Delivery, Receiver> receiver) {
        this.bus = bus;
        this.name = options.name().isEmpty() ? type.getSimpleName() : options.name();
        this.type = Objects.requireNonNull(type, "type");
        this.overflow = options.overflow();
        this.queue = new EventQueue(options.capacity(), !overflow.blocks(), demand);
        this.batch = new Event[Math.min(options.capacity(), EventQueue.LARGEST_BATCH)];
        this.receiver = receiver.apply(this);
    }

    String name() {
        return name;
    }

    Receiver receiver() {
        return receiver;
    }

    EventQueue queue() {
        return queue;
    }

    Overflow overflow() {
        return overflow;
    }

    boolean wants(Event event) {
        return type.isInstance(event);
    }

    boolean runsOn(Thread candidate) {
        return thread == candidate;
    }

    void startedOn(Thread started) {
        thread = started;
    }

    @Override
    public void run() {
        bus.begun(Thread.currentThread());
        try {
            receiver.begin();
            for (int count = take(); count > 0; count = take()) {
                deliver(count);
                logDrops();
            }
        } finally {
            // Nothing is in it unless this thread ends against its will.
            queue.discard();
            try {
                receiver.end();
            } finally {
                bus.ended(this, Thread.currentThread());
            }
        }
    }

    private int take() {
        while (true) {
            if (bus.hasNoThreads()) {
                queue.discard();
            }
            try {
                return queue.take(batch);
            } catch (InterruptedException e) {
                // Either the threads are being closed, which the next turn sees, or a subscriber has interrupted its
                // own
                // thread, which is no reason to keep the next events from it.
            }
        }
    }

    private void deliver(int count) {
        for (int i = 0; i < count; i++) {
            if (queue.isDiscarded() || bus.hasNoThreads()) {
                queue.returned(count - i);
                break;
            }
            try {
                receiver.receive(batch[i]);
            } catch (Throwable e) {
                logFailure(batch[i], failed.incrementAndGet(), e);
                receiver.failed(e);
            }
            queue.delivered();
            // What one event left behind must not interrupt the handling of the next.
            Thread.interrupted();
        }
        Arrays.fill(batch, 0, count, null);
    }

    /** A subscriber that always fails must not fill the disk with its log: the 1st, 2nd, 4th, 8th … failure is enough. */
    private void logFailure(Event event, long number, Throwable failure) {
        if (Long.bitCount(number) == 1) {
            LOG.error(
                    "subscriber '{}' failed at a {} (failure number {})",
                    name,
                    event.getClass().getName(),
                    number,
                    failure);
        }
    }

    /** Logged here and not where events are dropped, because that is the publisher's thread. */
    private void logDrops() {
        long dropped = queue.dropped();
        if (dropped > 2 * dropsLogged) {
            LOG.warn("subscriber '{}' is too slow: {} events dropped so far ({})", name, dropped, overflow);
            dropsLogged = dropped;
        }
    }

    @Override
    public long received() {
        return queue.received();
    }

    @Override
    public long delivered() {
        return queue.countDelivered();
    }

    @Override
    public long dropped() {
        return queue.dropped();
    }

    @Override
    public long failed() {
        return failed.get();
    }

    @Override
    public int pending() {
        return queue.pending();
    }

    @Override
    public void close() {
        close(Deadline.in(CLOSE_TIMEOUT));
    }

    @Override
    public void close(Deadline deadline) {
        bus.remove(this);
        queue.drain();
        if (bus.isDelivering(Thread.currentThread())) {
            return;
        }
        try {
            if (!awaitEnd(deadline)) {
                throw abandon(deadline);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("closing the subscription '" + name + "' was interrupted", e);
        }
    }

    /** Waits until the thread has ended: false if the deadline passed first. */
    boolean awaitEnd(Deadline deadline) throws InterruptedException {
        Thread deliverer = Objects.requireNonNull(thread, "a subscription is handed out after its thread has started");
        TimeUnit.NANOSECONDS.timedJoin(deliverer, deadline.remainingNanos());
        return !deliverer.isAlive();
    }

    /** Gives up what waits and makes the failure that says so. */
    OperationTimeoutException abandon(Deadline deadline) {
        int left = pending();
        discardAndInterrupt();
        return deadline.timeout("delivering the last " + left + " events to '" + name + "'", null);
    }

    void discardAndInterrupt() {
        queue.discard();
        Thread deliverer = thread;
        if (deliverer != null) {
            deliverer.interrupt();
        }
    }

    @Override
    public void closeNow() {
        bus.remove(this);
        queue.discard();
    }

    /** Names the subscriber and gives its account. */
    @Override
    public String toString() {
        return "subscription '" + name + "' to " + type.getSimpleName() + " (" + received() + " received, "
                + delivered() + " delivered, " + dropped() + " dropped, " + failed() + " failed)";
    }
}
