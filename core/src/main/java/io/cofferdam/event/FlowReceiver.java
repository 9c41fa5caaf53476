package io.cofferdam.event;

import io.cofferdam.error.CofferdamException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands events to a {@link Flow.Subscriber} by the rules of Reactive Streams: all signals come from the thread of the
 * delivery and so one after the other, the queue gives out no more than was requested, and one of {@code onComplete},
 * {@code onError} or a cancellation is the last thing to happen.
 */
final class FlowReceiver<E extends Event> implements Receiver, Flow.Subscription {

    private static final Logger LOG = LoggerFactory.getLogger(EventBus.class);

    /** Why the subscription ends early; the first reason counts. */
    private record Ending(@Nullable Throwable error) {}

    private static final Ending CANCELLED = new Ending(null);

    private final Delivery delivery;
    private final Class<E> type;
    private final Flow.Publisher<E> publisher;
    private final Flow.Subscriber<? super E> subscriber;
    private final AtomicReference<@Nullable Ending> ending = new AtomicReference<>();

    FlowReceiver(Delivery delivery, Class<E> type, Flow.Publisher<E> publisher, Flow.Subscriber<? super E> subscriber) {
        this.delivery = delivery;
        this.type = type;
        this.publisher = publisher;
        this.subscriber = subscriber;
    }

    boolean connects(Flow.Publisher<?> from, Flow.Subscriber<?> to) {
        return publisher == from && subscriber == to;
    }

    /** Ends the subscription with an error. */
    void fail(Throwable error) {
        endEarly(new Ending(error));
    }

    private void endEarly(Ending reason) {
        if (ending.compareAndSet(null, reason)) {
            delivery.closeNow();
        }
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            fail(new IllegalArgumentException(
                    "rule 3.9 of Reactive Streams: '" + delivery.name() + "' must request at least 1 event, not " + n));
        } else {
            delivery.queue().demand(n);
        }
    }

    @Override
    public void cancel() {
        endEarly(CANCELLED);
    }

    @Override
    public void begin() {
        try {
            subscriber.onSubscribe(this);
        } catch (Throwable e) {
            LOG.error("subscriber '{}' failed in onSubscribe and counts as cancelled", delivery.name(), e);
            cancel();
        }
    }

    @Override
    public void receive(Event event) {
        subscriber.onNext(type.cast(event));
    }

    /** Rule 2.13: a subscriber that throws has cancelled its subscription. */
    @Override
    public void failed(Throwable failure) {
        cancel();
    }

    @Override
    public void end() {
        Ending reason = ending.get();
        try {
            if (reason == null && delivery.queue().discarded() == 0) {
                subscriber.onComplete();
            } else if (reason == null) {
                subscriber.onError(new CofferdamException(
                        "the event bus closed before all events were delivered to '" + delivery.name() + "'"));
            } else if (reason.error() != null) {
                subscriber.onError(reason.error());
            }
        } catch (Throwable e) {
            LOG.error("subscriber '{}' failed in its last signal", delivery.name(), e);
        }
    }
}
