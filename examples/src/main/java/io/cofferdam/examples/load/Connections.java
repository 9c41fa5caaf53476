package io.cofferdam.examples.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/** Connections that are kept alive; the one that was used last is used next. */
final class Connections {

    private final InetSocketAddress address;
    private final String host;
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final Set<Connection> all = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosed;

    Connections(URI target) {
        int port = target.getPort() < 0 ? 80 : target.getPort();
        address = new InetSocketAddress(target.getHost(), port);
        host = target.getHost() + ":" + port;
    }

    /** One that is idle, unless a fresh one is wanted, or a new one. */
    Connection take(boolean fresh, Duration timeout) throws IOException {
        Connection used = fresh ? null : idle.pollFirst();
        if (used != null) {
            return used;
        }
        Connection connection = Connection.open(address, host, timeout);
        all.add(connection);
        if (isClosed) {
            connection.close();
        }
        return connection;
    }

    void give(Connection connection) {
        all.removeIf(Connection::isClosed);
        if (!connection.isClosed()) {
            idle.addFirst(connection);
        }
    }

    void close() {
        isClosed = true;
        all.forEach(Connection::close);
    }
}
