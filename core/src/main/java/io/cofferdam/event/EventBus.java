package io.cofferdam.event;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Brings events from those who publish them to those who subscribed to their type.
 *
 * <p>Each subscription has a bounded queue and a thread of its own. A slow, stuck or throwing subscriber therefore harms
 * neither publishers nor other subscribers: its own queue fills up, and then its {@link Overflow} policy decides. The
 * events one thread publishes arrive at each subscriber in the order in which they were published; there is no order
 * between the events of two threads, nor between two subscribers. A subscriber sees the events whose publishing began
 * after {@code subscribe} had returned.
 *
 * <p>Safe for use by many threads. Subscribers may publish, subscribe, unsubscribe, and close subscriptions and the bus
 * from inside their callbacks. No lock is held while a subscriber runs.
 */
public final class EventBus implements AutoCloseable {

    /** How long {@link #close()} waits. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** What is left to subscribers that were interrupted because the time to close was over. */
    private static final Duration GRACE = Duration.ofMillis(100);

    private static final int CLOSED = Integer.MIN_VALUE;

    private final Threads threads;
    private final boolean ownsThreads;

    /** How many threads are publishing right now, plus {@link #CLOSED}. */
    private final AtomicInteger publishing = new AtomicInteger();

    private final ReentrantLock registry = new ReentrantLock();
    /** The open subscriptions; the array is replaced, under the lock, and never changed. */
    private volatile Delivery[] open = {};
    /** The subscriptions whose thread has not ended; guarded by the lock. */
    private final Set<Delivery> alive = new LinkedHashSet<>();
    /** Threads of deliveries on their last instructions; guarded by the lock. Dead ones drop out. */
    private final Set<Thread> ending = Collections.newSetFromMap(new WeakHashMap<>());

    private final Set<Thread> delivering = ConcurrentHashMap.newKeySet();

    private EventBus(Threads threads, boolean ownsThreads) {
        this.threads = Objects.requireNonNull(threads, "threads");
        this.ownsThreads = ownsThreads;
    }

    /**
     * A bus with threads of its own, which end when it is closed.
     *
     * @return a new bus without subscribers
     */
    public static EventBus create() {
        return new EventBus(Threads.named("cofferdam-events"), true);
    }

    /**
     * A bus on threads of somebody else. They are to be closed after the bus; if they are closed first, what has not been
     * delivered is dropped and counted.
     *
     * @param threads where the threads of the subscriptions are started; not closed by this bus
     * @return a new bus without subscribers
     */
    public static EventBus create(Threads threads) {
        return new EventBus(threads, false);
    }

    /**
     * Publishes an event to all present subscribers of its type. Does not wait for them to handle it. It waits for room
     * in a queue only where a subscriber asked for that by {@link Overflow#block}; the others have got the event by then.
     * An interrupt ends that wait, and the flag stays set.
     *
     * @param event what has happened
     * @return true if all present subscribers were served, each by its overflow policy; false if this bus is closed, and
     *     then none of them was
     */
    public boolean publish(Event event) {
        Objects.requireNonNull(event, "event");
        if (!beginPublishing()) {
            return false;
        }
        try {
            dispatch(event);
        } finally {
            if (publishing.decrementAndGet() == CLOSED) {
                drainAll();
            }
        }
        return true;
    }

    private boolean beginPublishing() {
        int count = publishing.get();
        while (count >= 0) {
            if (publishing.compareAndSet(count, count + 1)) {
                return true;
            }
            count = publishing.get();
        }
        return false;
    }

    private void dispatch(Event event) {
        List<Delivery> full = List.of();
        for (Delivery delivery : open) {
            if (delivery.wants(event) && delivery.queue().offer(event) == EventQueue.Offer.FULL) {
                full = full.isEmpty() ? new ArrayList<>() : full;
                full.add(delivery);
            }
        }
        if (!full.isEmpty()) {
            awaitRoom(event, full);
        }
    }

    /** All the waits begin together, so that several full queues make nobody wait longer than the most patient of them. */
    private static void awaitRoom(Event event, List<Delivery> full) {
        List<Deadline> deadlines =
                full.stream().map(delivery -> delivery.overflow().deadline()).toList();
        for (int i = 0; i < full.size(); i++) {
            Delivery delivery = full.get(i);
            boolean ownQueue = delivery.runsOn(Thread.currentThread());
            delivery.queue().offer(event, ownQueue ? Deadline.in(Duration.ZERO) : deadlines.get(i));
        }
    }

