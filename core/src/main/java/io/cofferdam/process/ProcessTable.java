package io.cofferdam.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Asks the system about its processes: {@code /proc} on Linux, {@link ProcessHandle} elsewhere. Files of {@code /proc} are
 * read through {@link FileInputStream}, because channels are closed by an interrupt and a stop must see the tree even so.
 */
final class ProcessTable {

    private static final Path PROC = Path.of("/proc");
    private static final long TICK_MILLIS = 10;

    private final Host host;

    ProcessTable(Host host) {
        this.host = host;
    }

    /** A process by its number; empty if there is none, or it is dead. */
    Optional<ProcessStat> find(long pid) {
        Optional<ProcessStat> found;
        if (host == Host.LINUX) {
            found = readStat(Long.toString(pid));
        } else {
            found = ProcessHandle.of(pid).map(ProcessTable::fromHandle);
        }
        return found.filter(ProcessStat::isAlive);
    }

    /** Whether that very process is alive. */
    boolean isAlive(ProcessKey key) {
        return find(key.pid()).filter(stat -> isSame(stat, key)).isPresent();
    }

    /** The same process, if it is alive. */
    Optional<ProcessStat> find(ProcessKey key) {
        return find(key.pid()).filter(stat -> isSame(stat, key));
    }

    private static boolean isSame(ProcessStat stat, ProcessKey key) {
        return stat.start().equals(key.start());
    }

    /** This JVM. */
    ProcessKey self() {
        long pid = ProcessHandle.current().pid();
        return new ProcessKey(pid, find(pid).map(ProcessStat::start).orElse("0"));
    }

    /** All processes that are alive and that we may see, by number. */
    Map<Long, ProcessStat> all() {
        Map<Long, ProcessStat> all = new LinkedHashMap<>();
        if (host != Host.LINUX) {
            ProcessHandle.allProcesses().map(ProcessTable::fromHandle).forEach(stat -> all.put(stat.pid(), stat));
            return all;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                readStat(String.valueOf(entry.getFileName()))
                        .filter(ProcessStat::isAlive)
                        .ifPresent(stat -> all.put(stat.pid(), stat));
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw Failures.of("reading the process table", e);
        }
        return all;
    }

    /** Whether a process was started with an environment variable of that value; false where we may not see it. */
    boolean hasVariable(long pid, byte[] assignment) {
        if (host != Host.LINUX) {
            return false;
        }
        byte[] environ = readProc(pid, "environ").orElse(new byte[0]);
        int start = 0;
        for (int i = 0; i <= environ.length; i++) {
            if (i == environ.length || environ[i] == 0) {
                if (i - start == assignment.length
                        && Arrays.equals(environ, start, i, assignment, 0, assignment.length)) {
                    return true;
                }
                start = i + 1;
            }
        }
        return false;
    }

    /** The command line of a process with NUL characters between its words; empty where it is not told. */
    Optional<String> commandLine(long pid) {
        if (host == Host.LINUX) {
            return readProc(pid, "cmdline").map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        }
        return ProcessHandle.of(pid).flatMap(handle -> handle.info().commandLine());
    }

    /** A file of a process under {@code /proc}; empty if the process is gone or does not let us. */
    Optional<byte[]> readProc(long pid, String file) {
        return read(PROC.resolve(Long.toString(pid)).resolve(file));
    }

    static Optional<byte[]> read(Path file) {
        try (InputStream in = new FileInputStream(file.toFile())) {
            return Optional.of(in.readAllBytes());
        } catch (IOException gone) {
            // The process ended between being listed and being read, or belongs to somebody else.
            return Optional.empty();
        }
    }

    private static Optional<ProcessStat> readStat(String pid) {
        return read(PROC.resolve(pid).resolve("stat"))
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .filter(text -> text.indexOf(')') > 0)
                .map(ProcessStat::parse);
    }

    private static ProcessStat fromHandle(ProcessHandle handle) {
        ProcessHandle.Info info = handle.info();
        return new ProcessStat(
                handle.pid(),
                info.startInstant()
                        .map(Instant::toEpochMilli)
                        .map(String::valueOf)
                        .orElse("0"),
                handle.isAlive() ? 'R' : 'Z',
                handle.parent().map(ProcessHandle::pid).orElse(0L),
                -1,
                info.totalCpuDuration().map(Duration::toMillis).orElse(0L) / TICK_MILLIS,
                1);
    }
}
