package io.cofferdam.deployment.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One operation, perhaps in several attempts. Attempts are made by one thread, and given up by another. */
final class Operation<T> {

    private static final Logger LOG = LoggerFactory.getLogger(Operation.class);

    final String what;
    private final Connections connections;
    private final Database.Work<T> work;
    private final boolean isTransaction;
    private final AtomicReference<@Nullable Connection> current = new AtomicReference<>();
    private volatile boolean isAbandoned;
    private volatile boolean isCommitting;

    Operation(Connections connections, String what, Database.Work<T> work, boolean isTransaction) {
        this.connections = connections;
        this.what = what;
        this.work = work;
        this.isTransaction = isTransaction;
    }

    T attempt() throws SQLException {
        isCommitting = false;
        Connection connection = connections.borrow();
        current.set(connection);
        boolean isSound = false;
        try {
            connection.setAutoCommit(!isTransaction);
            T result = work.on(new Sql(connection));
            if (isTransaction) {
                refuseIfAbandoned();
                isCommitting = true;
                connection.commit();
                connection.setAutoCommit(true);
            }
            isSound = true;
            return result;
        } catch (SQLException e) {
            isSound = !Dialect.isAway(e) && rollBack(connection);
            throw e;
        } catch (RuntimeException refused) {
            isSound = rollBack(connection);
            throw refused;
        } finally {
            current.set(null);
            if (isSound && !isAbandoned) {
                connections.giveBack(connection);
            } else {
                connections.discard(connection);
            }
        }
    }

    /** Whether nobody can tell if it was written. */
    boolean isInDoubt() {
        return isCommitting;
    }

    void abandon() {
        isAbandoned = true;
    }

    /** Cuts the connection off where the driver can do that; H2 ends by itself, for all its waits are short. */
    void abort() {
        Connection connection = current.get();
        if (connection != null) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException | RuntimeException e) {
                LOG.debug("could not abort a connection to the store of deployments", e);
            }
        }
    }

    private void refuseIfAbandoned() throws SQLException {
        if (isAbandoned) {
            throw new SQLException("nobody waits for this any more");
        }
    }

    private boolean rollBack(Connection connection) {
        if (!isTransaction) {
            return true;
        }
        try {
            connection.rollback();
            connection.setAutoCommit(true);
            return true;
        } catch (SQLException e) {
            LOG.debug("could not roll a transaction of the store of deployments back", e);
            return false;
        }
    }
}
