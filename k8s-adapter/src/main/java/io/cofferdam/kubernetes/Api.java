package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Sleeper;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.OperationInterruptedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Requests to one API server, as JSON trees. Each has a deadline and answers an interrupt by closing its connection.
 * Questions are asked again after a fault that may pass; changes only where the server said that it did nothing yet.
 */
final class Api implements AutoCloseable {

    static final String JSON = "application/json";
    static final String MERGE_PATCH = "application/merge-patch+json";
    static final String APPLY_PATCH = "application/apply-patch+yaml";

    private static final int ATTEMPTS = 5;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final int ERROR_LIMIT = 64 * 1024;

    private final Cluster cluster;
    private final OkHttpClient client;
    private final Threads threads;
    private final Semaphore turns;
    private final Sleeper sleeper;
    private final Set<UpgradedSocket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Does something with the body of an answer while it comes in. */
    @FunctionalInterface
    interface Body<T> {
        T read(InputStream in) throws IOException;
    }

    Api(Cluster cluster, OkHttpClient client, Threads threads, int parallelism, Sleeper sleeper) {
        this.cluster = cluster;
        this.client = client;
        this.threads = threads;
        this.turns = new Semaphore(parallelism, true);
        this.sleeper = sleeper;
    }

    Cluster cluster() {
        return cluster;
    }

    OkHttpClient client() {
        return client;
    }

    boolean isClosed() {
        return closed;
    }

    JsonNode get(Operation operation, String path, Deadline deadline) {
        return call(operation, "GET", path, null, JSON, deadline);
    }

    JsonNode post(Operation operation, String path, JsonNode body, Deadline deadline) {
        return call(operation, "POST", path, body, JSON, deadline);
    }

    JsonNode patch(Operation operation, String path, JsonNode body, Deadline deadline) {
        return call(operation, "PATCH", path, body, MERGE_PATCH, deadline);
    }

    JsonNode delete(Operation operation, String path, @Nullable JsonNode options, Deadline deadline) {
        return call(operation, "DELETE", path, options, JSON, deadline);
    }

    /**
     * A request whose answer is read as a whole.
     *
     * @throws Refusal if the server says no
     */
    JsonNode call(
            Operation operation,
            String method,
            String path,
            @Nullable JsonNode body,
            String contentType,
            Deadline deadline) {
        boolean question = method.equals("GET");
        Duration pause = FIRST_PAUSE;
        boolean renewed = false;
        for (int attempt = 1; ; attempt++) {
            Duration wait = pause;
            try {
                takeTurn(operation, deadline);
                try {
                    return stream(operation, method, path, body, contentType, deadline, in -> {
                        byte[] bytes = in.readAllBytes();
                        return bytes.length == 0 ? Json.object() : Json.read(bytes);
                    });
                } finally {
                    turns.release();
                }
            } catch (Refusal refusal) {
                if (refusal.status() == 401 && !renewed) {
                    renewed = true;
                    cluster.credentials().refused();
                    continue;
                }
                boolean again = refusal.isTooMany() || (question && refusal.isTransient());
                if (!again || attempt >= ATTEMPTS) {
                    throw refusal;
                }
                Duration asked = refusal.retryAfter();
                wait = asked != null && asked.compareTo(wait) > 0 ? asked : wait;
                if (wait.compareTo(deadline.remaining()) >= 0) {
                    throw refusal;
                }
            } catch (EngineUnavailableException broken) {
                boolean neverSent = broken.getCause() instanceof java.net.ConnectException;
                if (closed
                        || !(question || neverSent)
                        || attempt >= ATTEMPTS
                        || wait.compareTo(deadline.remaining()) >= 0) {
                    throw broken;
                }
            }
            pause(operation, wait.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wait);
            pause = pause.multipliedBy(2);
        }
    }

    private void takeTurn(Operation operation, Deadline deadline) {
        try {
            if (!turns.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw deadline.timeout(operation.doing(), null);
            }
        } catch (InterruptedException interrupt) {
            throw interrupted(operation, interrupt);
        }
    }

    private void pause(Operation operation, Duration wait) {
        try {
            sleeper.sleep(wait);
        } catch (InterruptedException interrupt) {
            throw interrupted(operation, interrupt);
        }
    }

    private static OperationInterruptedException interrupted(Operation operation, InterruptedException interrupt) {
        Thread.currentThread().interrupt();
        return new OperationInterruptedException(operation.doing() + " was interrupted", interrupt);
    }

