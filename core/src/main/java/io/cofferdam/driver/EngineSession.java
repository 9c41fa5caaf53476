package io.cofferdam.driver;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Scheduler;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.error.ClosedException;
import io.cofferdam.event.EventBus;
import java.time.Clock;

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

    void ensureOpen() {
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
