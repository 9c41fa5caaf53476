package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * How a deployment is to be done. An immutable value.
 *
 * <pre>{@code
 * DeployOptions options = DeployOptions.with(StrategySettings.blueGreen(Duration.ofSeconds(30))).user("ada");
 * }</pre>
 *
 * @param strategy which way to go
 * @param onFailure what follows when it fails
 * @param progressDeadline how long it may take from one newly available instance to the next, more than 0; stands still in pauses
 * @param minReady how long an instance has to be ready without a break to count as available, 0 or more
 * @param drain how long requests under way are waited for before an instance is stopped, 0 or more
 * @param parallelism how many instances are started or stopped at the same time, 1 or more
 * @param user who asks for it; may be empty
 * @param tenant on whose behalf; may be empty
 */
@Experimental
public record DeployOptions(
        StrategySettings strategy,
        FailureAction onFailure,
        Duration progressDeadline,
        Duration minReady,
        Duration drain,
        int parallelism,
        String user,
        String tenant) {

    private static final DeployOptions DEFAULTS = new DeployOptions(
            StrategySettings.named("rolling"),
            FailureAction.ROLLBACK,
            Duration.ofSeconds(600),
            Duration.ZERO,
            Duration.ofSeconds(30),
            16,
            "",
            "");

    /**
     * Checks the ranges.
     *
     * @throws InvalidInputException with every part that is out of its range
     */
    public DeployOptions {
        Objects.requireNonNull(strategy, "strategy");
        Objects.requireNonNull(onFailure, "onFailure");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(tenant, "tenant");
        List<Problem> problems = new ArrayList<>();
        if (progressDeadline.isNegative() || progressDeadline.isZero()) {
            problems.add(Problem.at("progressDeadline", progressDeadline + " is not more than 0"));
        }
        if (minReady.isNegative()) {
            problems.add(Problem.at("minReady", minReady + " is negative"));
        }
        if (drain.isNegative()) {
            problems.add(Problem.at("drain", drain + " is negative"));
        }
        if (parallelism < 1) {
            problems.add(Problem.at("parallelism", parallelism + " is less than 1"));
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("deployment options", problems);
        }
    }

    /**
     * A rolling update, a quarter of the instances at a time, rolled back if it fails; a progress deadline of 600 s, 30 s to
     * drain.
     *
     * @return the options
     */
    public static DeployOptions defaults() {
        return DEFAULTS;
    }

    /**
     * The defaults with another strategy.
     *
     * @param strategy which way to go
     * @return the options
     */
    public static DeployOptions with(StrategySettings strategy) {
        return DEFAULTS.strategy(strategy);
    }

    /**
     * The same options with another strategy.
     *
     * @param value which way to go
     * @return the options
     */
    public DeployOptions strategy(StrategySettings value) {
        return new DeployOptions(value, onFailure, progressDeadline, minReady, drain, parallelism, user, tenant);
    }

    /**
     * The same options with another answer to a failure.
     *
     * @param value what follows
     * @return the options
     */
    public DeployOptions onFailure(FailureAction value) {
        return new DeployOptions(strategy, value, progressDeadline, minReady, drain, parallelism, user, tenant);
    }

    /**
     * The same options with another deadline.
     *
     * @param value how long from one newly available instance to the next, more than 0
     * @return the options
     */
    public DeployOptions progressDeadline(Duration value) {
        return new DeployOptions(strategy, onFailure, value, minReady, drain, parallelism, user, tenant);
    }

    /**
     * The same options with another time to prove readiness.
     *
     * @param value 0 or more
     * @return the options
     */
    public DeployOptions minReady(Duration value) {
        return new DeployOptions(strategy, onFailure, progressDeadline, value, drain, parallelism, user, tenant);
    }

    /**
     * The same options with another time to drain.
     *
     * @param value 0 or more
     * @return the options
     */
    public DeployOptions drain(Duration value) {
        return new DeployOptions(strategy, onFailure, progressDeadline, minReady, value, parallelism, user, tenant);
    }

    /**
     * The same options with another width.
     *
     * @param value how many instances are started or stopped at the same time, 1 or more
     * @return the options
     */
    public DeployOptions parallelism(int value) {
        return new DeployOptions(strategy, onFailure, progressDeadline, minReady, drain, value, user, tenant);
    }

    /**
     * The same options asked for by somebody.
     *
     * @param value who
     * @return the options
     */
    public DeployOptions user(String value) {
        return new DeployOptions(strategy, onFailure, progressDeadline, minReady, drain, parallelism, value, tenant);
    }

    /**
     * The same options on behalf of somebody.
     *
     * @param value whom
     * @return the options
     */
    public DeployOptions tenant(String value) {
        return new DeployOptions(strategy, onFailure, progressDeadline, minReady, drain, parallelism, user, value);
    }
}
