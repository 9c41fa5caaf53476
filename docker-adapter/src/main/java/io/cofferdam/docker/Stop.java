package io.cofferdam.docker;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.WrongStateException;
import java.time.Duration;

/**
 * Stops containers. Engines older than API 1.42 take no signal when they stop a container, and none takes a grace period
 * in fractions of a second; then the signal is sent by itself, the end is awaited and the engine's own stop without grace
 * follows, which also keeps a restart policy from starting the container again.
 */
final class Stop {

    private final EngineHttp http;
    private final ApiVersion api;
    private final Names names;

    Stop(EngineHttp http, ApiVersion api, Names names) {
        this.http = http;
        this.api = api;
        this.names = names;
    }

    void stop(String id, String signal, Duration grace, Deadline deadline) {
        Operation operation = Operation.of("stop", "stopping", names.of(id));
        try {
            boolean wholeSeconds = grace.toMillis() % 1000 == 0 && grace.toSeconds() < Integer.MAX_VALUE;
            if (grace.isZero()) {
                kill(operation, id, "SIGKILL", deadline);
            } else if (wholeSeconds && api.isAtLeast(1, 42)) {
                String query = "?signal=" + Query.encode(signal) + "&t=" + grace.toSeconds();
                http.run(
                        operation,
                        HttpRequest.post(Containers.path(id, "/stop" + query)).asRepeatable(),
                        deadline);
                return;
            } else {
                signalAndAwait(operation, id, signal, grace, deadline);
            }
            http.run(
                    operation,
                    HttpRequest.post(Containers.path(id, "/stop?t=0")).asRepeatable(),
                    deadline);
        } catch (Refusal refusal) {
            throw Faults.container(operation, refusal);
        }
    }

    private void signalAndAwait(Operation operation, String id, String signal, Duration grace, Deadline deadline) {
        Deadline patience = deadline.cappedAt(grace);
        try {
            http.stream(
                    operation,
                    HttpRequest.post(Containers.path(id, "/wait?condition=next-exit")),
                    patience,
                    (reply, connection) -> {
                        // The engine sends the head of its answer once it is watching, so the end cannot be missed.
                        kill(operation, id, signal, deadline);
                        return Json.read(reply.body());
                    });
        } catch (OperationTimeoutException graceIsOver) {
            deadline.check(operation.doing());
        } catch (WrongStateException notRunning) {
            // It may be between two runs of its restart policy: the stop that follows ends those, too.
        }
    }

    /** Sends a signal. */
    private void kill(Operation operation, String id, String signal, Deadline deadline) {
        try {
            http.run(
                    operation, HttpRequest.post(Containers.path(id, "/kill?signal=" + Query.encode(signal))), deadline);
        } catch (Refusal refusal) {
            if (refusal.status() == 409 && !signal.equals("SIGKILL")) {
                throw new WrongStateException(operation.failed(refusal.reason()), refusal);
            }
            if (refusal.status() != 409) {
                throw refusal;
            }
        }
    }
}
