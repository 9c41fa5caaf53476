package io.cofferdam.pipeline.jdbc;

import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.StorageException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs work in transactions on one connection, on threads nobody interrupts: an interrupt in the middle of its work makes an embedded
 * H2 close its file. Thread-safe.
 */
final class Transactions implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long PAUSE_MILLIS = 250;
    private static final int ATTEMPTS = 5;

    private final DataSource source;
    private final Threads threads = Threads.named("cofferdam-runs");
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Connection connection;
    private volatile boolean isClosed;
    /** Guarded by the lock: a database that was there comes back, one that never was is told of at once. */
    private boolean wasReached;

    Transactions(DataSource source) {
        this.source = source;
    }

    /** What is done on a connection. */
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Does it as a whole or not at all. */
    <T> T run(String what, Work<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            threads.start(what, () -> {
                try {
                    result.complete(attempts(work));
                } catch (Throwable failed) {
                    result.completeExceptionally(failed);
                }
            });
        } catch (RejectedExecutionException closed) {
            throw new ClosedException("the store of runs is closed; open another one", closed);
        }
        try {
            return Bounded.await(result, Deadline.in(LONGEST), "the attempt to " + what);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof CofferdamException ours) {
                throw ours;
            }
            throw new StorageException(
                    "could not " + what + ": " + failed.getCause()
                            + "; see whether the database runs, can be reached, and has room",
                    failed.getCause());
        }
    }

    /** Again where another transaction came in the way, or the connection broke before anything was made permanent. */
    private <T> T attempts(Work<T> work) throws SQLException {
        lock.lock();
        try {
            Deadline patience = Deadline.in(wasReached ? PATIENCE : Duration.ZERO);
            for (int attempt = 1; ; attempt++) {
                boolean isCommitting = false;
                try {
                    Connection open = connection();
                    T result = work.on(open);
                    isCommitting = true;
                    open.commit();
                    wasReached = true;
                    return result;
                } catch (SQLException failed) {
                    forget();
                    String state = failed.getSQLState() == null ? "" : failed.getSQLState();
                    boolean isPassing = state.startsWith("40")
                            || (state.startsWith("08") && !isCommitting)
                            || state.equals("90098")
                            || state.equals("90067")
                            || state.startsWith("57P");
                    boolean isAway = state.startsWith("08") || state.startsWith("57P");
                    boolean again = isAway ? !patience.isExpired() || attempt < ATTEMPTS : attempt < ATTEMPTS;
                    if (!isPassing || !again || isClosed) {
                        throw failed;
                    }
                    if (isAway && attempt > 1) {
                        pause(failed);
                    }
                } catch (RuntimeException refused) {
                    forget();
                    throw refused;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** A database that is started again tells nobody when it is there. */
    private static void pause(SQLException failed) throws SQLException {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            throw failed;
        }
    }

    private Connection connection() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = source.getConnection();
            open.setAutoCommit(false);
            connection = open;
        }
        return open;
    }

    private void forget() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.rollback();
            } catch (SQLException broken) {
                LOG.debug("could not roll a transaction of the store of runs back", broken);
            }
            try {
                open.close();
            } catch (SQLException broken) {
                LOG.debug("could not close a connection to the store of runs", broken);
            }
        }
    }

    @Override
    public void close() {
        isClosed = true;
        lock.lock();
        try {
            forget();
        } finally {
            lock.unlock();
        }
        threads.close();
    }
}
