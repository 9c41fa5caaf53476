package io.cofferdam.driver;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.LogFollower;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.OperationInterruptedException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A delivery of lines on a thread of its own. */
final class Follower implements LogFollower {

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closed;

    @Nullable
    private volatile Throwable failure;

    Follower(EngineSession session, String name, String id, LogQuery query, Consumer<LogLine> consumer) {
        Consumer<LogLine> unlessClosed = line -> {
            if (!closed) {
                consumer.accept(line);
            }
        };
        thread = session.threads.start("log of " + name, () -> {
            try {
                session.driver.readLines(id, query, true, unlessClosed, Deadline.none());
            } catch (Throwable thrown) {
                // Errors included: whoever awaits the end has to learn of them, and nobody else is there to.
                failure = thrown;
            } finally {
                ended.countDown();
            }
        });
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
