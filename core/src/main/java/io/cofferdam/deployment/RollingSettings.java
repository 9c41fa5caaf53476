package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.List;
import java.util.Objects;

/**
 * How far a rolling update may go at once.
 *
 * @param maxSurge how many instances there may be beyond those desired; of percentages parts of one are counted as one
 * @param maxUnavailable how many of those desired may be missing; of percentages parts of one are not counted. If both are 0
 *     after rounding it is 1
 */
@Experimental
public record RollingSettings(Amount maxSurge, Amount maxUnavailable) {

    private static final RollingSettings DEFAULTS = new RollingSettings(Amount.percent(25), Amount.percent(25));

    /**
     * Checks that there is a way forward.
     *
     * @param maxSurge how many instances there may be beyond those desired
     * @param maxUnavailable how many of those desired may be missing
     * @throws InvalidInputException if both are 0
     */
    public RollingSettings {
        Objects.requireNonNull(maxSurge, "maxSurge");
        Objects.requireNonNull(maxUnavailable, "maxUnavailable");
        if (maxSurge.value() == 0 && maxUnavailable.value() == 0) {
            throw new InvalidInputException(
                    "rolling update",
                    List.of(new Problem(
                            "maxSurge, maxUnavailable", "both are 0, so no instance could be replaced", "raise one")));
        }
    }

    /**
     * A quarter of the instances at once, as Kubernetes does by default.
     *
     * @return the settings
     */
    public static RollingSettings defaults() {
        return DEFAULTS;
    }

    /**
     * How many instances there may be beyond those desired.
     *
     * @param desired how many are desired
     * @return 0 or more
     */
    public int surge(int desired) {
        return maxSurge.roundedUp(desired);
    }

    /**
     * How many of those desired may be missing.
     *
     * @param desired how many are desired
     * @return 0 or more; at least 1 if {@link #surge} is 0
     */
    public int unavailable(int desired) {
        int unavailable = maxUnavailable.roundedDown(desired);
        return unavailable == 0 && surge(desired) == 0 ? 1 : unavailable;
    }
}
