package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.driver.StreamControl;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.TerminalSize;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs commands inside running containers, over a connection that the engine turns over to both sides: input goes one way
 * and its end is told by closing that half, output comes the other way in frames.
 *
 * <p>Engines cannot end a command. At the deadline the connection is closed, and where the image has {@code sh} and
 * {@code grep} the command and what it started are killed by a second command, which finds them by a variable that the
 * first was given; elsewhere they go on until the container stops.
 */
final class Exec {

    private static final Logger LOG = LoggerFactory.getLogger(Exec.class);

    /** Marks a command and its children. */
    private static final String MARK = "COFFERDAM_EXEC";

    private static final int SIZE_ATTEMPTS = 20;
    private static final int SIZE_PAUSE_MILLIS = 10;

    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);

    private final EngineHttp http;
    private final Threads threads;
    private final Names names;

    Exec(EngineHttp http, Threads threads, Names names) {
        this.http = http;
        this.threads = threads;
        this.names = names;
    }

    ExecResult run(String id, ExecSpec spec, Deadline deadline) {
        return run(id, spec, terminal -> {}, deadline);
    }

    ExecResult run(String id, ExecSpec spec, StreamControl control, Deadline deadline) {
        String mark = UUID.randomUUID().toString();
        Operation operation =
                Operation.of("run", "running", "'" + spec.command().get(0) + "' in " + names.of(id));
        String exec = create(operation, id, spec, mark, deadline);
        try (ExecOutput output = new ExecOutput(spec)) {
            converse(operation, exec, spec, output, control, deadline);
            JsonNode ended = http.json(operation, HttpRequest.get("/exec/" + Query.segment(exec) + "/json"), deadline);
            return output.result(ended.path("ExitCode").asInt(-1));
        } catch (OperationTimeoutException | OperationInterruptedException givenUp) {
            killLater(id, spec, mark);
            throw givenUp;
        } catch (RuntimeException failure) {
            // A sink that failed, for example: nobody waits for the command any more.
            if (!(failure instanceof CofferdamException)) {
                killLater(id, spec, mark);
            }
            throw failure;
        }
    }

    private String create(Operation operation, String id, ExecSpec spec, String mark, Deadline deadline) {
        ObjectNode body = Json.object();
        body.put("AttachStdin", spec.stdin().isPresent());
        body.put("AttachStdout", true)
                .put("AttachStderr", true)
                .put("Tty", spec.terminal().isPresent());
        ArrayNode command = body.putArray("Cmd");
        spec.command().forEach(command::add);
        ArrayNode env = body.putArray("Env");
        spec.env().forEach((name, value) -> env.add(name + "=" + value));
        env.add(MARK + "=" + mark);
        spec.workingDirectory().ifPresent(directory -> body.put("WorkingDir", directory));
        spec.user().ifPresent(user -> body.put("User", user));
        try {
            return http.json(operation, HttpRequest.post(Containers.path(id, "/exec"), body), deadline)
                    .path("Id")
                    .asText("");
        } catch (Refusal refusal) {
            throw Faults.container(operation, refusal);
        }
    }

    private void converse(
            Operation operation,
            String exec,
            ExecSpec spec,
            ExecOutput output,
            StreamControl control,
            Deadline deadline) {
        boolean terminal = spec.terminal().isPresent();
        HttpRequest request = HttpRequest.post(
                        "/exec/" + Query.segment(exec) + "/start",
                        Json.object().put("Detach", false).put("Tty", terminal))
                .withHeader("Connection", "Upgrade")
                .withHeader("Upgrade", "tcp");
        AtomicReference<@Nullable IOException> inputFailure = new AtomicReference<>();
        try {
            http.stream(operation, request, deadline, (reply, connection) -> {
                spec.terminal().ifPresent(size -> giveSize(exec, size, operation));
                control.connected(size -> resize(exec, size, operation));
                Thread pump = spec.stdin().isPresent()
                        ? threads.start(
                                "input of " + operation.doing(),
                                () -> StdinPump.pump(spec.stdin().get(), connection.socket(), inputFailure))
                        : null;
                try {
                    InputStream in = reply.status() == 101 ? connection.input() : reply.body();
                    if (terminal) {
                        Frames.readUnframed(in, output);
                    } else {
                        Frames.read(in, output);
                    }
                } finally {
                    if (pump != null) {
                        pump.interrupt();
                    }
                }
                return true;
            });
        } catch (Refusal refusal) {
            if (!output.refused(refusal)) {
                throw Faults.container(operation, refusal);
            }
        }
        IOException failure = inputFailure.get();
        if (failure != null) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    /** The size a terminal has from the beginning; in the background, for the engine takes it only once the command runs. */
    private void giveSize(String exec, TerminalSize size, Operation operation) {
        threads.start("size of a terminal", () -> {
            CofferdamException last = null;
            for (int attempt = 0; attempt < SIZE_ATTEMPTS; attempt++) {
                try {
                    resize(exec, size, operation);
                    return;
                } catch (CofferdamException notYet) {
                    last = notYet;
                }
                try {
                    TimeUnit.MILLISECONDS.sleep(SIZE_PAUSE_MILLIS);
                } catch (InterruptedException closing) {
                    return;
                }
            }
            LOG.debug("the engine did not take the size of a terminal", last);
        });
    }

    private void resize(String exec, TerminalSize size, Operation operation) {
        Attach.resize(http, operation, "/exec/" + Query.segment(exec), size.columns(), size.rows());
    }

    /** In the background, because the caller's time is over. */
    private void killLater(String id, ExecSpec spec, String mark) {
        try {
            threads.start("kill of " + spec.command().get(0), () -> kill(id, spec, mark));
        } catch (RejectedExecutionException closed) {
            LOG.debug("a command that was given up goes on, because the orchestrator was closed");
        }
    }

    private void kill(String id, ExecSpec spec, String mark) {
        Operation operation = Operation.of("end", "ending", "a command in " + names.of(id));
        // Its own variables would match, too, if it had the mark; so it gets the mark as an argument.
        String script = "for p in /proc/[0-9]*; do grep -q -a \"" + MARK
                + "=$0\" \"$p/environ\" 2>/dev/null && kill -9 \"${p#/proc/}\"; done; :";
        ExecSpec killer = ExecSpec.of(List.of("sh", "-c", script, mark)).withTimeout(KILL_TIMEOUT);
        killer = spec.user().isPresent() ? killer.withUser(spec.user().get()) : killer;
        Deadline deadline = Deadline.in(KILL_TIMEOUT);
        try (ExecOutput output = new ExecOutput(killer)) {
            converse(operation, create(operation, id, killer, "none", deadline), killer, output, size -> {}, deadline);
        } catch (RuntimeException failure) {
            LOG.debug("could not end a command that was given up in {}", names.of(id), failure);
        }
    }
}
