package io.cofferdam.process;

import io.cofferdam.environment.ResourceUsage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What processes use, by {@code /proc}. */
final class UsageFigures {

    private static final long MILLIS_PER_TICK = 10;
    private static final long BYTES_PER_KIB = 1024;
    private static final String RESIDENT = "VmRSS:";

    private final ProcessTable processes;

    UsageFigures(ProcessTable processes) {
        this.processes = processes;
    }

    /**
     * The sum over processes. Memory that several of them share is counted with each. Processor time of children that
     * ended is counted with the parent that waited for them; that of orphans is not told by the system any more.
     *
     * @param members the processes
     * @param memoryLimit the memory limit, or null for none
     */
    ResourceUsage of(List<ProcessStat> members, @Nullable Long memoryLimit) {
        long ticks = 0;
        long threads = 0;
        long memory = 0;
        for (ProcessStat stat : members) {
            ticks += stat.ticks();
            threads += stat.threads();
            memory += resident(stat.pid());
        }
        return new ResourceUsage(
                Instant.now(), Duration.ofMillis(ticks * MILLIS_PER_TICK), memory, memoryLimit, threads);
    }

    private long resident(long pid) {
        return processes
                        .readProc(pid, "status")
                        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                        .flatMap(text -> text.lines()
                                .filter(line -> line.startsWith(RESIDENT))
                                .findFirst())
                        .map(line -> line.substring(RESIDENT.length())
                                .replace("kB", "")
                                .strip())
                        .map(Long::parseLong)
                        .orElse(0L)
                * BYTES_PER_KIB;
    }
}
