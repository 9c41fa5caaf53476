package io.cofferdam.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cofferdam.concurrent.Sleeper;
import io.cofferdam.concurrent.Threads;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An API server that answers exactly what a test wants it to. */
final class FakeApiServer implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Threads threads = Threads.named("test");

    /** Method, path and query of every request. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    /** Answers a request. */
    @FunctionalInterface
    interface Handler {
        void handle(Exchange exchange) throws Exception;
    }

    /** A request and its answer. */
    record Exchange(HttpExchange http) {

        String method() {
            return http.getRequestMethod();
        }

        String query() {
            String query = http.getRequestURI().getQuery();
            return query == null ? "" : query;
        }

        String header(String name) {
            String value = http.getRequestHeaders().getFirst(name);
            return value == null ? "" : value;
        }

        void answer(int status, String json) throws IOException {
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            http.getResponseHeaders().add("Content-Type", "application/json");
            http.sendResponseHeaders(status, body.length);
            http.getResponseBody().write(body);
            http.close();
        }

        void refuse(int status, String reason, String message) throws IOException {
            answer(
                    status,
                    "{\"kind\":\"Status\",\"status\":\"Failure\",\"code\":" + status + ",\"reason\":\"" + reason
                            + "\",\"message\":\"" + message + "\",\"newField\":{}}");
        }

        OutputStream stream() throws IOException {
            http.sendResponseHeaders(200, 0);
            return http.getResponseBody();
        }
    }

    FakeApiServer(Handler handler) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/", http -> {
            requests.add(http.getRequestMethod() + " " + http.getRequestURI());
            try {
                handler.handle(new Exchange(http));
            } catch (IOException cut) {
                http.close();
            } catch (Exception failure) {
                http.close();
                throw new IOException(failure);
            }
        });
        server.start();
    }

    Cluster cluster(Credentials credentials) {
        return new Cluster(
                "test",
                "http://127.0.0.1:" + server.getAddress().getPort(),
                "default",
                null,
                true,
                null,
                List.of(),
                credentials,
                null);
    }

    /** A client that does not really pause. */
    Api api(Credentials credentials, Sleeper sleeper) throws IOException {
        Cluster cluster = cluster(credentials);
        return new Api(cluster, cluster.client(), threads, 4, sleeper);
    }

    Threads threads() {
        return threads;
    }

    @Override
    public void close() {
        threads.close();
        server.stop(0);
        executor.shutdownNow();
    }
}
