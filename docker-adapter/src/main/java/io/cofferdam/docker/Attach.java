package io.cofferdam.docker;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.driver.StreamControl;
import io.cofferdam.environment.AttachSpec;
import io.cofferdam.environment.LogLine;
import io.cofferdam.error.WrongStateException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Connects to main processes. Containers are made so that the first connection with input is the one whose end counts. */
final class Attach {

    private static final Duration RESIZE_TIMEOUT = Duration.ofSeconds(10);

    private final EngineHttp http;
    private final Containers containers;
    private final Threads threads;
    private final Names names;

    Attach(EngineHttp http, Containers containers, Threads threads, Names names) {
        this.http = http;
        this.containers = containers;
        this.threads = threads;
        this.names = names;
    }

    void run(String id, AttachSpec spec, StreamControl control, Deadline deadline) {
        Operation operation = Operation.of("attach to", "attaching to", names.of(id));
        boolean terminal = containers
                .inspection(operation, id, deadline)
                .path("Config")
                .path("Tty")
                .asBoolean(false);
        HttpRequest request = HttpRequest.post(
                        Containers.path(id, "/attach?stream=1&stdout=1&stderr=1&stdin=" + (spec.hasInput() ? 1 : 0)),
                        Json.object())
                .withHeader("Connection", "Upgrade")
                .withHeader("Upgrade", "tcp");
        AtomicReference<@Nullable IOException> inputFailure = new AtomicReference<>();
        try (SinkGate gate = new SinkGate()) {
            Frames.Sink sink = gate.around((stream, first, bytes, offset, length) ->
                    (stream == LogLine.Stream.STDOUT ? spec.stdout() : spec.stderr()).write(bytes, offset, length));
            http.stream(operation, request, deadline, (reply, connection) -> {
                control.connected(size -> {
                    if (!terminal) {
                        throw new WrongStateException(
                                operation.failed("it has no terminal; make it with one in its specification"));
                    }
                    resize(http, operation, Containers.path(id, ""), size.columns(), size.rows());
                });
                Thread pump = spec.stdin()
                        .map(input -> threads.start(
                                "input of " + operation.doing(),
                                () -> StdinPump.pump(input, connection.socket(), inputFailure)))
                        .orElse(null);
                try {
                    if (terminal) {
                        Frames.readUnframed(connection.input(), sink);
                    } else {
                        Frames.read(connection.input(), sink);
                    }
                } finally {
                    if (pump != null) {
                        pump.interrupt();
                    }
                }
                return true;
            });
        } catch (Refusal refusal) {
            throw Faults.container(operation, refusal);
        }
        IOException failure = inputFailure.get();
        if (failure != null) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    /** Changes the size of the terminal of what has a path on the engine. */
    static void resize(EngineHttp http, Operation operation, String path, int columns, int rows) {
        try {
            http.run(
                    operation,
                    HttpRequest.post(path + "/resize?h=" + rows + "&w=" + columns),
                    Deadline.in(RESIZE_TIMEOUT));
        } catch (Refusal refusal) {
            throw Faults.container(operation, refusal);
        }
    }
}
