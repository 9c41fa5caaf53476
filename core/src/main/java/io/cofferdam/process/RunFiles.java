package io.cofferdam.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.environment.EnvironmentState;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads how a run stands from what its shim left in the directory, and from the process table: the same answer for every
 * JVM, whoever started it.
 *
 * <p>{@code run} holds three lines: the identifier of the boot, the shim's and the main process' line of
 * {@code /proc/PID/stat}; where there is no {@code /proc} an empty line and two numbers. {@code exit} holds the exit code
 * and the number of the shim that wrote it. Both are written by one call each and count once their last line is complete.
 */
final class RunFiles {

    /** What is reported for a main process that was killed together with its shim, which then could not tell. */
    static final int UNKNOWN_EXIT = 137;

    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration EARLIEST = Duration.ofSeconds(10);
    private static final Duration LATEST = Duration.ofSeconds(2);

    private final Host host;
    private final ProcessTable processes;
    private final String boot;

    RunFiles(Host host, ProcessTable processes) {
        this.host = host;
        this.processes = processes;
        this.boot = host == Host.LINUX ? AtomicFile.read(BOOT).orElse("").strip() : "";
    }

    /** What the shim wrote when it started. */
    record Started(ProcessKey shim, ProcessKey main, String shimNumber, Instant at) {}

    /** How the last run of an environment stands. */
    Run read(UnitDirectory unit) {
        Optional<Started> started = started(unit);
        if (started.isEmpty()) {
            return last(unit);
        }
        Started run = started.get();
        Optional<Run> ended = ended(unit, run);
        if (ended.isPresent()) {
            return ended.get();
        }
        Optional<ProcessStat> main = processes.find(run.main());
        if (main.isPresent() || processes.isAlive(run.shim())) {
            boolean paused =
                    host == Host.LINUX ? main.filter(ProcessStat::isStopped).isPresent() : Files.exists(unit.paused());
            EnvironmentState state = paused ? EnvironmentState.PAUSED : EnvironmentState.RUNNING;
            return new Run(state, run.shim(), run.main(), run.at(), null, null, false);
        }
        // The exit code is written before the shim ends, so it may have come between the two looks.
        return ended(unit, run).orElseGet(() -> lost(unit, run));
    }

    /** What the shim wrote at the last start; empty if there was none, or it did not get that far yet. */
    Optional<Started> started(UnitDirectory unit) {
        return AtomicFile.read(unit.run()).filter(text -> text.endsWith("\n")).flatMap(text -> {
            String[] lines = text.split("\n", -1);
            if (lines.length < 4) {
                return Optional.empty();
            }
            Instant at = modified(unit.run());
            return Optional.of(
                    new Started(key(lines[0], lines[1], at), key(lines[0], lines[2], at), number(lines[1]), at));
        });
    }

    private ProcessKey key(String bootOfRun, String line, Instant at) {
        if (host == Host.LINUX) {
            ProcessStat stat = ProcessStat.parse(line);
            return bootOfRun.equals(boot) ? stat.key() : new ProcessKey(stat.pid(), "before the last boot");
        }
        // Without /proc the shim cannot tell its start time: a process that began about when the file was written is
        // it.
        long pid = Long.parseLong(line.strip());
        return processes
                .find(pid)
                .map(ProcessStat::key)
                .filter(key -> {
                    Instant start = Instant.ofEpochMilli(Long.parseLong(key.start()));
                    return start.isAfter(at.minus(EARLIEST)) && start.isBefore(at.plus(LATEST));
                })
                .orElseGet(() -> new ProcessKey(pid, "gone"));
    }

    private static String number(String line) {
        return line.strip().split(" ", 2)[0];
    }

    private static Optional<Run> ended(UnitDirectory unit, Started run) {
        return AtomicFile.read(unit.exit()).filter(text -> text.endsWith("\n")).flatMap(text -> {
            String[] words = text.strip().split(" ", -1);
            boolean ofThisRun = words.length > 1 && words[1].equals(run.shimNumber());
            return ofThisRun
                    ? Optional.of(
                            ended(run, Integer.parseInt(words[0]), modified(unit.exit()), isOutOfMemory(unit, run)))
                    : Optional.empty();
        });
    }

    private static Run ended(Started run, int exit, Instant finished, boolean outOfMemory) {
        Instant end = finished.isBefore(run.at()) ? run.at() : finished;
        return new Run(EnvironmentState.EXITED, run.shim(), run.main(), run.at(), end, exit, outOfMemory);
    }

    /** The end of a run whose shim could not tell it. The first who sees it notes when that was. */
    private static Run lost(UnitDirectory unit, Started run) {
        Path note = unit.path().resolve("lost");
        Instant finished = Instant.now();
        if (AtomicFile.read(note).filter(run.main().toString()::equals).isPresent()) {
            finished = modified(note);
        } else {
            try (OutputStream out = new FileOutputStream(note.toFile())) {
                out.write(run.main().toString().getBytes(StandardCharsets.UTF_8));
            } catch (IOException removedMeanwhile) {
                return ended(run, UNKNOWN_EXIT, finished, isOutOfMemory(unit, run));
            }
        }
        return ended(run, UNKNOWN_EXIT, finished, isOutOfMemory(unit, run));
    }

    /** Whether a memory limit ended it; noted when the control groups of the run are taken down. */
    private static boolean isOutOfMemory(UnitDirectory unit, Started run) {
        return AtomicFile.read(unit.path().resolve("oom"))
                .filter(run.main().toString()::equals)
                .isPresent();
    }

    /** Keeps how the last run ended, and clears the way for a new one. Only while nothing of it runs. */
    void archive(UnitDirectory unit) throws IOException {
        Run run = read(unit);
        if (run.main() != null && run.finished() != null && run.started() != null) {
            ObjectNode node = JSON.createObjectNode();
            node.put("pid", run.main().pid());
            node.put("start", run.main().start());
            node.put("started", run.started().toString());
            node.put("finished", run.finished().toString());
            node.put("exit", run.exit());
            node.put("outOfMemory", run.outOfMemory());
            AtomicFile.write(unit.last(), node.toString());
        }
        Files.deleteIfExists(unit.run());
        Files.deleteIfExists(unit.exit());
        Files.deleteIfExists(unit.paused());
    }

    /** How the run before the present one ended. */
    Run last(UnitDirectory unit) {
        @Nullable String json = AtomicFile.read(unit.last()).orElse(null);
        if (json == null) {
            return Run.NEVER;
        }
        try {
            JsonNode node = JSON.readTree(json);
            ProcessKey main =
                    new ProcessKey(node.path("pid").asLong(), node.path("start").asText());
            return new Run(
                    EnvironmentState.EXITED,
                    main,
                    main,
                    Instant.parse(node.path("started").asText()),
                    Instant.parse(node.path("finished").asText()),
                    node.path("exit").asInt(),
                    node.path("outOfMemory").asBoolean());
        } catch (JsonProcessingException e) {
            throw Failures.of("reading " + unit.last(), e);
        }
    }

    private static Instant modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException removedMeanwhile) {
            return Instant.now();
        }
    }
}
