package io.cofferdam.tck;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.event.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Keeps the events of one orchestrator and lets a test wait for those to come. */
final class Recorder implements AutoCloseable {

    private final List<EnvironmentEvent> events = new ArrayList<>();
    private final Duration patience;
    private final Subscription subscription;

    @SuppressWarnings("this-escape")
    Recorder(Orchestrator orchestrator, Duration patience) {
        this.patience = patience;
        this.subscription = orchestrator.events().subscribe(EnvironmentEvent.class, this::add);
    }

    private synchronized void add(EnvironmentEvent event) {
        events.add(event);
        notifyAll();
    }

    /** All events of one environment so far, in the order in which they came. */
    synchronized List<EnvironmentEvent> of(String name) {
        return events.stream().filter(event -> event.name().equals(name)).toList();
    }

    /** The kinds of the events of one environment so far, in the order in which they came. */
    List<String> kindsOf(String name) {
        return of(name).stream().map(event -> event.getClass().getSimpleName()).toList();
    }

    /** Waits for the first event of a kind that an environment has. */
    <E extends EnvironmentEvent> E await(Class<E> type, String name) {
        return await(type, name, event -> true);
    }

    /** Waits for the first event of a kind that an environment has and that fits. */
    <E extends EnvironmentEvent> E await(Class<E> type, String name, Predicate<E> fits) {
        return awaitCount(1, type, name, fits).get(0);
    }

    /** Waits until there are several events of a kind. */
    synchronized <E extends EnvironmentEvent> List<E> awaitCount(
            int count, Class<E> type, String name, Predicate<E> fits) {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            List<E> found = of(name).stream()
                    .flatMap(event -> type.isInstance(event)
                            ? Optional.of(type.cast(event)).stream()
                            : Optional.<E>empty().stream())
                    .filter(fits)
                    .toList();
            if (found.size() >= count) {
                return found;
            }
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("waited " + patience.toSeconds() + " s for " + count + " "
                        + type.getSimpleName() + " of '" + name + "'; its events were " + of(name));
            }
            try {
                wait(left / 1_000_000 + 1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for " + type.getSimpleName(), e);
            }
        }
    }

    @Override
    public void close() {
        subscription.close();
    }
}
