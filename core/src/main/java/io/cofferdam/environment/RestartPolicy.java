package io.cofferdam.environment;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.List;
import java.util.Objects;

/**
 * Whether an environment whose main process ends by itself, or whose health check says that it is unhealthy, is started
 * again. Stopping it on purpose never restarts it.
 *
 * <p>Where the engine has no restart policy of its own (see {@code Capability.RESTART_POLICY}) the policy is kept by the
 * library, and only while an orchestrator is open; the delays between restarts then double from 100 ms to 30 s. Restarts
 * of unhealthy environments are the library's on every engine, with the same delays: they happen while the orchestrator
 * that started the environment is open. They stop it as {@link IsolatedEnvironment#stop()} does and start it again.
 *
 * <p>Fixed host ports stay what they are. Where the engine chooses a port anew with each start,
 * {@link IsolatedEnvironment#endpoint} tells the one that is served now; the process engine keeps all of them.
 *
 * @param condition when it is started again after it ended
 * @param maxRetries how often at the most without a stable run in between; 0 for no bound
 * @param whenUnhealthy whether it is also started again when it is unhealthy
 */
public record RestartPolicy(Condition condition, int maxRetries, boolean whenUnhealthy) {

    private static final RestartPolicy NEVER = new RestartPolicy(Condition.NEVER, 0, false);
    private static final RestartPolicy ALWAYS = new RestartPolicy(Condition.ALWAYS, 0, false);

    /** When a main process that ended is started again. */
    public enum Condition {
        /** Never. */
        NEVER,
        /** When its exit code is not 0. */
        ON_FAILURE,
        /** Whatever its exit code. */
        ALWAYS
    }

    /**
     * Checks the parts.
     *
     * @param condition when it is started again
     * @param maxRetries how often at the most without a stable run in between; 0 for no bound
     * @param whenUnhealthy whether it is also started again when it is unhealthy
     * @throws InvalidInputException if the number of retries is negative, or given for a policy that never gives up
     */
    public RestartPolicy {
        Objects.requireNonNull(condition, "condition");
        boolean bounded = condition == Condition.ON_FAILURE || (condition == Condition.NEVER && whenUnhealthy);
        if (maxRetries < 0 || (maxRetries > 0 && !bounded)) {
            throw new InvalidInputException(
                    "restart policy",
                    List.of(
                            Problem.at(
                                    "restart.maxRetries",
                                    maxRetries
                                            + " is not allowed; it is 0 or more, and more only for on-failure and on-unhealthy")));
        }
    }

    /**
     * A policy for ends only.
     *
     * @param condition when it is started again
     * @param maxRetries how often at the most without a stable run in between; 0 for no bound
     * @throws InvalidInputException if the number of retries is negative, or given for a policy other than on failure
     */
    public RestartPolicy(Condition condition, int maxRetries) {
        this(condition, maxRetries, false);
    }

    /**
     * Stays down. The default.
     *
     * @return the policy
     */
    public static RestartPolicy never() {
        return NEVER;
    }

    /**
     * Started again when its exit code is not 0.
     *
     * @param maxRetries how often at the most; 0 for no bound
     * @return the policy
     */
    public static RestartPolicy onFailure(int maxRetries) {
        return new RestartPolicy(Condition.ON_FAILURE, maxRetries);
    }

    /**
     * Started again when its health check says that it is unhealthy, not when it ends.
     *
     * @param maxRetries how often at the most; 0 for no bound
     * @return the policy
     */
    public static RestartPolicy onUnhealthy(int maxRetries) {
        return new RestartPolicy(Condition.NEVER, maxRetries, true);
    }

    /**
     * Started again whatever its exit code.
     *
     * @return the policy
     */
    public static RestartPolicy always() {
        return ALWAYS;
    }

    /**
     * This policy, which also starts an environment again when it is unhealthy. Both kinds of restarts count together.
     *
     * @return the new policy
     */
    public RestartPolicy andWhenUnhealthy() {
        return new RestartPolicy(condition, maxRetries, true);
    }

    /**
     * Whether an unhealthy environment is to be started again.
     *
     * @param restartsSoFar how often it was started again without a stable run in between
     * @return true to start it
     */
    public boolean allowsWhenUnhealthy(int restartsSoFar) {
        return whenUnhealthy && (maxRetries == 0 || restartsSoFar < maxRetries);
    }

    /**
     * Whether a main process that ended with this exit code is to be started again.
     *
     * @param exitCode its exit code
     * @param restartsSoFar how often it was started again without a stable run in between
     * @return true to start it
     */
    public boolean allows(int exitCode, int restartsSoFar) {
        return switch (condition) {
            case NEVER -> false;
            case ALWAYS -> true;
            case ON_FAILURE -> exitCode != 0 && (maxRetries == 0 || restartsSoFar < maxRetries);
        };
    }
}
