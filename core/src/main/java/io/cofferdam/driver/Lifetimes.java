package io.cofferdam.driver;

import io.cofferdam.concurrent.Cancellable;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.error.CofferdamException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes environments whose time is over, for as long as the orchestrator is open. */
final class Lifetimes {

    private static final Logger LOG = LoggerFactory.getLogger(Lifetimes.class);

    private final EngineSession session;
    private final Map<String, Cancellable> removals = new ConcurrentHashMap<>();

    Lifetimes(EngineSession session) {
        this.session = session;
        session.feed.listen(event -> {
            if (event.kind() == UnitEvent.Kind.REMOVED) {
                cancel(event.id());
            }
        });
    }

    /** The labels that tell other JVMs how long an environment lives. */
    static Map<String, String> labels(Lifetime lifetime, Instant now) {
        if (lifetime instanceof Lifetime.Ttl ttl) {
            return Map.of(
                    Labels.LIFETIME,
                    "ttl",
                    Labels.EXPIRES,
                    now.plus(ttl.duration()).toString());
        }
        if (lifetime instanceof Lifetime.Child child) {
            return Map.of(Labels.LIFETIME, "child", Labels.PARENT, child.parent());
        }
        return Map.of(Labels.LIFETIME, lifetime.toString());
    }

    /** Sees to the end of a unit, if its labels set one. */
    void follow(String id, Map<String, String> labels, Consumer<String> removal) {
        String expires = labels.get(Labels.EXPIRES);
        if (expires == null) {
            return;
        }
        try {
            Duration left = Duration.between(session.clock.instant(), Instant.parse(expires));
            removals.computeIfAbsent(id, key -> session.scheduler.schedule(left, () -> remove(key, removal)));
        } catch (DateTimeException notOurs) {
            LOG.warn("the label {}={} of {} is no time; it is left alone", Labels.EXPIRES, expires, id);
        } catch (RejectedExecutionException closing) {
            LOG.debug("the end of {} is left to the next orchestrator: the engine is closing", id);
        }
    }

    /** The unit is gone. */
    void cancel(String id) {
        Cancellable removal = removals.remove(id);
        if (removal != null) {
            removal.cancel();
        }
    }

    private void remove(String id, Consumer<String> removal) {
        removals.remove(id);
        try {
            removal.accept(id);
        } catch (CofferdamException failed) {
            LOG.warn(
                    "could not remove {} at the end of its time; the next orchestrator will: {}",
                    id,
                    failed.getMessage());
        }
    }
}
