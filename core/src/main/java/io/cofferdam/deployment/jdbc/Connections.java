package io.cofferdam.deployment.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connections of a data source, a few of which stay open between operations if that was asked for. Thread-safe. */
final class Connections {

    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private final DataSource source;
    private final int kept;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private boolean isClosed;

    Connections(DataSource source, int kept) {
        this.source = source;
        this.kept = kept;
    }

    Connection borrow() throws SQLException {
        synchronized (idle) {
            Connection connection = idle.pollFirst();
            if (connection != null) {
                return connection;
            }
        }
        return source.getConnection();
    }

    /** Takes back a connection that works and has no transaction open. */
    void giveBack(Connection connection) {
        synchronized (idle) {
            if (!isClosed && idle.size() < kept) {
                idle.addFirst(connection);
                return;
            }
        }
        close(connection);
    }

    /** Closes a connection that failed, and those that stayed open, which have probably failed as well. */
    void discard(Connection connection) {
        close(connection);
        drain().forEach(Connections::close);
    }

    void close() {
        synchronized (idle) {
            isClosed = true;
        }
        drain().forEach(Connections::close);
    }

    static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("could not close a connection to the store of deployments", e);
        }
    }

    private List<Connection> drain() {
        synchronized (idle) {
            List<Connection> all = new ArrayList<>(idle);
            idle.clear();
            return all;
        }
    }
}
