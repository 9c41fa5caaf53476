package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.driver.StreamControl;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.TerminalSize;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.WrongStateException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs commands inside running pods. A cluster's exec knows neither variables nor a working directory, and never ends a
 * command; where the image has {@code sh}, that sets them and marks the command, so that it can be found and killed when
 * its time is over. In images without a shell commands run as they are.
 */
final class Exec {

    private static final Logger LOG = LoggerFactory.getLogger(Exec.class);

    private static final String MARK = "COFFERDAM_EXEC";
    private static final String KILL = "for p in /proc/[0-9]*; do case $(tr '\\0' '\\n' <\"$p/environ\" 2>/dev/null) in"
            + " *\"" + MARK + "=$0\"*) kill -9 \"${p#/proc/}\";; esac; done 2>/dev/null; :";
    /** How long a node may take to tell how a command ended whose container has ended. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private static final int KILLED = 137;
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);

    private final Api api;
    private final Paths paths;
    private final Threads threads;
    private final String container;

    @Nullable
    private final ObjectWatch pods;

    /** Images, by their identifier, in which there is no shell. */
    private final Set<String> withoutShell = ConcurrentHashMap.newKeySet();

    /** In the main containers of the pods that are watched. */
    Exec(Api api, Paths paths, Threads threads, ObjectWatch pods) {
        this(api, paths, threads, UnitBody.MAIN, pods);
    }

    /** In containers of another name, of pods that nobody watches. */
    Exec(Api api, Paths paths, Threads threads, String container) {
        this(api, paths, threads, container, null);
    }

    private Exec(Api api, Paths paths, Threads threads, String container, @Nullable ObjectWatch pods) {
        this.api = api;
        this.paths = paths;
        this.threads = threads;
        this.container = container;
        this.pods = pods;
    }

    /** How a conversation ended, as the cluster tells. */
    private record Ending(int exitCode, String words) {}

    /**
     * Runs a command.
     *
     * @param pod the pod, which runs
     */
    ExecResult run(Operation operation, JsonNode pod, ExecSpec spec, StreamControl control, Deadline deadline) {
        String image = image(pod);
        boolean plain = spec.env().isEmpty() && spec.workingDirectory().isEmpty();
        if (!withoutShell.contains(image)) {
            String mark = UUID.randomUUID().toString();
            ExecResult result = attempt(operation, pod, wrapped(spec, mark), spec, mark, control, deadline);
            if (result != null) {
                return result;
            }
            withoutShell.add(image);
        }
        if (!plain) {
            throw new WrongStateException(operation.failed("its image has no shell, which variables and the working"
                    + " directory of a command need on a cluster; leave them out"));
        }
        ExecResult result = attempt(operation, pod, spec.command(), spec, null, control, deadline);
        if (result == null) {
            throw new EngineException(operation.failed("the cluster did not say how it ended"));
        }
        return result;
    }

    /** Runs a command as it is: neither variables nor a shell are put before it. */
    ExecResult plain(Operation operation, JsonNode pod, ExecSpec spec, Deadline deadline) {
        ExecResult result = attempt(operation, pod, spec.command(), spec, null, terminal -> {}, deadline);
        if (result == null) {
            throw new EngineException(operation.failed("the cluster did not say how it ended"));
        }
        return result;
    }

    private String image(JsonNode pod) {
        for (JsonNode each : pod.path("status").path("containerStatuses")) {
            if (each.path("name").asText("").equals(container)) {
                return each.path("imageID").asText(each.path("image").asText(""));
            }
        }
        return "";
    }

    private static List<String> wrapped(ExecSpec spec, String mark) {
        StringBuilder script = new StringBuilder("export " + MARK + "=\"$1\"; shift; ");
        List<String> words = new ArrayList<>(List.of("sh", "-c", "", "sh", mark));
        spec.workingDirectory().ifPresent(directory -> {
            script.append("cd \"$1\" || exit 126; shift; ");
            words.add(directory);
        });
        spec.env().forEach((name, value) -> {
            script.append("export ").append(name).append("=\"$1\"; shift; ");
            words.add(value);
        });
        script.append("exec \"$@\"");
        words.set(2, script.toString());
        words.addAll(spec.command());
        return words;
    }

