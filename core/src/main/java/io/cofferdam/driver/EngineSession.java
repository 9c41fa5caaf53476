package io.cofferdam.driver;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Scheduler;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.error.ClosedException;
import io.cofferdam.event.EventBus;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** What the parts of one open orchestrator share. */
final class EngineSession {

    final EngineDriver driver;
    final EngineConfig config;
    final Clock clock;
    final Scheduler scheduler;
    final Threads threads;
    final EventBus bus;
    final UnitFeed feed;
    final String owner;
    final SessionWatcher watcher;

    final Sweep sweep;

    private final AtomicBoolean used = new AtomicBoolean();
    private volatile boolean closed;

    EngineSession(EngineDriver driver, EngineConfig config, Clock clock, Scheduler scheduler, Threads threads) {
        this.driver = driver;
        this.config = config;
        this.clock = clock;
        this.scheduler = scheduler;
        this.threads = threads;
        this.bus = EventBus.create(threads);
        this.feed = new UnitFeed(driver, bus);
        this.owner = Owner.current();
        this.watcher = new SessionWatcher(this);
        this.sweep = new Sweep(this);
    }

    /** The labels that say whose something is and how long it lives, for whoever clears up. */
    Map<String, String> lifetimeLabels(Lifetime lifetime) {
        Map<String, String> labels = new HashMap<>(Lifetimes.labels(lifetime, clock.instant()));
        labels.put(Labels.OWNER, owner);
        return labels;
    }

    /** The engine's name, for messages. */
    String engine() {
        return driver.capabilities().engine();
    }

    Deadline callDeadline() {
        return Deadline.in(config.callTimeout());
    }

    /** For calls that move data: nobody can say how long these should take, so they have the time an image has. */
    Deadline transferDeadline() {
        return Deadline.in(config.pullTimeout());
    }

    /** The beginning of every use; the first one has an echo. */
    void ensureOpen() {
        if (used.compareAndSet(false, true)) {
            sweep.soon();
        }
        if (closed) {
            throw new ClosedException("the " + engine() + " engine was closed; open it again to go on");
        }
    }

    boolean isClosed() {
        return closed;
    }

    void markClosed() {
        closed = true;
    }
}
