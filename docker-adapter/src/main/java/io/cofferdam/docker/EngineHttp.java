package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.BlockingCall;
import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Retry;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.OperationInterruptedException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Talks to one engine. Calls share a bounded number of connections that are kept open; each stream has a connection of its
 * own. At the deadline of a call, and when its thread is interrupted, its connection is closed underneath it: no timeout of
 * a socket would notice an answer that trickles, and unix sockets have none.
 *
 * <p>Docker-java's own transport is not used for this: on unix sockets it keeps to no timeout, it cannot close a request
 * that got no answer yet nor one half of a connection, and its loggers write whole requests, secrets included.
 */
final class EngineHttp implements AutoCloseable {

    /** What is left of an answer nobody wanted to the end; more is not worth reading to keep a connection. */
    private static final int DRAIN = 64 * 1024;

    private final EngineAddress address;
    private final Tls tls = new Tls();
    private final String prefix;
    private final Threads threads;
    private final Semaphore permits;
    private final ConcurrentLinkedDeque<HttpConnection> idle = new ConcurrentLinkedDeque<>();
    private final Set<Flight> flights = ConcurrentHashMap.newKeySet();
    private final Retry retry = Retry.builder()
            .maxAttempts(3)
            .delay(Duration.ofMillis(50), Duration.ofMillis(500))
            .retryOn(RepeatableFault.class::isInstance)
            .build();
    private volatile boolean closed;

    /** Takes an answer; runs on the thread of the call. */
    @FunctionalInterface
    interface Reader<T extends @Nullable Object> {
        T read(HttpReply reply) throws IOException;
    }

    /** Takes an answer whose connection stays open for both sides. */
    @FunctionalInterface
    interface Conversation<T extends @Nullable Object> {
        T with(HttpReply reply, HttpConnection connection) throws IOException;
    }

    /**
     * @param version the version in front of every path, or null for none
     * @param parallelism how many calls are under way at once at the most, streams not counted
     * @param threads where calls run; closed by its owner after this
     */
    EngineHttp(EngineAddress address, @Nullable ApiVersion version, int parallelism, Threads threads) {
        this.address = address;
        this.prefix = version == null ? "" : "/v" + version;
        this.threads = threads;
        this.permits = new Semaphore(parallelism, true);
    }

    EngineAddress address() {
        return address;
    }

    /** Asks for a document. */
    JsonNode json(Operation operation, HttpRequest request, Deadline deadline) {
        return call(operation, request, deadline, reply -> Json.read(reply.body()));
    }

    /** Does something whose answer says nothing more. */
    void run(Operation operation, HttpRequest request, Deadline deadline) {
        call(operation, request, deadline, HttpReply::status);
    }

    /**
     * Makes a call; transient faults are retried where the request may be repeated, or never arrived.
     *
     * @param reader gets every answer that is a success; may be called again when a request is repeated
     * @throws Refusal if the engine answers with an error
     */
    <T extends @Nullable Object> T call(Operation operation, HttpRequest request, Deadline deadline, Reader<T> reader) {
        try {
            return retry.call(deadline, operation.doing(), () -> once(operation, request, deadline, reader));
        } catch (RepeatableFault fault) {
            throw fault.fault();
        }
    }

    private <T extends @Nullable Object> T once(
            Operation operation, HttpRequest request, Deadline deadline, Reader<T> reader) {
        acquire(operation, deadline);
        try {
            return bounded(operation, deadline, flight -> pooled(operation, request, flight, reader));
        } catch (Unreachable fault) {
            if (request.repeatable() || !fault.wasSent()) {
                throw new RepeatableFault(fault);
            }
            throw fault;
        } catch (Refusal fault) {
            if (fault.isTransient() && request.repeatable()) {
                throw new RepeatableFault(fault);
            }
            throw fault;
        } finally {
            permits.release();
        }
    }

    /**
     * Makes a call on a connection of its own that is closed at the end. Nothing is retried.
     *
     * @throws Refusal if the engine answers with an error
     */
    <T extends @Nullable Object> T stream(
            Operation operation, HttpRequest request, Deadline deadline, Conversation<T> conversation) {
        return bounded(operation, deadline, flight -> {
            HttpConnection connection = connect(flight);
            HttpReply reply = connection.exchange(request, prefix + request.path());
            succeeded(operation, reply);
            return conversation.with(reply, connection);
        });
    }

    private interface Work<T extends @Nullable Object> {
        T on(Flight flight) throws IOException;
    }

