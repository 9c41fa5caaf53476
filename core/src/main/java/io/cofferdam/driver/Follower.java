package io.cofferdam.driver;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.LogFollower;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A delivery of lines on a thread of its own. */
final class Follower implements LogFollower {

    private static final long FIRST_DELAY = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONGEST_DELAY = TimeUnit.SECONDS.toNanos(2);

    private final CountDownLatch ended = new CountDownLatch(1);
    private final EngineSession session;
    private final DrivenEnvironment environment;
    private final LogQuery query;
    private final Consumer<LogLine> consumer;
    private final String what;
    private final Thread thread;
    private volatile boolean closed;

    /** When the engine was last heard of by this delivery. Used by its thread alone. */
    private long lastHeard = System.nanoTime();

    @Nullable
    private volatile Throwable failure;

    @SuppressWarnings("this-escape")
    Follower(
            EngineSession session,
            DrivenEnvironment environment,
            String id,
            LogQuery query,
            Consumer<LogLine> consumer) {
        this.session = session;
        this.environment = environment;
        this.query = query;
        this.consumer = consumer;
        this.what = "following the log of '" + environment.name() + "'";
        thread = session.threads.start("log of " + environment.name(), () -> {
            try {
                deliver(id);
            } catch (Throwable thrown) {
                // Errors included: whoever awaits the end has to learn of them, and nobody else is there to.
                failure = thrown;
            } finally {
                ended.countDown();
            }
        });
    }

    private void deliver(String first) {
        Optional<String> id = Optional.of(first);
        LogQuery part = query;
        while (id.isPresent()) {
            id = deliver(id.get(), session.driver.tail(id.get(), part));
            // Of what takes its place everything is news.
            part = new LogQuery(query.stdout(), query.stderr(), null, null, true);
        }
    }

    /** Delivers the log of one unit and tells which one takes its place. */
    private Optional<String> deliver(String id, LogTail tail) {
        UnitSignal signal = query.followsRestarts() ? session.feed.signal(id) : new UnitSignal();
        while (true) {
            long seen = signal.version();
            try {
                read(tail, signal);
            } catch (NotFoundException gone) {
                if (!query.followsRestarts()) {
                    throw gone;
                }
                return environment.successorOf(id);
            }
            if (!query.followsRestarts()) {
                return Optional.empty();
            }
            if (!environment.id().equals(id)) {
                return environment.successorOf(id);
            }
            // It ended; whatever happens to it next is told by an event.
            signal.await(seen, Long.MAX_VALUE, what);
        }
    }

    /** Reads to the end of a run, however often the connection breaks meanwhile. */
    private void read(LogTail tail, UnitSignal pause) {
        long delay = FIRST_DELAY;
        lastHeard = System.nanoTime();
        while (true) {
            long heard = lastHeard;
            try {
                tail.read(this::take, Deadline.none());
                return;
            } catch (EngineUnavailableException broken) {
                if (session.isClosed()
                        || System.nanoTime() - lastHeard
                                > session.config.callTimeout().toNanos()) {
                    throw broken;
                }
                delay = lastHeard == heard ? Math.min(delay * 2, LONGEST_DELAY) : FIRST_DELAY;
                pause.await(pause.version(), delay, what);
            }
        }
    }

    private void take(LogLine line) {
        lastHeard = System.nanoTime();
        if (!closed) {
            consumer.accept(line);
        }
    }

    @Override
    public boolean awaitEnd(Duration timeout) {
        try {
            if (!ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("waiting for the end of a log was interrupted", e);
        }
        Throwable thrown = failure;
        if (thrown != null && !closed) {
            throw thrown instanceof CofferdamException known
                    ? known
                    : new CofferdamException("the consumer of a log failed: " + thrown, thrown);
        }
        return true;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        if (Thread.currentThread() == thread) {
            return;
        }
        boolean interrupted = false;
        while (true) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                // The promise that nothing is delivered after the return is kept first.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
