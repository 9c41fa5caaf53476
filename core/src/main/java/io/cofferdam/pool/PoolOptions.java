package io.cofferdam.pool;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.DataSize;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * How a pool behaves. Immutable.
 *
 * <pre>{@code
 * PoolOptions options = PoolOptions.ofSize(4).withMaximum(16).withMemoryLimit("4g").asPaused();
 * }</pre>
 *
 * @param size how many environments are kept ready, 1 to 1024
 * @param maximum how many there are at the most, leased ones and those on their way in or out included; at least {@code size}
 * @param memoryLimit how many bytes all of them may be limited to together; {@code Long.MAX_VALUE} for no bound. A bound
 *     needs environments with a memory limit, and lowers {@code maximum}
 * @param paused whether they wait frozen, which costs no processor time; needs {@code Capability.PAUSE}
 * @param parallelism how many are made at once at the most, 1 to 64
 * @param healthCheck asked of a running environment immediately before it is claimed, besides what the engine says of it; one
 *     that is refused is discarded and replaced. Within the claimer's deadline
 * @param reset what happens between two leases
 * @param firstRetry how long until the next attempt after the first failure to make one; doubled with each further failure
 * @param longestRetry the bound of that
 * @param ownStacks whether each of them is in a stack of its own, which is called as it is, instead of that of the specification
 */
@Experimental
public record PoolOptions(
        int size,
        int maximum,
        long memoryLimit,
        boolean paused,
        int parallelism,
        Predicate<? super IsolatedEnvironment> healthCheck,
        PoolReset reset,
        Duration firstRetry,
        Duration longestRetry,
        boolean ownStacks) {

    private static final int MOST = 1024;
    private static final int MOST_PARALLEL = 64;

    /**
     * Checks everything at once.
     *
     * @throws InvalidInputException with all that is out of its range
     */
    public PoolOptions {
        Objects.requireNonNull(healthCheck, "healthCheck");
        Objects.requireNonNull(reset, "reset");
        List<Problem> problems = new ArrayList<>();
        if (size < 1 || size > MOST) {
            problems.add(Problem.at("size", size + " is not between 1 and " + MOST));
        }
        if (maximum < size) {
            problems.add(Problem.at("maximum", maximum + " is less than the size, " + size));
        }
        if (memoryLimit < 1) {
            problems.add(Problem.at("memoryLimit", memoryLimit + " bytes are not at least 1"));
        }
        if (parallelism < 1 || parallelism > MOST_PARALLEL) {
            problems.add(Problem.at("parallelism", parallelism + " is not between 1 and " + MOST_PARALLEL));
        }
        if (firstRetry.isNegative() || firstRetry.isZero()) {
            problems.add(Problem.at("firstRetry", firstRetry + " is not more than 0"));
        }
        if (longestRetry.compareTo(firstRetry) < 0) {
            problems.add(Problem.at("longestRetry", longestRetry + " is less than the first, " + firstRetry));
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("pool options", problems);
        }
    }

    /**
     * A pool that keeps some environments ready, running, of which twice as many exist at the most, and discards what was
     * used.
     *
     * @param size 1 to 1024
     * @return the options
     */
    public static PoolOptions ofSize(int size) {
        return new PoolOptions(
                size,
                Math.max(1, 2 * Math.min(size, MOST)),
                Long.MAX_VALUE,
                false,
                4,
                environment -> true,
                PoolReset.discard(),
                Duration.ofMillis(250),
                Duration.ofSeconds(30),
                false);
    }

    /**
     * The same options with another bound on the number.
     *
     * @param value at least the size
     * @return the new options
     */
    public PoolOptions withMaximum(int value) {
        return new PoolOptions(
                size, value, memoryLimit, paused, parallelism, healthCheck, reset, firstRetry, longestRetry, ownStacks);
    }

    /**
     * The same options with a bound on the memory of all together.
     *
     * @param amount as {@link DataSize#parse} reads it, for example {@code 4g}
     * @return the new options
     */
    public PoolOptions withMemoryLimit(String amount) {
        return new PoolOptions(
                size,
                maximum,
                DataSize.parse(amount),
                paused,
                parallelism,
                healthCheck,
                reset,
                firstRetry,
                longestRetry,
                ownStacks);
    }

    /**
     * The same options of a pool whose environments wait frozen.
     *
     * @return the new options
     */
    public PoolOptions asPaused() {
        return new PoolOptions(
                size, maximum, memoryLimit, true, parallelism, healthCheck, reset, firstRetry, longestRetry, ownStacks);
    }

    /**
     * The same options with another number of environments that are made at once.
     *
     * @param value 1 to 64
     * @return the new options
     */
    public PoolOptions withParallelism(int value) {
        return new PoolOptions(
                size, maximum, memoryLimit, paused, value, healthCheck, reset, firstRetry, longestRetry, ownStacks);
    }

    /**
     * The same options with a question asked before each claim.
     *
     * @param value says false of an environment that is not to be claimed
     * @return the new options
     */
    public PoolOptions withHealthCheck(Predicate<? super IsolatedEnvironment> value) {
        return new PoolOptions(
                size, maximum, memoryLimit, paused, parallelism, value, reset, firstRetry, longestRetry, ownStacks);
    }

    /**
     * The same options of a pool that recycles.
     *
     * @param value puts an environment back
     * @return the new options
     */
    public PoolOptions withReset(PoolReset value) {
        return new PoolOptions(
                size,
                maximum,
                memoryLimit,
                paused,
                parallelism,
                healthCheck,
                value,
                firstRetry,
                longestRetry,
                ownStacks);
    }

    /**
     * The same options with other distances between attempts after failures.
     *
     * @param first after the first failure, more than 0
     * @param longest the bound, at least the first
     * @return the new options
     */
    public PoolOptions withRetry(Duration first, Duration longest) {
        return new PoolOptions(
                size, maximum, memoryLimit, paused, parallelism, healthCheck, reset, first, longest, ownStacks);
    }

    /**
     * The same options of a pool in which no two environments share a network: whoever claims one can let others join its
     * stack, and whoever has another one reaches neither.
     *
     * @return the new options
     */
    public PoolOptions withOwnStacks() {
        return new PoolOptions(
                size, maximum, memoryLimit, paused, parallelism, healthCheck, reset, firstRetry, longestRetry, true);
    }
}
