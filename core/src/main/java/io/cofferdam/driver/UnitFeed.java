package io.cofferdam.driver;

import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.Labels;
import io.cofferdam.event.EventBus;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the engine tells, brought to those who wait for it: signals of single units, listeners inside the library, and
 * the public event bus. The engine is watched from the first time somebody needs it, so that a short-lived orchestrator
 * that only asks never opens a stream.
 */
final class UnitFeed {

    private final EngineDriver driver;
    private final EventBus bus;
    private final Map<String, UnitSignal> signals = new ConcurrentHashMap<>();
    private final List<Consumer<UnitEvent>> listeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> onOpen = new CopyOnWriteArrayList<>();
    private final Map<String, Beginning> beginnings = new ConcurrentHashMap<>();
    private final ReentrantLock opening = new ReentrantLock();
    private volatile boolean open;
    private boolean closed;

    @Nullable
    private Watch watch;

    UnitFeed(EngineDriver driver, EventBus bus) {
        this.driver = driver;
        this.bus = bus;
    }

    /** Adds somebody who is told of every event; must not block. Before the feed opens. */
    void listen(Consumer<UnitEvent> listener) {
        listeners.add(listener);
    }

    /** Adds something to do once, when the engine is watched for the first time. */
    void whenOpened(Runnable action) {
        onOpen.add(action);
    }

    /** Makes sure that what happens from now on is told. */
    void open() {
        if (open) {
            return;
        }
        opening.lock();
        try {
            if (!open && !closed) {
                watch = driver.watch(this::tell);
                open = true;
                onOpen.forEach(Runnable::run);
            }
        } finally {
            opening.unlock();
        }
    }

    /** The signal of a unit, for waiting. */
    UnitSignal signal(String id) {
        return signals.computeIfAbsent(id, key -> new UnitSignal());
    }

    /** Wakes those who wait for a unit, because this library did or found out something itself. */
    void nudge(String id) {
        UnitSignal signal = signals.get(id);
        if (signal != null) {
            signal.nudge();
        }
    }

    /**
     * A unit is about to be started here: its event is still to come.
     *
     * @param readyAtOnce whether it is ready as soon as it is started
     */
    void beginning(String id, boolean readyAtOnce) {
        if (open) {
            beginnings.put(id, new Beginning(readyAtOnce));
        }
    }

    /** It was not started after all, or nobody is going to tell that it is ready. */
    void notBegun(String id) {
        beginnings.remove(id);
    }

    /**
     * Tells that a unit is ready: after the engine has told that it was started, however late that is, and not after it
     * has told that it ended.
     */
    void ready(EnvironmentEvent.Ready event) {
        Beginning beginning = beginnings.get(event.id());
        if (beginning == null) {
            bus.publish(event);
        } else if (beginning.ready(event)) {
            beginnings.remove(event.id(), beginning);
        }
    }

    /** Tells that a unit is ready whose start was told without that it was. */
    void readyIfBegun(EnvironmentEvent.Ready event) {
        if (beginnings.containsKey(event.id())) {
            ready(event);
        }
    }

    /** Drops the signal of a unit that is gone. */
    void forget(String id) {
        beginnings.remove(id);
        UnitSignal signal = signals.remove(id);
        if (signal != null) {
            signal.nudge();
        }
    }

    /** How many units are followed, for tests of leaks. */
    int size() {
        return signals.size();
    }

    void close() {
        Watch toClose;
        opening.lock();
        try {
            closed = true;
            toClose = watch;
            watch = null;
        } finally {
            opening.unlock();
        }
        signals.values().forEach(UnitSignal::close);
        if (toClose != null) {
            toClose.close();
        }
    }

    private void tell(UnitEvent event) {
        if (event.kind() == UnitEvent.Kind.RESYNC) {
            listeners.forEach(listener -> listener.accept(event));
            signals.values().forEach(UnitSignal::resync);
            beginnings.values().removeIf(beginning -> beginning.started(null));
            return;
        }
        Beginning beginning = beginnings.get(event.id());
        if (beginning != null && (event.kind() == UnitEvent.Kind.DIED || event.kind() == UnitEvent.Kind.REMOVED)) {
            beginning.ended();
        }
        // Before the listeners, whose own events are about what follows from it.
        EnvironmentEvent published = published(event);
        if (published != null) {
            bus.publish(published);
        }
        // Whoever cares for a unit decides on an event before somebody who waits for the outcome looks at it.
        listeners.forEach(listener -> listener.accept(event));
        UnitSignal signal =
                event.kind() == UnitEvent.Kind.REMOVED ? signals.remove(event.id()) : signals.get(event.id());
        if (signal != null) {
            signal.tell(event);
        }
        if (beginning != null && event.kind() == UnitEvent.Kind.STARTED && beginning.started(published)) {
            beginnings.remove(event.id(), beginning);
        }
    }

    /** A start whose event may come after the start has returned, as may that of its end. */
    private final class Beginning {

        private final boolean readyAtOnce;
        private boolean started;
        private boolean ended;
        private boolean told;

        @Nullable
        private EnvironmentEvent deferred;

        Beginning(boolean readyAtOnce) {
            this.readyAtOnce = readyAtOnce;
        }

        /** Its starter found it ready; whether nothing more is to be told. */
        synchronized boolean ready(EnvironmentEvent.Ready event) {
            if (!started && !ended) {
                deferred = event;
                return false;
            }
            if (!ended && !told) {
                bus.publish(event);
            }
            return true;
        }

        /** The engine told of its start; whether nothing more is to be told. */
        synchronized boolean started(@Nullable EnvironmentEvent event) {
            started = true;
            if (deferred != null) {
                bus.publish(deferred);
            } else if (readyAtOnce && event != null) {
                told = true;
                bus.publish(new EnvironmentEvent.Ready(event.at(), event.name(), event.id()));
            }
            return deferred != null;
        }

        /** The engine is about to tell of its end. */
        synchronized void ended() {
            if (!started && deferred != null) {
                bus.publish(deferred);
            }
            ended = true;
        }
    }

    private static @Nullable EnvironmentEvent published(UnitEvent event) {
        String name = event.labels().get(Labels.ENVIRONMENT);
        if (name == null) {
            return null;
        }
        return switch (event.kind()) {
            case CREATED -> new EnvironmentEvent.Created(event.at(), name, event.id());
            case STARTED -> new EnvironmentEvent.Started(event.at(), name, event.id());
            case DIED ->
                new EnvironmentEvent.Exited(event.at(), name, event.id(), event.exitCode(), event.outOfMemory());
            case PAUSED -> new EnvironmentEvent.Paused(event.at(), name, event.id());
            case RESUMED -> new EnvironmentEvent.Resumed(event.at(), name, event.id());
            case HEALTH ->
                new EnvironmentEvent.HealthChanged(event.at(), name, event.id(), event.health(), event.detail());
            case REMOVED -> new EnvironmentEvent.Removed(event.at(), name, event.id());
            case RENAMED, RESYNC -> null;
        };
    }
}
