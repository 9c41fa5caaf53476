package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.OperationInterruptedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Runs commands beside main processes. */
final class Execs implements AutoCloseable {

    /** The variable by which what an exec started is found, wherever it went. */
    private static final String MARK = "COFFERDAM_EXEC";

    private static final int PIECE = 64 * 1024;

    /** How long output is awaited after the command ended, while something it left in the background holds it open. */
    private static final long AFTER_END_MILLIS = 200;

    private final ProcessTree tree;
    private final Signals signals;
    private final Threads threads;
    private final List<String> session;
    private final Set<Running> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Execs(ProcessTree tree, Signals signals, Threads threads, List<String> session) {
        this.tree = tree;
        this.signals = signals;
        this.threads = threads;
        this.session = List.copyOf(session);
    }

    /**
     * What there is to run.
     *
     * @param exec the command and its streams
     * @param directory where to run it
     * @param variables all variables
     * @param prefix what to run it by; may be empty
     */
    record Order(ExecSpec exec, Path directory, Map<String, String> variables, List<String> prefix) {}

    private record Running(ProcessKey process, String assignment) {}

    ExecResult run(Order order, ProcessTable processes, Deadline deadline, String what) throws IOException {
        ExecSpec exec = order.exec();
        String program = exec.command().get(0);
        Executables.Found found = Executables.find(program, order.directory(), order.variables());
        if (!found.executable()) {
            boolean there = found.file().isPresent();
            return failed(exec, there ? 126 : 127, program + (there ? ": cannot be executed\n" : ": not found\n"));
        }
        List<String> words = new ArrayList<>(session);
        words.addAll(order.prefix());
        words.add(found.file().map(Path::toString).orElse(program));
        words.addAll(exec.command().subList(1, exec.command().size()));
        String mark = UUID.randomUUID().toString();
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(order.directory().toFile());
        builder.environment().clear();
        builder.environment().putAll(order.variables());
        builder.environment().putAll(exec.env());
        builder.environment().put(MARK, mark);
        Process process;
        try {
            process = builder.start();
        } catch (IOException notExecutable) {
            return failed(exec, 126, program + ": " + notExecutable.getMessage() + "\n");
        }
        String start = processes.find(process.pid()).map(ProcessStat::start).orElse("gone");
        Running entry = new Running(new ProcessKey(process.pid(), start), MARK + "=" + mark);
        running.add(entry);
        try {
            return attend(process, exec, deadline, what);
        } catch (RuntimeException | IOException e) {
            end(entry);
            process.destroyForcibly();
            throw e;
        } finally {
            running.remove(entry);
        }
    }

    private static ExecResult failed(ExecSpec exec, int code, String message) throws IOException {
        byte[] text = message.getBytes(StandardCharsets.UTF_8);
        Optional<OutputStream> sink = exec.stderr();
        if (sink.isPresent()) {
            sink.get().write(text);
            return new ExecResult(code, new byte[0], new byte[0], false);
        }
        return new ExecResult(code, new byte[0], text, false);
    }

    private ExecResult attend(Process process, ExecSpec exec, Deadline deadline, String what) throws IOException {
        Drain stdout = new Drain(process.getInputStream(), exec.stdout());
        Drain stderr = new Drain(process.getErrorStream(), exec.stderr());
        threads.start("exec-stdout", stdout);
        threads.start("exec-stderr", stderr);
        Optional<InputStream> input = exec.stdin();
        if (input.isPresent()) {
            threads.start("exec-stdin", () -> feed(input.get(), process.getOutputStream()));
        } else {
            process.getOutputStream().close();
        }
        try {
            while (!process.waitFor(
                    Math.min(deadline.remainingNanos(), TimeUnit.MILLISECONDS.toNanos(50)), TimeUnit.NANOSECONDS)) {
                // A sink that throws ends the call at once, not when the command likes to end.
                stdout.check();
                stderr.check();
                ensureOpen(what);
                deadline.check(what);
            }
            // The close ends the command, which would else look like an end of its own.
            ensureOpen(what);
            stdout.await(deadline, what);
            stderr.await(deadline, what);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(what + " was interrupted", e);
        }
        stdout.check();
        stderr.check();
        return new ExecResult(
                process.exitValue(), stdout.captured(), stderr.captured(), stdout.truncated() || stderr.truncated());
    }

    private void ensureOpen(String what) {
        if (closed) {
            throw new ClosedException(what + " failed: the engine was closed");
        }
    }

    private static void feed(InputStream from, OutputStream to) {
        try (to) {
            byte[] bytes = new byte[PIECE];
            for (int length = from.read(bytes); length >= 0; length = from.read(bytes)) {
                to.write(bytes, 0, length);
                to.flush();
            }
        } catch (IOException commandEnded) {
            // A command need not read its input to the end.
        }
    }

    /** Ends a command and all it started. */
    private void end(Running entry) {
        List<ProcessStat> members = tree.descendants(entry.process(), entry.assignment());
        while (!members.isEmpty()) {
            signals.send("SIGKILL", members.stream().map(ProcessStat::key).toList());
            members = tree.descendants(entry.process(), entry.assignment());
        }
    }

    /** Ends what runs; the calls then fail. */
    @Override
    public void close() {
        closed = true;
        running.forEach(this::end);
    }

    /** Takes one stream to its end, so that the command is never held up by a full pipe. */
    private static final class Drain implements Runnable {
        private final InputStream from;
        private final @Nullable OutputStream sink;
        private final ByteArrayOutputStream captured = new ByteArrayOutputStream();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final CountDownLatch done = new CountDownLatch(1);
        private final AtomicLong progress = new AtomicLong();
        private volatile boolean waiting = true;
        private boolean truncated;

        Drain(InputStream from, Optional<OutputStream> sink) {
            this.from = from;
            this.sink = sink.orElse(null);
        }

        @Override
        public void run() {
            byte[] bytes = new byte[PIECE];
            try (from) {
                for (int length = from.read(bytes); length >= 0; length = from.read(bytes)) {
                    waiting = false;
                    take(bytes, length);
                    progress.incrementAndGet();
                    waiting = true;
                }
            } catch (IOException | RuntimeException e) {
                // Reading fails when the process is ended by force while it is read from; the exit code tells of that.
                failure.compareAndSet(null, e instanceof SinkFailure ? e.getCause() : null);
            } finally {
                done.countDown();
            }
        }

        private synchronized void take(byte[] bytes, int length) {
            if (sink != null) {
                try {
                    sink.write(bytes, 0, length);
                } catch (IOException | RuntimeException e) {
                    throw new SinkFailure(e);
                }
                return;
            }
            int room = Math.min(length, ExecSpec.CAPTURE_LIMIT - captured.size());
            captured.write(bytes, 0, room);
            truncated |= room < length;
        }

        /** Waits for the end of the stream, but not for what was left in the background and has the stream open. */
        void await(Deadline deadline, String what) throws InterruptedException {
            long before = -1;
            while (!done.await(AFTER_END_MILLIS, TimeUnit.MILLISECONDS)) {
                long now = progress.get();
                if (waiting && now == before) {
                    return;
                }
                before = now;
                deadline.check(what);
            }
        }

        void check() throws IOException {
            Throwable thrown = failure.get();
            if (thrown instanceof IOException e) {
                throw e;
            }
            if (thrown instanceof RuntimeException e) {
                throw e;
            }
        }

        synchronized byte[] captured() {
            return captured.toByteArray();
        }

        synchronized boolean truncated() {
            return truncated;
        }
    }

    private static final class SinkFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SinkFailure(Throwable cause) {
            super(cause);
        }
    }
}