    /**
     * Subscribes with the default options and without a filter.
     *
     * @param type the events wanted, subtypes included; {@code Event.class} for all
     * @param subscriber called with one event after the other, always on the same thread. What it throws is logged and
     *     counted, and the next event is delivered all the same
     * @param <E> the type of the events
     * @return the subscription, which ends when it or the bus is closed
     * @throws IllegalStateException if this bus is closed, or its threads are
     */
    public <E extends Event> Subscription subscribe(Class<E> type, Consumer<? super E> subscriber) {
        return subscribe(type, event -> true, SubscriptionOptions.defaults(), subscriber);
    }

    /**
     * Subscribes without a filter.
     *
     * @param type the events wanted, subtypes included
     * @param options how to queue them
     * @param subscriber see {@link #subscribe(Class, Consumer)}
     * @param <E> the type of the events
     * @return the subscription, which ends when it or the bus is closed
     * @throws IllegalStateException if this bus is closed, or its threads are
     */
    public <E extends Event> Subscription subscribe(
            Class<E> type, SubscriptionOptions options, Consumer<? super E> subscriber) {
        return subscribe(type, event -> true, options, subscriber);
    }

    /**
     * Subscribes with the default options.
     *
     * @param type the events wanted, subtypes included
     * @param filter see {@link #subscribe(Class, Predicate, SubscriptionOptions, Consumer)}
     * @param subscriber see {@link #subscribe(Class, Consumer)}
     * @param <E> the type of the events
     * @return the subscription, which ends when it or the bus is closed
     * @throws IllegalStateException if this bus is closed, or its threads are
     */
    public <E extends Event> Subscription subscribe(
            Class<E> type, Predicate<? super E> filter, Consumer<? super E> subscriber) {
        return subscribe(type, filter, SubscriptionOptions.defaults(), subscriber);
    }

    /**
     * Subscribes.
     *
     * @param type the events wanted, subtypes included
     * @param filter which of them the subscriber is called with. It runs on the subscriber's thread, like the subscriber,
     *     so that a slow filter harms nobody else; events it will reject take room in the queue until then
     * @param options how to queue them
     * @param subscriber see {@link #subscribe(Class, Consumer)}
     * @param <E> the type of the events
     * @return the subscription, which ends when it or the bus is closed
     * @throws IllegalStateException if this bus is closed, or its threads are
     */
    public <E extends Event> Subscription subscribe(
            Class<E> type, Predicate<? super E> filter, SubscriptionOptions options, Consumer<? super E> subscriber) {
        Objects.requireNonNull(filter, "filter");
        Objects.requireNonNull(subscriber, "subscriber");
        Receiver receiver = event -> {
            E typed = type.cast(event);
            if (filter.test(typed)) {
                subscriber.accept(typed);
            }
        };
        Delivery delivery = new Delivery(this, type, options, Long.MAX_VALUE, own -> receiver);
        if (!add(delivery)) {
            throw new IllegalStateException(
                    "could not subscribe '" + delivery.name() + "': the event bus is closed, or its threads are");
        }
        return delivery;
    }

    /**
     * Offers the events of a type to {@link Flow}, with the default options for each subscriber.
     *
     * @param type the events wanted, subtypes included
     * @param <E> the type of the events
     * @return a publisher, see {@link #publisher(Class, SubscriptionOptions)}
     */
    public <E extends Event> Flow.Publisher<E> publisher(Class<E> type) {
        return publisher(type, SubscriptionOptions.defaults());
    }

    /**
     * Offers the events of a type to {@link Flow}. Each subscriber gets the events published after it subscribed, no more
     * than it requested; what it has not requested waits in its queue and overflows like any other. All its signals come
     * from one thread. When the bus closes, it gets {@code onComplete} after the last event, or {@code onError} if it did
     * not request them in time; a subscriber that comes later gets {@code onComplete} at once. One that throws is logged
     * and its subscription counts as cancelled.
     *
     * @param type the events wanted, subtypes included
     * @param options how to queue them for each subscriber
     * @param <E> the type of the events
     * @return a publisher that can be subscribed to any number of times, by each subscriber once
     */
    public <E extends Event> Flow.Publisher<E> publisher(Class<E> type, SubscriptionOptions options) {
        return new EventPublisher<>(this, type, options);
    }

    /** Starts a delivery: false if this bus is closed. */
    boolean add(Delivery delivery) {
        registry.lock();
        try {
            if (isClosed() || threads.isClosed()) {
                return false;
            }
            delivery.startedOn(threads.startPlatform(delivery.name(), delivery));
            alive.add(delivery);
            Delivery[] more = Arrays.copyOf(open, open.length + 1);
            more[open.length] = delivery;
            open = more;
            return true;
        } finally {
            registry.unlock();
        }
    }