    /** Null if there is no shell to run it by. */
    private @Nullable ExecResult attempt(
            Operation operation,
            JsonNode pod,
            List<String> command,
            ExecSpec spec,
            @Nullable String mark,
            StreamControl control,
            Deadline deadline) {
        ExecOutput output = new ExecOutput(spec);
        try {
            Ending ending = converse(operation, pod, command, spec, output, control, deadline);
            if (mark != null && isShellMissing(ending, output)) {
                return null;
            }
            return output.result(ending.exitCode(), mark == null ? ending.words() : "");
        } catch (OperationTimeoutException | OperationInterruptedException givenUp) {
            output.close();
            killLater(pod, mark);
            throw givenUp;
        } catch (RuntimeException failure) {
            output.close();
            if (!(failure instanceof CofferdamException)) {
                killLater(pod, mark);
            }
            throw failure;
        }
    }

    private static boolean isShellMissing(Ending ending, ExecOutput output) {
        String words = ending.words() + output.held();
        return (ending.exitCode() == 126 || ending.exitCode() == 127 || ending.exitCode() < 0)
                && words.contains("exec: \"sh\"")
                && (words.contains("not found") || words.contains("no such file"));
    }

    private Ending converse(
            Operation operation,
            JsonNode pod,
            List<String> command,
            ExecSpec spec,
            ExecOutput output,
            StreamControl control,
            Deadline deadline) {
        boolean terminal = spec.terminal().isPresent();
        StringBuilder path = new StringBuilder(paths.pod(Marks.name(pod)))
                .append("/exec?container=")
                .append(Paths.encode(container))
                .append("&stdout=true&stderr=")
                .append(!terminal)
                .append("&stdin=")
                .append(spec.stdin().isPresent())
                .append("&tty=")
                .append(terminal);
        command.forEach(word -> path.append("&command=").append(Paths.encode(word)));
        return talk(
                operation,
                Marks.name(pod),
                path.toString(),
                spec.stdin().orElse(null),
                terminal ? spec.terminal().orElse(null) : null,
                terminal,
                output,
                control,
                deadline);
    }

    /** Takes part in a conversation until it ends. */
    private Ending talk(
            Operation operation,
            String pod,
            String path,
            @Nullable InputStream stdin,
            @Nullable TerminalSize size,
            boolean terminal,
            ExecOutput output,
            StreamControl control,
            Deadline deadline) {
        api.ensureOpen(operation);
        UpgradedSocket socket = new UpgradedSocket();
        api.opened(socket);
        AtomicReference<@Nullable IOException> inputFailure = new AtomicReference<>();
        AtomicBoolean podEnded = new AtomicBoolean();
        Runnable noMore = endWith(pod, socket, podEnded);
        try {
            Ending ending = Bounded.call(
                    threads,
                    deadline,
                    operation.doing(),
                    () -> connected(operation, socket, path, stdin, size, terminal, output, control, inputFailure),
                    socket::close);
            IOException failure = inputFailure.get();
            if (failure != null) {
                throw new UncheckedIOException(failure);
            }
            return ending;
        } catch (UpgradedSocket.NotUpgraded refused) {
            throw refused(operation, refused);
        } catch (IOException broken) {
            if (api.isClosed()) {
                throw new ClosedException(operation.failed("the engine was closed"), broken);
            }
            if (podEnded.get()) {
                return new Ending(KILLED, "its environment has ended");
            }
            throw Faults.connection(operation, api.cluster().server(), broken);
        } catch (RejectedExecutionException closing) {
            throw new ClosedException(operation.failed("the engine was closed"), closing);
        } finally {
            noMore.run();
            api.ended(socket);
        }
    }

    /** A command ends with its container; not all nodes tell of that. */
    private Runnable endWith(String pod, UpgradedSocket socket, AtomicBoolean podEnded) {
        if (pods == null) {
            return () -> {};
        }
        return pods.listen((before, after) -> {
            JsonNode object = after != null ? after : before;
            boolean over = after == null || Runs.main(after).phase() == Runs.Phase.ENDED;
            if (object != null && over && Marks.name(object).equals(pod) && podEnded.compareAndSet(false, true)) {
                try {
                    var unused = threads.scheduler().schedule(LAST_WORDS, socket::close);
                } catch (RejectedExecutionException closing) {
                    socket.close();
                }
            }
        });
    }

    private static CofferdamException refused(Operation operation, UpgradedSocket.NotUpgraded refused) {
        JsonNode status;
        try {
            status = Json.read(refused.body);
        } catch (IOException noJson) {
            status = Json.object().put("message", refused.body.strip());
        }
        String words = status.path("message").asText("");
        if (words.contains("container not found") || words.contains("completed pod") || words.contains("not running")) {
            return new WrongStateException(operation.failed("it does not run (" + words + "); start it first"));
        }
        return Faults.of(operation, Refusal.of(operation, refused.status, status, null));
    }

