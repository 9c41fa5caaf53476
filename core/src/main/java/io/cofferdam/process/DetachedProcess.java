package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.OperationInterruptedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A process that is no child of ours, told apart from a later one with the same pid by its start. Written down as
 * {@code <pid> <start>}.
 *
 * @param pid its process id on the host
 * @param start on Linux its start in clock ticks since boot, which no change of the date moves; elsewhere in milliseconds
 *     since 1970
 */
record DetachedProcess(long pid, long start) {

    private static final Path PROC = Path.of("/proc/self/stat");
    private static final long CLOCK_SLACK_MILLIS = 2000;

    /** What a program may need that knows nothing of us; our own variables may hold secrets. */
    private static final Set<String> INHERITED =
            Set.of("PATH", "LD_LIBRARY_PATH", "TMPDIR", "TEMP", "TMP", "SystemRoot", "SYSTEMROOT");

    /**
     * Starts a process in a session of its own, where the system has them, with nothing of ours but a few variables.
     *
     * @param command the program and its arguments
     * @param directory its working directory
     * @param log gets its output
     * @param deadline until when it has to exist
     * @return the process
     */
    static DetachedProcess spawn(List<String> command, Path directory, Path log, Deadline deadline) {
        String what = "starting " + command.get(0);
        try {
            if (isWindows()) {
                ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
                builder.environment().keySet().retainAll(INHERITED);
                builder.redirectErrorStream(true).redirectOutput(log.toFile());
                Process process = builder.start();
                process.getOutputStream().close();
                return of(process.pid()).orElseThrow(() -> failed(what, log));
            }
            // The shell's child outlives it as nobody's child, so that no thread of this JVM has to wait for its end.
            List<String> words = new ArrayList<>(List.of(
                    "/bin/sh",
                    "-c",
                    "log=$1; shift; \"$@\" </dev/null >>\"$log\" 2>&1 & echo $!",
                    "cofferdam",
                    log.toString()));
            Programs.find("setsid").ifPresent(words::add);
            words.addAll(command);
            ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
            builder.environment().keySet().retainAll(INHERITED);
            Programs.Output output = Programs.run(builder, what, deadline);
            String pid = output.text().trim();
            if (output.exitCode() != 0 || !pid.matches("\\d+")) {
                throw new EngineException(what + " failed: " + pid);
            }
            return of(Long.parseLong(pid)).orElseThrow(() -> failed(what, log));
        } catch (IOException failure) {
            throw new EngineException(what + " failed: " + failure.getMessage(), failure);
        }
    }

    /** The living process of a pid. */
    static Optional<DetachedProcess> of(long pid) {
        Optional<Long> start = start(pid);
        return start.map(since -> new DetachedProcess(pid, since));
    }

    static DetachedProcess parse(String text) {
        String[] parts = text.trim().split(" ", -1);
        return new DetachedProcess(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
    }

    boolean isAlive() {
        long slack = Files.exists(PROC) ? 0 : CLOCK_SLACK_MILLIS;
        return start(pid).filter(now -> Math.abs(now - start) <= slack).isPresent();
    }

    /** Ends it by force and waits until it is gone. Does nothing if it is gone. */
    void kill(Deadline deadline) {
        String what = "ending process " + pid;
        while (isAlive()) {
            ProcessHandle.of(pid).filter(handle -> isAlive()).ifPresent(ProcessHandle::destroyForcibly);
            pause(what, deadline);
        }
    }

    /** Waits a moment: the ends of processes that are not our children are told by nobody. */
    static void pause(String what, Deadline deadline) {
        deadline.check(what);
        try {
            TimeUnit.MILLISECONDS.sleep(1);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(what + " was interrupted", interrupt);
        }
    }

    /** {@code <pid> <start>}. */
    @Override
    public String toString() {
        return pid + " " + start;
    }

    /** When a process started; empty for one that has ended, also if nobody has asked for its exit code yet. */
    private static Optional<Long> start(long pid) {
        if (!Files.exists(PROC)) {
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .flatMap(handle -> handle.info().startInstant())
                    .map(Instant::toEpochMilli);
        }
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            ProcessStat process = ProcessStat.parse(stat);
            return process.isAlive() ? Optional.of(Long.parseLong(process.start())) : Optional.empty();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static EngineException failed(String what, Path log) {
        return new EngineException(what + " failed: it ended at once; " + lastLine(log));
    }

    /** What a short log says, in one line. */
    static String lastLine(Path log) {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> !line.isBlank())
                    .reduce((earlier, later) -> later)
                    .orElse("it wrote nothing");
        } catch (IOException unreadable) {
            return "its output cannot be read: " + unreadable.getMessage();
        }
    }

    private static boolean isWindows() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
    }
}