    void remove(Delivery delivery) {
        registry.lock();
        try {
            open = Arrays.stream(open).filter(each -> each != delivery).toArray(Delivery[]::new);
        } finally {
            registry.unlock();
        }
    }

    @Nullable
    FlowReceiver<?> find(Flow.Publisher<?> publisher, Flow.Subscriber<?> subscriber) {
        for (Delivery delivery : open) {
            if (delivery.receiver() instanceof FlowReceiver<?> receiver && receiver.connects(publisher, subscriber)) {
                return receiver;
            }
        }
        return null;
    }

    /** Called first by the thread of a delivery. */
    void begun(Thread deliverer) {
        delivering.add(deliverer);
    }

    /** Called last by the thread of a delivery. */
    void ended(Delivery delivery, Thread deliverer) {
        remove(delivery);
        registry.lock();
        try {
            alive.remove(delivery);
            ending.add(deliverer);
        } finally {
            registry.unlock();
        }
        delivering.remove(deliverer);
    }

    boolean isDelivering(Thread thread) {
        return delivering.contains(thread);
    }

    boolean hasNoThreads() {
        return threads.isClosed();
    }

    /**
     * Tells whether {@link #close()} has been called.
     *
     * @return true from the beginning of the first call of it on
     */
    public boolean isClosed() {
        return publishing.get() < 0;
    }

    /**
     * Ends this bus: like {@link #close(Deadline)} with five seconds.
     *
     * @throws OperationTimeoutException naming the subscribers that were not done in time
     * @throws OperationInterruptedException if the caller was interrupted
     */
    @Override
    public void close() {
        close(Deadline.in(CLOSE_TIMEOUT));
    }

    /**
     * Accepts no further event and no further subscriber from the beginning of this call on, delivers everything accepted
     * before, and returns when all the threads of the subscriptions have ended. Closing again waits again.
     *
     * <p>Called by a subscriber from inside its callback, it does not wait: what was accepted is delivered after that.
     *
     * @param deadline until when to wait; what has not been delivered by then is dropped and counted, and the subscribers
     *     are interrupted
     * @throws OperationTimeoutException if the deadline passed, naming each subscriber that was not done and how many
     *     events it lost
     * @throws OperationInterruptedException if the caller was interrupted; the rest is dropped and counted, the
     *     subscribers are interrupted, and the flag is set again
     */
    public void close(Deadline deadline) {
        refuseFurther();
        if (isDelivering(Thread.currentThread())) {
            return;
        }
        CofferdamException failure = awaitEnd(deadline);
        if (ownsThreads) {
            try {
                threads.close(failure == null ? deadline : Deadline.in(GRACE));
            } catch (OperationTimeoutException e) {
                if (failure == null) {
                    throw e;
                }
                failure.addSuppressed(e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Waits for all threads to end and gives up those that did not: the failure that says so, or null. */
    private @Nullable CofferdamException awaitEnd(Deadline deadline) {
        List<Delivery> deliveries = stillAlive();
        List<Delivery> late = new ArrayList<>();
        try {
            for (Delivery delivery : deliveries) {
                if (!delivery.awaitEnd(deadline)) {
                    late.add(delivery);
                }
            }
            for (Thread thread : stillEnding()) {
                TimeUnit.NANOSECONDS.timedJoin(thread, deadline.remainingNanos());
            }
        } catch (InterruptedException e) {
            deliveries.forEach(Delivery::discardAndInterrupt);
            Thread.currentThread().interrupt();
            return new OperationInterruptedException("closing the event bus was interrupted", e);
        }
        if (late.isEmpty()) {
            return null;
        }
        String losses = late.stream()
                .map(delivery -> delivery.pending() + " events to '" + delivery.name() + "'")
                .collect(Collectors.joining(", "));
        late.forEach(Delivery::discardAndInterrupt);
        return deadline.timeout("delivering the last events (" + losses + ")", null);
    }

    private void refuseFurther() {
        registry.lock();
        try {
            int publishers = publishing.getAndUpdate(count -> count | CLOSED) & ~CLOSED;
            alive.forEach(delivery -> delivery.queue().hurry());
            if (publishers > 0) {
                // The last of them closes the queues, so that an event is accepted by all its subscribers or by none.
                return;
            }
        } finally {
            registry.unlock();
        }
        drainAll();
    }

    private void drainAll() {
        stillAlive().forEach(delivery -> delivery.queue().drain());
    }

    private List<Delivery> stillAlive() {
        registry.lock();
        try {
            return new ArrayList<>(alive);
        } finally {
            registry.unlock();
        }
    }

    private List<Thread> stillEnding() {
        registry.lock();
        try {
            return new ArrayList<>(ending);
        } finally {
            registry.unlock();
        }
    }
}
