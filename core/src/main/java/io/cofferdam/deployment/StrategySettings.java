package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Which strategy is wanted, as data that can be kept: a name and what the library's own strategies want to know.
 *
 * @param name {@code recreate}, {@code rolling}, {@code blue-green}, {@code canary}, or the name of a strategy that was given to the
 *     engine
 * @param rolling for {@code rolling}
 * @param keep for {@code blue-green}: how long the old instances are kept after the switch
 * @param steps for {@code canary}: the stages
 */
@Experimental
public record StrategySettings(String name, RollingSettings rolling, Duration keep, List<CanaryStep> steps) {

    /** The stages of a canary unless told otherwise: a tenth, then half, each until it is promoted. */
    public static final List<CanaryStep> DEFAULT_STEPS = List.of(new CanaryStep(10, null), new CanaryStep(50, null));

    public StrategySettings {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(rolling, "rolling");
        Objects.requireNonNull(keep, "keep");
        steps = List.copyOf(steps);
    }

    /**
     * A strategy by its name, with the settings that are usual for it.
     *
     * @param name its name
     * @return the settings
     */
    public static StrategySettings named(String name) {
        return new StrategySettings(name, RollingSettings.defaults(), Strategies.DEFAULT_WAIT, DEFAULT_STEPS);
    }

    /**
     * Stops everything that changes, then starts it anew.
     *
     * @return the settings
     * @see Strategies#recreate()
     */
    public static StrategySettings recreate() {
        return named("recreate");
    }

    /**
     * Replaces instances a few at a time.
     *
     * @param rolling how far it may go at once
     * @return the settings
     * @see Strategies#rolling(RollingSettings)
     */
    public static StrategySettings rolling(RollingSettings rolling) {
        return new StrategySettings("rolling", rolling, Strategies.DEFAULT_WAIT, DEFAULT_STEPS);
    }

    /**
     * Starts everything that changes a second time and moves the traffic at once.
     *
     * @param keep how long the old instances are kept after that, 0 or more
     * @return the settings
     * @see Strategies#blueGreen(Duration)
     */
    public static StrategySettings blueGreen(Duration keep) {
        return new StrategySettings("blue-green", RollingSettings.defaults(), keep, DEFAULT_STEPS);
    }

    /**
     * Gives new instances a growing share of the traffic.
     *
     * @param steps the stages before the whole, with growing shares
     * @return the settings
     * @see Strategies#canary(List)
     */
    public static StrategySettings canary(List<CanaryStep> steps) {
        return new StrategySettings("canary", RollingSettings.defaults(), Strategies.DEFAULT_WAIT, steps);
    }
}