    private <T extends @Nullable Object> T bounded(Operation operation, Deadline deadline, Work<T> work) {
        Flight flight = new Flight();
        flights.add(flight);
        BlockingCall<T, RuntimeException> call = () -> {
            try {
                return work.on(flight);
            } catch (IOException broken) {
                throw unavailable(operation, flight, broken);
            } finally {
                flight.end();
                flights.remove(flight);
            }
        };
        try {
            if (closed) {
                throw closed(operation, null);
            }
            return Bounded.call(threads, deadline, operation.doing(), call, flight::abort);
        } catch (RejectedExecutionException late) {
            throw closed(operation, late);
        } finally {
            flights.remove(flight);
        }
    }

    private <T extends @Nullable Object> T pooled(
            Operation operation, HttpRequest request, Flight flight, Reader<T> reader) throws IOException {
        HttpConnection connection = idleConnection(flight);
        if (connection == null) {
            connection = connect(flight);
        }
        HttpReply reply = connection.exchange(request, prefix + request.path());
        succeeded(operation, reply);
        T result = reader.read(reply);
        reply.body().readNBytes(DRAIN);
        if (connection.isReusable() && flight.release()) {
            idle.push(connection);
            if (closed) {
                closeIdle();
            }
        }
        return result;
    }

    private @Nullable HttpConnection idleConnection(Flight flight) throws IOException {
        for (HttpConnection kept = idle.poll(); kept != null; kept = idle.poll()) {
            flight.use(kept.socket());
            if (!kept.socket().isStale()) {
                flight.sent = true;
                return kept;
            }
            flight.end();
        }
        return null;
    }

    private HttpConnection connect(Flight flight) throws IOException {
        EngineSocket socket = EngineSocket.to(address, tls);
        flight.use(socket);
        socket.connect();
        flight.sent = true;
        return new HttpConnection(socket, address);
    }

    private static void succeeded(Operation operation, HttpReply reply) throws IOException {
        if (reply.isSuccess() || reply.status() == 304 || reply.status() == 101) {
            return;
        }
        String text = new String(reply.body().readNBytes(DRAIN), java.nio.charset.StandardCharsets.UTF_8).strip();
        String message = text;
        if (text.startsWith("{")) {
            try (InputStream in =
                    new java.io.ByteArrayInputStream(text.getBytes(java.nio.charset.StandardCharsets.UTF_8))) {
                message = Json.read(in).path("message").asText(text);
            }
        }
        throw new Refusal(operation, reply.status(), message.isEmpty() ? "no reason given" : message);
    }

    private void acquire(Operation operation, Deadline deadline) {
        try {
            if (!permits.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw deadline.timeout(operation.doing(), null);
            }
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(operation.doing() + " was interrupted", interrupt);
        }
    }

    private CofferdamException unavailable(Operation operation, Flight flight, IOException broken) {
        if (closed) {
            return closed(operation, broken);
        }
        return new Unreachable(operation.failed(Faults.connection(address, broken, flight.sent)), flight.sent, broken);
    }

    private static ClosedException closed(Operation operation, @Nullable Throwable cause) {
        return new ClosedException(operation.failed("the orchestrator was closed"), cause);
    }

    private void closeIdle() {
        for (HttpConnection kept = idle.poll(); kept != null; kept = idle.poll()) {
            closeQuietly(kept.socket());
        }
    }

    /** A socket that cannot be closed is closed: there is nothing to flush and nobody to tell. */
    private static void closeQuietly(EngineSocket socket) {
        try {
            socket.close();
        } catch (IOException alreadyBroken) {
            // Its file descriptor is given back all the same.
        }
    }

    /** Closes every connection: calls under way end with {@link ClosedException}. */
    @Override
    public void close() {
        closed = true;
        flights.forEach(Flight::abort);
        closeIdle();
    }

    /** A call or stream under way: whoever ends it closes what it is using at that moment. */
    private static final class Flight {
        private @Nullable EngineSocket socket;
        private boolean aborted;

        /** Whether a request may have gone out. */
        private volatile boolean sent;

        synchronized void use(EngineSocket opened) throws IOException {
            if (aborted) {
                closeQuietly(opened);
                throw new IOException("given up");
            }
            socket = opened;
        }

        /** Takes the connection out of the flight's hands; false if it was closed already. */
        synchronized boolean release() {
            socket = null;
            return !aborted;
        }

        synchronized void end() {
            if (socket != null) {
                closeQuietly(socket);
                socket = null;
            }
        }

        synchronized void abort() {
            aborted = true;
            end();
        }
    }

    /** Marks a fault after which the same request may be sent again; never leaves this class. */
    private static final class RepeatableFault extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final CofferdamException fault;

        RepeatableFault(CofferdamException fault) {
            super(fault.getMessage(), fault, false, false);
            this.fault = fault;
        }

        CofferdamException fault() {
            return fault;
        }
    }
}
