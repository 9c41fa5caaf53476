package io.cofferdam.driver;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.event.Event;
import io.cofferdam.event.EventBus;
import io.cofferdam.event.SubscriptionOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands values to somebody else's consumer on a thread of its own, so that neither a slow nor a throwing consumer disturbs
 * the transfer the values tell of.
 */
final class Relay<T> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    /** How long a consumer may take for what is left when all went well. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** And when something failed, whose error is not to come late. */
    private static final Duration GRACE = Duration.ofMillis(50);

    private final String name;
    private final EventBus bus;
    private volatile Duration patience = GRACE;

    private record Item<T>(Instant at, T value) implements Event {}

    private Relay(String name, EventBus bus) {
        this.name = name;
        this.bus = bus;
    }

    static <T> Relay<T> to(Consumer<? super T> consumer, Threads threads, String name) {
        EventBus bus = EventBus.create(threads);
        Relay<T> relay = new Relay<>(name, bus);
        bus.subscribe(Item.class, SubscriptionOptions.defaults().withName(name), item -> {
            @SuppressWarnings("unchecked") // this bus has no other publisher than accept
            T value = (T) item.value();
            consumer.accept(value);
        });
        return relay;
    }

    void accept(T value) {
        bus.publish(new Item<>(Instant.now(), value));
    }

    /** The transfer succeeded, so its consumer may have the rest. */
    void succeeded() {
        patience = PATIENCE;
    }

    @Override
    public void close() {
        try {
            bus.close(Deadline.in(patience));
        } catch (CofferdamException late) {
            LOG.warn("{} did not get everything: {}", name, late.getMessage());
        }
    }
}
