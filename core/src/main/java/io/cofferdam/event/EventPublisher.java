package io.cofferdam.event;

import java.util.Objects;
import java.util.concurrent.Flow;

/** The events of a bus as seen by Reactive Streams; each subscriber gets a queue and a thread of its own. */
final class EventPublisher<E extends Event> implements Flow.Publisher<E> {

    private static final Flow.Subscription ENDED = new Flow.Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    };

    private final EventBus bus;
    private final Class<E> type;
    private final SubscriptionOptions options;

    EventPublisher(EventBus bus, Class<E> type, SubscriptionOptions options) {
        this.bus = bus;
        this.type = Objects.requireNonNull(type, "type");
        this.options = Objects.requireNonNull(options, "options");
    }

    @Override
    public void subscribe(Flow.Subscriber<? super E> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        FlowReceiver<?> present = bus.find(this, subscriber);
        if (present != null) {
            present.fail(new IllegalStateException("this subscriber had subscribed to this publisher before"));
            return;
        }
        Delivery delivery = new Delivery(bus, type, options, 0, own -> new FlowReceiver<>(own, type, this, subscriber));
        if (!bus.add(delivery)) {
            // Rule 1.9: onSubscribe comes first even where nothing follows but the end.
            subscriber.onSubscribe(ENDED);
            subscriber.onComplete();
        }
    }
}
