package io.cofferdam.examples.shop;

import io.cofferdam.examples.shop.Shop.Running;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Serves HTTP/1.1, one thread for each connection. The server of the JDK is not used because its end is not graceful: it cuts
 * connections that are kept alive in the middle of a request.
 */
final class HttpListener implements Running {

    private static final int BACKLOG = 1_024;
    private static final int STACK = 256 * 1024;

    /** Longer than a proxy keeps idle connections, so that the proxy closes them. */
    private static final int IDLE_MILLIS = 120_000;

    private final ServerSocket server = new ServerSocket();
    private final HttpHandler handler;
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private final Thread acceptor;
    private volatile boolean isDraining;

    HttpListener(String address, int port, HttpHandler handler) throws IOException {
        this.handler = handler;
        server.setReuseAddress(true);
        server.bind(
                address.isEmpty()
                        ? new InetSocketAddress(port)
                        : new InetSocketAddress(InetAddress.getByName(address), port),
                BACKLOG);
        acceptor = new Thread(this::accept, "accept");
        acceptor.start();
    }

    int port() {
        return server.getLocalPort();
    }

    @Override
    public boolean isHealthy() {
        return acceptor.isAlive();
    }

    @Override
    public boolean drain(Duration grace) {
        isDraining = true;
        long end = System.nanoTime() + grace.toNanos();
        try {
            // The acceptor takes what has connected already, then closes.
            acceptor.join(1_000);
            while (!connections.isEmpty() && System.nanoTime() < end) {
                connections.forEach(HttpConnection::closeIfIdle);
                Thread.sleep(5);
            }
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
        return connections.isEmpty();
    }

    private void accept() {
        try (server) {
            server.setSoTimeout(50);
            while (true) {
                try {
                    serve(server.accept());
                } catch (SocketTimeoutException nobodyWaits) {
                    if (isDraining) {
                        return;
                    }
                }
            }
        } catch (IOException broken) {
            System.err.println("shop: takes no connections any more: " + broken);
        }
    }

    private void serve(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(IDLE_MILLIS);
        HttpConnection connection = new HttpConnection(socket, handler, () -> isDraining);
        connections.add(connection);
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        connection.serve();
                    } finally {
                        connections.remove(connection);
                    }
                },
                "connection",
                STACK);
        thread.setDaemon(true);
        thread.start();
    }
}