    private Ending connected(
            Operation operation,
            UpgradedSocket socket,
            String path,
            @Nullable InputStream stdin,
            @Nullable TerminalSize size,
            boolean terminal,
            ExecOutput output,
            StreamControl control,
            AtomicReference<@Nullable IOException> inputFailure)
            throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Stream-Protocol-Version", "v4.channel.k8s.io");
        String authorization = api.authorization(operation);
        if (authorization != null) {
            headers.put("Authorization", authorization);
        }
        socket.open(api.cluster(), api.client(), path, headers);
        Spdy spdy = new Spdy(socket);
        ByteArrayOutputStream error = new ByteArrayOutputStream();
        spdy.open(Map.of("streamtype", "error"), Sink.of(error::write));
        Spdy.Channel input = stdin == null ? null : spdy.open(Map.of("streamtype", "stdin"), Sink.nothing());
        Spdy.Channel sizes = null;
        // The order is the server's.
        spdy.open(Map.of("streamtype", "stdout"), Sink.of((bytes, from, length) -> output.stdout(bytes, length)));
        if (!terminal) {
            spdy.open(Map.of("streamtype", "stderr"), Sink.of((bytes, from, length) -> output.stderr(bytes, length)));
        } else {
            sizes = spdy.open(Map.of("streamtype", "resize"), Sink.nothing());
            if (size != null) {
                resize(sizes, size);
            }
        }
        Spdy.Channel resizing = sizes;
        control.connected(changed -> {
            if (resizing == null) {
                throw new IllegalStateException("the command was started without a terminal");
            }
            try {
                resize(resizing, changed);
            } catch (IOException ended) {
                LOG.debug("the size of a terminal came too late", ended);
            }
        });
        Thread pump = input == null
                ? null
                : threads.start("input of " + operation.doing(), () -> pump(stdin, input, inputFailure));
        try {
            spdy.run();
        } finally {
            if (pump != null) {
                pump.interrupt();
            }
            spdy.close();
        }
        return ending(error.toByteArray());
    }

    private static void resize(Spdy.Channel sizes, TerminalSize size) throws IOException {
        byte[] text = ("{\"Width\":" + size.columns() + ",\"Height\":" + size.rows() + "}\n")
                .getBytes(StandardCharsets.US_ASCII);
        sizes.write(text, 0, text.length);
    }

    /** Sends input to its end. That the command does not want it any more is no failure; that it cannot be read is. */
    private static void pump(
            @Nullable InputStream stdin, Spdy.Channel channel, AtomicReference<@Nullable IOException> failure) {
        if (stdin == null) {
            return;
        }
        byte[] buffer = new byte[32 * 1024];
        while (true) {
            int count;
            try {
                count = stdin.read(buffer);
            } catch (InterruptedIOException ended) {
                return;
            } catch (IOException unreadable) {
                failure.compareAndSet(null, unreadable);
                count = -1;
            }
            try {
                if (count < 0) {
                    channel.end();
                    return;
                }
                channel.write(buffer, 0, count);
            } catch (IOException ended) {
                return;
            }
        }
    }

    /** Reads the cluster's last word. */
    private static Ending ending(byte[] error) throws IOException {
        if (error.length == 0) {
            throw new IOException("it was closed before the command had ended");
        }
        JsonNode status;
        try {
            status = Json.read(error);
        } catch (IOException text) {
            return new Ending(-1, new String(error, StandardCharsets.UTF_8));
        }
        if (status.path("status").asText("").equals("Success")) {
            return new Ending(0, "");
        }
        String words = status.path("message").asText("");
        for (JsonNode cause : status.path("details").path("causes")) {
            if (cause.path("reason").asText("").equals("ExitCode")) {
                return new Ending(cause.path("message").asInt(-1), words);
            }
        }
        return new Ending(-1, words);
    }

    /** In the background, because the caller's time is over. */
    private void killLater(JsonNode pod, @Nullable String mark) {
        if (mark == null) {
            return;
        }
        try {
            threads.start("kill of a command", () -> {
                Operation operation = Operation.of("end", "ending", "a command in '" + Marks.name(pod) + "'");
                ExecSpec killer = ExecSpec.of(List.of("sh", "-c", KILL, mark)).withTimeout(KILL_TIMEOUT);
                try {
                    converse(
                            operation,
                            pod,
                            killer.command(),
                            killer,
                            new ExecOutput(killer),
                            terminal -> {},
                            Deadline.in(KILL_TIMEOUT));
                } catch (RuntimeException failure) {
                    LOG.debug("could not end a command that was given up", failure);
                }
            });
        } catch (RejectedExecutionException closed) {
            LOG.debug("a command that was given up goes on, because the orchestrator was closed");
        }
    }

    /** Takes bytes. */
    @FunctionalInterface
    private interface Bytes {
        void write(byte[] bytes, int from, int length) throws IOException;
    }

    private record Sink(Bytes bytes) implements Spdy.Receiver {

        static Sink of(Bytes bytes) {
            return new Sink(bytes);
        }

        static Sink nothing() {
            return new Sink((bytes, from, length) -> {});
        }

        @Override
        public void data(byte[] buffer, int length) throws IOException {
            bytes.write(buffer, 0, length);
        }

        @Override
        public void end() {
            // The end of one stream is not the end of the conversation.
        }
    }

    /** What a command writes: to the caller's sinks, or captured. */
    private static final class ExecOutput {

        private static final byte[] RUNTIME = "OCI runtime exec failed".getBytes(StandardCharsets.US_ASCII);

        private final @Nullable OutputStream stdoutSink;
        private final @Nullable OutputStream stderrSink;
        private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

        /** The beginning of the output while it may be the container runtime's; null once it is not. */
        private @Nullable ByteArrayOutputStream held = new ByteArrayOutputStream();

        private boolean truncated;
        private volatile boolean closed;

        ExecOutput(ExecSpec spec) {
            stdoutSink = spec.stdout().orElse(null);
            stderrSink = spec.stderr().orElse(null);
        }

        void stdout(byte[] bytes, int length) throws IOException {
            ByteArrayOutputStream holding = held;
            if (holding == null) {
                write(stdoutSink, stdout, bytes, length);
                return;
            }
            holding.write(bytes, 0, length);
            if (!mayBeTheRuntime(holding.toByteArray())) {
                release();
            }
        }

        void stderr(byte[] bytes, int length) throws IOException {
            write(stderrSink, stderr, bytes, length);
        }

        private static boolean mayBeTheRuntime(byte[] bytes) {
            for (int i = 0; i < Math.min(bytes.length, RUNTIME.length); i++) {
                if (bytes[i] != RUNTIME[i]) {
                    return false;
                }
            }
            return bytes.length < 16 * 1024;
        }

        private void release() throws IOException {
            ByteArrayOutputStream holding = held;
            held = null;
            if (holding != null) {
                write(stdoutSink, stdout, holding.toByteArray(), holding.size());
            }
        }

        String held() {
            ByteArrayOutputStream holding = held;
            return holding == null ? "" : holding.toString(StandardCharsets.UTF_8);
        }

        private void write(@Nullable OutputStream sink, ByteArrayOutputStream capture, byte[] bytes, int length)
                throws IOException {
            if (closed) {
                throw new InterruptedIOException("given up");
            }
            if (sink != null) {
                try {
                    sink.write(bytes, 0, length);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
                return;
            }
            int room = Math.min(length, ExecSpec.CAPTURE_LIMIT - capture.size());
            capture.write(bytes, 0, room);
            truncated |= room < length;
        }

        ExecResult result(int told, String words) {
            int code = told;
            try {
                String runtime = held();
                if ((code == 126 || code == 127) && runtime.startsWith("OCI runtime")) {
                    code = notExecutable(runtime, code);
                    held = null;
                    byte[] reason = runtime.getBytes(StandardCharsets.UTF_8);
                    write(stderrSink, stderr, reason, reason.length);
                } else {
                    release();
                }
                if (code < 0) {
                    code = notExecutable(words, 126);
                    byte[] reason = (words + "\n").getBytes(StandardCharsets.UTF_8);
                    write(stderrSink, stderr, reason, reason.length);
                }
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
            return new ExecResult(code, stdout.toByteArray(), stderr.toByteArray(), truncated);
        }

        private static int notExecutable(String words, int otherwise) {
            return words.contains("executable file not found") || words.contains("no such file") ? 127 : otherwise;
        }

        /** From now on nothing more gets to the caller's sinks. */
        void close() {
            closed = true;
        }
    }
}
