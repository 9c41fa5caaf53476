package io.cofferdam.watcher;

import io.cofferdam.api.Experimental;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a process is alive, told apart from a later one with the same number by its start. On Linux the start is in clock
 * ticks since boot: times of day that the system derives from it move when its clock is set.
 */
@Experimental
public final class Liveness {

    private static final Path PROC = Path.of("/proc");
    private static final boolean LINUX = Files.isReadable(PROC.resolve("self/stat"));
    private static final int START_FIELD = 19; // field 22 of proc(5), counted behind the name

    private Liveness() {}

    /**
     * When a process was started.
     *
     * @param pid its number
     * @return empty if there is none, or it has ended and nobody has asked for its exit code yet
     */
    public static Optional<String> start(long pid) {
        return LINUX
                ? stat(pid).map(fields -> fields[START_FIELD])
                : ProcessHandle.of(pid)
                        .filter(ProcessHandle::isAlive)
                        .map(handle -> handle.info()
                                .startInstant()
                                .map(Instant::toEpochMilli)
                                .map(String::valueOf)
                                .orElse("0"));
    }

    /**
     * Whether that very process is alive.
     *
     * @param pid its number
     * @param start what {@link #start} said of it
     * @return true if it is
     */
    public static boolean isAlive(long pid, String start) {
        return start(pid).filter(start::equals).isPresent();
    }

    /** The fields behind the name of a living process; see proc(5). */
    private static Optional<String[]> stat(long pid) {
        try {
            Path folder = PROC.resolve(Long.toString(pid));
            String stat = Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            boolean ended = fields[0].equals("Z") || fields[0].equals("X");
            return ended && !hasMoreThreads(folder) ? Optional.empty() : Optional.of(fields);
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** A process whose first thread has ended looks like one that has ended, but lives. */
    private static boolean hasMoreThreads(Path folder) {
        String[] threads = new File(folder.toFile(), "task").list();
        return threads != null && threads.length > 1;
    }
}
