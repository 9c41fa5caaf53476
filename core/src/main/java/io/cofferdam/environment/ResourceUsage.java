package io.cofferdam.environment;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What an environment uses at one moment.
 *
 * @param at when it was measured
 * @param cpuTime processor time used by all its processes since its start
 * @param memory bytes of main memory in use
 * @param memoryLimitBytes its memory limit in bytes, or null if there is none
 * @param pids processes and threads, as the engine counts them
 */
public record ResourceUsage(
        Instant at, Duration cpuTime, long memory, @Nullable Long memoryLimitBytes, long pids) {

    public ResourceUsage {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(cpuTime, "cpuTime");
    }

    /**
     * The memory limit.
     *
     * @return bytes, or empty if there is none
     */
    public OptionalLong memoryLimit() {
        return memoryLimitBytes == null ? OptionalLong.empty() : OptionalLong.of(memoryLimitBytes);
    }

    /**
     * Processors' worth of time used between an earlier measurement and this one.
     *
     * @param earlier a measurement of the same run of the same environment
     * @return 1.0 for one processor fully used; 0 if no time passed between the two
     */
    public double cpusSince(ResourceUsage earlier) {
        long wall = Duration.between(earlier.at, at).toNanos();
        return wall <= 0
                ? 0
                : Math.max(0, (double) cpuTime.minus(earlier.cpuTime).toNanos() / wall);
    }
}
