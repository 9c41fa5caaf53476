package io.cofferdam.environment;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.List;
import java.util.Objects;

/**
 * Whether an environment whose main process ends by itself is started again. Stopping it on purpose never restarts it.
 * Where the engine has no restart policy of its own (see {@code Capability.RESTART_POLICY}) the policy is kept by the
 * library, and only while an orchestrator is open; the delays between restarts then double from 100 ms to 30 s.
 *
 * @param condition when it is started again
 * @param maxRetries how often at the most without a stable run in between; 0 for no bound
 */
public record RestartPolicy(Condition condition, int maxRetries) {

    private static final RestartPolicy NEVER = new RestartPolicy(Condition.NEVER, 0);
    private static final RestartPolicy ALWAYS = new RestartPolicy(Condition.ALWAYS, 0);

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
     * @throws InvalidInputException if the number of retries is negative, or given for a policy other than on failure
     */
    public RestartPolicy {
        Objects.requireNonNull(condition, "condition");
        if (maxRetries < 0 || (maxRetries > 0 && condition != Condition.ON_FAILURE)) {
            throw new InvalidInputException(
                    "restart policy",
                    List.of(Problem.at(
                            "restart.maxRetries",
                            maxRetries + " is not allowed; it is 0 or more, and more only for on-failure")));
        }
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
     * Started again whatever its exit code.
     *
     * @return the policy
     */
    public static RestartPolicy always() {
        return ALWAYS;
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
