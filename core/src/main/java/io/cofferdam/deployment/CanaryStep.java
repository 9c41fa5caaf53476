package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One stage of a canary deployment.
 *
 * @param weight the share of the traffic that the new instances get, 1 to 99 percent
 * @param pause how long it stays so; null for until it is promoted
 */
@Experimental
public record CanaryStep(int weight, @Nullable Duration pause) {

    /**
     * Checks the ranges.
     *
     * @param weight 1 to 99
     * @param pause 0 or more, or null
     * @throws InvalidInputException if one is outside its range
     */
    public CanaryStep {
        if (weight < 1 || weight > 99) {
            throw new InvalidInputException(
                    "canary",
                    List.of(new Problem("weight", weight + " is no share", "give a share of 1 to 99 percent")));
        }
        if (pause != null && pause.isNegative()) {
            throw new InvalidInputException("canary", List.of(Problem.at("pause", pause + " is less than no time")));
        }
    }

    /**
     * How long it stays so.
     *
     * @return empty for until it is promoted
     */
    public Optional<Duration> time() {
        return Optional.ofNullable(pause);
    }
}