    /** A question whose answer is read while it comes in. */
    <T> T stream(Operation operation, String path, Deadline deadline, Body<T> body) {
        return stream(operation, "GET", path, null, JSON, deadline, body);
    }

    private <T> T stream(
            Operation operation,
            String method,
            String path,
            @Nullable JsonNode sent,
            String contentType,
            Deadline deadline,
            Body<T> body) {
        ensureOpen(operation);
        String[] media = contentType.split(";", -1);
        Call call = client.newCall(request(operation, method, path, sent, media[0]));
        try {
            return Bounded.call(
                    threads, deadline, operation.doing(), () -> execute(operation, call, body), call::cancel);
        } catch (IOException broken) {
            if (closed) {
                throw new ClosedException(operation.failed("the engine was closed"), broken);
            }
            throw Faults.connection(operation, cluster.server(), broken);
        } catch (RejectedExecutionException closing) {
            throw new ClosedException(operation.failed("the engine was closed"), closing);
        }
    }

    private <T> T execute(Operation operation, Call call, Body<T> body) throws IOException {
        try (Response response = begin(call)) {
            if (!response.isSuccessful()) {
                throw refusal(operation, response);
            }
            return body.read(response.body().byteStream());
        }
    }

    private static Response begin(Call call) throws IOException {
        try {
            return call.execute();
        } catch (IOException | RuntimeException usual) {
            throw usual;
        } catch (Exception undeclared) {
            // The client is written in a language that declares no exceptions; an interrupt of a connecting thread is
            // one.
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(undeclared.toString());
        }
    }

    private static Refusal refusal(Operation operation, Response response) throws IOException {
        byte[] bytes = response.body().byteStream().readNBytes(ERROR_LIMIT);
        JsonNode status;
        try {
            status = Json.read(bytes);
        } catch (IOException noJson) {
            status = Json.object().put("message", new String(bytes, StandardCharsets.UTF_8).strip());
        }
        return Refusal.of(operation, response.code(), status, retryAfter(response.header("Retry-After")));
    }

    static @Nullable Duration retryAfter(@Nullable String header) {
        if (header == null || !header.strip().matches("\\d{1,6}")) {
            return null;
        }
        return Duration.ofSeconds(Long.parseLong(header.strip()));
    }

    private Request request(
            Operation operation, String method, String path, @Nullable JsonNode sent, String contentType) {
        Request.Builder request = new Request.Builder()
                .url(cluster.server() + path)
                .header("Accept", JSON)
                .header("User-Agent", "cofferdam");
        String authorization = authorization(operation);
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        RequestBody body = sent == null
                ? null
                : RequestBody.create(Json.write(sent).getBytes(StandardCharsets.UTF_8), MediaType.get(contentType));
        if (body == null && (method.equals("POST") || method.equals("PATCH") || method.equals("PUT"))) {
            body = RequestBody.create(new byte[0]);
        }
        return request.method(method, body).build();
    }

    @Nullable
    String authorization(Operation operation) {
        try {
            return cluster.credentials().authorization();
        } catch (IOException none) {
            throw new EngineUnavailableException(
                    operation.failed("there are no credentials: " + none.getMessage()), none);
        }
    }

    /** For a reader with a thread of its own: the call, which ends by {@link Call#cancel}. */
    Call open(Operation operation, String path) {
        ensureOpen(operation);
        return client.newCall(request(operation, "GET", path, null, JSON));
    }

    /** The answer to an opened call; closed by the caller. */
    Response answer(Operation operation, Call call) throws IOException {
        Response response = begin(call);
        if (!response.isSuccessful()) {
            try (response) {
                throw refusal(operation, response);
            }
        }
        return response;
    }

    /** A connection that is to be cut off when everything is. */
    void opened(UpgradedSocket socket) {
        sockets.add(socket);
        if (closed) {
            socket.close();
        }
    }

    void ended(UpgradedSocket socket) {
        sockets.remove(socket);
        socket.close();
    }

    void ensureOpen(Operation operation) {
        if (closed) {
            throw new ClosedException(operation.failed("the engine was closed"));
        }
    }

    /** Cuts every request off. */
    @Override
    public void close() {
        closed = true;
        client.dispatcher().cancelAll();
        sockets.forEach(UpgradedSocket::close);
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }
}
