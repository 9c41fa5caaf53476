package io.cofferdam.deployment.jdbc;

import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Retry;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs operations in transactions: again if another one came in the way, for a while if the database is away, on a thread of their
 * own so that callers keep their deadline and answer interrupts. Those threads are never interrupted, for an interrupt in the
 * middle of its work makes an embedded H2 close its file. Thread-safe.
 */
final class Database implements AutoCloseable {

    /** How long one operation may take, waits for locks included. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    /** Long enough for a server that is started again, and for the next process to take over the file of an H2. */
    private static final Duration PATIENCE = Duration.ofSeconds(12);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final int MOST_ATTEMPTS = 400;

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    final String where;
    private final Connections connections;
    private final Dialect dialect;
    private final Threads threads = Threads.named("cofferdam-store");
    /** One party is the store itself, the others are the operations under way. */
    private final Phaser running = new Phaser(1);

    private volatile boolean isClosed;

    Database(Connections connections, Dialect dialect, String where) {
        this.connections = connections;
        this.dialect = dialect;
        this.where = where;
    }

    Dialect dialect() {
        return dialect;
    }

    /** What is done on a connection. */
    interface Work<T> {
        T on(Sql sql) throws SQLException;
    }

    /** Looks, without a transaction. */
    <T> T read(String what, Work<T> work) {
        return run(new Operation<>(connections, what, work, false));
    }

    /** Writes everything or nothing. */
    <T> T write(String what, Work<T> work) {
        Work<T> whole = sql -> {
            dialect.limitSilence(sql);
            return work.on(sql);
        };
        return run(new Operation<>(connections, what, whole, true));
    }

    private <T> T run(Operation<T> operation) {
        String what = "to " + operation.what + " in the store of deployments at " + where;
        if (isClosed) {
            throw closed();
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new OperationInterruptedException("the attempt " + what + " was interrupted before it began", null);
        }
        Deadline deadline = Deadline.in(LONGEST);
        CompletableFuture<T> result = new CompletableFuture<>();
        begin(result, operation, deadline);
        try {
            return Bounded.await(result, deadline, "the attempt " + what);
        } catch (ExecutionException failed) {
            throw failure(operation, failed.getCause());
        } catch (OperationInterruptedException | OperationTimeoutException givenUp) {
            giveUp(operation);
            throw givenUp;
        }
    }

    private <T> void begin(CompletableFuture<T> result, Operation<T> operation, Deadline deadline) {
        running.register();
        try {
            threads.start(operation.what, () -> {
                try {
                    complete(result, operation, deadline);
                } finally {
                    running.arriveAndDeregister();
                }
            });
        } catch (RejectedExecutionException closing) {
            running.arriveAndDeregister();
            throw closed();
        }
    }

    private <T> void complete(CompletableFuture<T> result, Operation<T> operation, Deadline deadline) {
        Deadline patience = Deadline.in(PATIENCE);
        int[] conflicts = {0};
        Retry retry = Retry.builder()
                .maxAttempts(MOST_ATTEMPTS)
                .delay(Duration.ofMillis(2), Duration.ofMillis(250))
                .retryOn(failure -> isTransient(operation, failure, patience, conflicts))
                .build();
        try {
            result.complete(retry.call(deadline, operation.what, operation::attempt));
        } catch (OperationTimeoutException late) {
            result.completeExceptionally(late.getCause() instanceof SQLException last ? last : late);
        } catch (Throwable failure) {
            result.completeExceptionally(failure);
        }
    }

    private boolean isTransient(Operation<?> operation, Exception failure, Deadline patience, int[] conflicts) {
        if (!(failure instanceof SQLException e) || isClosed || (operation.isInDoubt() && Dialect.isAway(e))) {
            return false;
        }
        // The look before the write finds what it missed before, and tells of it in its own way.
        return dialect.isBusy(e)
                || (dialect.isConflict(e) && ++conflicts[0] <= 3)
                || (Dialect.isAway(e) && !patience.isExpired());
    }

    /** Lets the request go, so that its locks do not stay: on another thread, since also that may take a while. */
    private void giveUp(Operation<?> operation) {
        operation.abandon();
        try {
            threads.start("abort", operation::abort);
        } catch (RejectedExecutionException closing) {
            operation.abort();
        }
    }

    private RuntimeException failure(Operation<?> operation, @Nullable Throwable failure) {
        if (failure instanceof SQLException e) {
            return isClosed ? closed() : Faults.of(operation.what, where, operation.isInDoubt(), e);
        }
        if (failure instanceof CofferdamException ours) {
            return isClosed && failure instanceof OperationInterruptedException ? closed() : ours;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException unchecked) {
            return unchecked;
        }
        return new IllegalStateException("an operation of the store failed in an unknown way", failure);
    }

    private ClosedException closed() {
        return new ClosedException("the store of deployments at " + where + " is closed; open another one");
    }

    /** Waits a little for what is under way; whoever asked for it is told how it ends. */
    @Override
    public synchronized void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        try {
            running.awaitAdvanceInterruptibly(running.arrive(), CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException leftBehind) {
            LOG.debug("what the store of deployments at {} is doing is cut off", where);
        } finally {
            connections.close();
            threads.close();
        }
    }
}
