package io.cofferdam.application;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * How the instances of a service are replaced, in the terms of the Compose specification's {@code update_config} and
 * {@code rollback_config}. {@link #maxSurge} and {@link #maxUnavailable} are the same in the terms of a rolling update.
 *
 * @param parallelism how many instances are replaced at a time, 0 for all of them at once
 * @param delay time between two groups, 0 or more, see {@link #settle}
 * @param failureAction what to do when an instance fails; kept for other tools: the services of a deployment go back or stay
 *     together, so this is said with the deployment ({@code DeployOptions.onFailure})
 * @param monitor how long an instance is watched after it was replaced, 0 or more, see {@link #settle}
 * @param maxFailureRatio the share of instances that may fail, 0 to 1; kept for other tools: none may
 * @param order whether the new instance is started before the old one is stopped
 */
@Experimental
public record UpdateSettings(
        int parallelism,
        Duration delay,
        FailureAction failureAction,
        Duration monitor,
        double maxFailureRatio,
        Order order) {

    private static final UpdateSettings DEFAULTS =
            new UpdateSettings(1, Duration.ZERO, FailureAction.PAUSE, Duration.ZERO, 0, Order.STOP_FIRST);

    /** What to do when an instance fails. */
    public enum FailureAction {
        /** Stop replacing and wait for a decision. */
        PAUSE,
        /** Go on with the next instances. */
        CONTINUE,
        /** Go back to the last stable release. */
        ROLLBACK
    }

    /** Which comes first when an instance is replaced. */
    public enum Order {
        /** The old instance is stopped, then the new one started. */
        STOP_FIRST,
        /** The new instance is started; the old one is stopped when it is available. */
        START_FIRST
    }

    /**
     * Checks the ranges.
     *
     * @throws InvalidInputException with every part that is out of its range
     */
    public UpdateSettings {
        Objects.requireNonNull(failureAction, "failureAction");
        Objects.requireNonNull(order, "order");
        List<Problem> problems = new ArrayList<>();
        if (parallelism < 0) {
            problems.add(Problem.at("parallelism", parallelism + " is negative"));
        }
        if (delay.isNegative()) {
            problems.add(Problem.at("delay", delay + " is negative"));
        }
        if (monitor.isNegative()) {
            problems.add(Problem.at("monitor", monitor + " is negative"));
        }
        if (!(maxFailureRatio >= 0 && maxFailureRatio <= 1)) {
            problems.add(Problem.at("maxFailureRatio", maxFailureRatio + " is not between 0 and 1"));
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("update settings", problems);
        }
    }

    /**
     * What the Compose specification assumes where a file says nothing: one at a time, the old one stopped first, no delay,
     * pause at a failure.
     *
     * @return the settings
     */
    public static UpdateSettings defaults() {
        return DEFAULTS;
    }

    /**
     * The same settings with another number of instances at a time.
     *
     * @param value 0 for all at once
     * @return the settings
     */
    public UpdateSettings withParallelism(int value) {
        return new UpdateSettings(value, delay, failureAction, monitor, maxFailureRatio, order);
    }

    /**
     * The same settings with another delay between groups.
     *
     * @param value 0 or more
     * @return the settings
     */
    public UpdateSettings withDelay(Duration value) {
        return new UpdateSettings(parallelism, value, failureAction, monitor, maxFailureRatio, order);
    }

    /**
     * The same settings with another answer to a failure.
     *
     * @param value what to do
     * @return the settings
     */
    public UpdateSettings withFailureAction(FailureAction value) {
        return new UpdateSettings(parallelism, delay, value, monitor, maxFailureRatio, order);
    }

    /**
     * The same settings with another time of watching.
     *
     * @param value 0 or more
     * @return the settings
     */
    public UpdateSettings withMonitor(Duration value) {
        return new UpdateSettings(parallelism, delay, failureAction, value, maxFailureRatio, order);
    }

    /**
     * The same settings with another tolerance.
     *
     * @param value 0 to 1
     * @return the settings
     */
    public UpdateSettings withMaxFailureRatio(double value) {
        return new UpdateSettings(parallelism, delay, failureAction, monitor, value, order);
    }

    /**
     * The same settings with another order.
     *
     * @param value which comes first
     * @return the settings
     */
    public UpdateSettings withOrder(Order value) {
        return new UpdateSettings(parallelism, delay, failureAction, monitor, maxFailureRatio, value);
    }

    /**
     * How many instances more than wanted there may be during a rolling update.
     *
     * @param desired how many are wanted, 0 or more
     * @return 0 where old ones are stopped first
     */
    public int maxSurge(int desired) {
        return order == Order.START_FIRST ? group(desired) : 0;
    }

    /**
     * How many of the wanted instances may be unavailable during a rolling update.
     *
     * @param desired how many are wanted, 0 or more
     * @return 0 where new ones are started first
     */
    public int maxUnavailable(int desired) {
        return order == Order.STOP_FIRST ? group(desired) : 0;
    }

    /**
     * How long an instance that was replaced has to have been ready before it counts as available, so that the next group waits for
     * it: the longer one of {@link #delay} and {@link #monitor}.
     *
     * @return 0 or more
     */
    public Duration settle() {
        return delay.compareTo(monitor) > 0 ? delay : monitor;
    }

    private int group(int desired) {
        return parallelism == 0 ? Math.max(1, desired) : parallelism;
    }
}
