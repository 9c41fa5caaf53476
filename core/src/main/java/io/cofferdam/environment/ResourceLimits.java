package io.cofferdam.environment;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How much an environment may use of the machine. Each limit is a declared capability; an engine without it refuses the
 * environment instead of running it without the limit.
 *
 * @param memoryBytes main memory in bytes, at least 1, or null for no limit
 * @param cpuCount processors' worth of time, for example 0.5, above 0, or null for no limit
 * @param pidCount processes and threads, at least 1, or null for no limit
 * @param diskBytes bytes written to the environment's own file system, at least 1, or null for no limit
 */
public record ResourceLimits(
        @Nullable Long memoryBytes,
        @Nullable Double cpuCount,
        @Nullable Long pidCount,
        @Nullable Long diskBytes) {

    private static final ResourceLimits NONE = new ResourceLimits(null, null, null, null);

    /**
     * Checks the ranges.
     *
     * @param memoryBytes main memory in bytes, at least 1, or null for no limit
     * @param cpuCount processors' worth of time, for example 0.5, above 0, or null for no limit
     * @param pidCount processes and threads, at least 1, or null for no limit
     * @param diskBytes bytes written to the environment's own file system, at least 1, or null for no limit
     * @throws InvalidInputException with every limit that is out of its range
     */
    public ResourceLimits {
        List<Problem> problems = new ArrayList<>();
        positive(problems, "limits.memory", memoryBytes);
        positive(problems, "limits.pids", pidCount);
        positive(problems, "limits.disk", diskBytes);
        if (cpuCount != null && !(cpuCount > 0 && cpuCount <= 100_000)) {
            problems.add(Problem.at("limits.cpus", cpuCount + " is not above 0"));
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("resource limits", problems);
        }
    }

    /**
     * No limits at all.
     *
     * @return the limits
     */
    public static ResourceLimits none() {
        return NONE;
    }

    /**
     * These limits with another one for memory.
     *
     * @param bytes at least 1
     * @return the new limits
     */
    public ResourceLimits withMemory(long bytes) {
        return new ResourceLimits(bytes, cpuCount, pidCount, diskBytes);
    }

    /**
     * These limits with another one for processor time.
     *
     * @param cpus above 0; 0.5 is half of one processor
     * @return the new limits
     */
    public ResourceLimits withCpus(double cpus) {
        return new ResourceLimits(memoryBytes, cpus, pidCount, diskBytes);
    }

    /**
     * These limits with another one for processes and threads.
     *
     * @param pids at least 1
     * @return the new limits
     */
    public ResourceLimits withPids(long pids) {
        return new ResourceLimits(memoryBytes, cpuCount, pids, diskBytes);
    }

    /**
     * These limits with another one for disk space.
     *
     * @param bytes at least 1
     * @return the new limits
     */
    public ResourceLimits withDisk(long bytes) {
        return new ResourceLimits(memoryBytes, cpuCount, pidCount, bytes);
    }

    /**
     * These limits, completed by others where these say nothing.
     *
     * @param defaults the limits to fall back to
     * @return the completed limits
     */
    public ResourceLimits orElse(ResourceLimits defaults) {
        return new ResourceLimits(
                memoryBytes != null ? memoryBytes : defaults.memoryBytes,
                cpuCount != null ? cpuCount : defaults.cpuCount,
                pidCount != null ? pidCount : defaults.pidCount,
                diskBytes != null ? diskBytes : defaults.diskBytes);
    }

    /**
     * The memory limit.
     *
     * @return bytes, or empty for none
     */
    public OptionalLong memory() {
        return optional(memoryBytes);
    }

    /**
     * The processor limit.
     *
     * @return processors, or empty for none
     */
    public OptionalDouble cpus() {
        return cpuCount == null ? OptionalDouble.empty() : OptionalDouble.of(cpuCount);
    }

    /**
     * The limit of processes and threads.
     *
     * @return a number, or empty for none
     */
    public OptionalLong pids() {
        return optional(pidCount);
    }

    /**
     * The disk limit.
     *
     * @return bytes, or empty for none
     */
    public OptionalLong disk() {
        return optional(diskBytes);
    }

    private static OptionalLong optional(@Nullable Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private static void positive(List<Problem> problems, String where, @Nullable Long value) {
        if (value != null && value < 1) {
            problems.add(Problem.at(where, value + " is not at least 1"));
        }
    }
}
