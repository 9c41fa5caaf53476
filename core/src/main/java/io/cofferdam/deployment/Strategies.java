package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import java.time.Duration;
import java.util.List;

/** The strategies that come with the library. */
@Experimental
public final class Strategies {

    /** How long blue-green keeps the old instances unless told otherwise: 30 seconds. */
    public static final Duration DEFAULT_WAIT = Duration.ofSeconds(30);

    private Strategies() {}

    /**
     * Stops everything that changes, dependents first, then starts it anew in dependency order. There is a time in which
     * nothing of it serves, and none in which two contents of a service run.
     *
     * @return the strategy {@code recreate}
     */
    public static Strategy recreate() {
        return new Recreate();
    }

    /**
     * Replaces the instances of each service a few at a time, in dependency order. Services with settings of their own keep
     * to those. Services with named volumes never have more instances than desired.
     *
     * @param settings how far it may go at once
     * @return the strategy {@code rolling}
     */
    public static Strategy rolling(RollingSettings settings) {
        return new Rolling(settings);
    }

    /**
     * Starts everything that changes beside what is there, moves all traffic at once when all of it is available, verifies
     * that, and stops the old instances after a while. A service with named volumes that changes is refused.
     *
     * @param wait how long the old instances are kept after the traffic moved, 0 or more
     * @return the strategy {@code blue-green}
     */
    public static Strategy blueGreen(Duration wait) {
        return new BlueGreen(wait);
    }

    /**
     * Gives a growing share of the traffic to a growing number of new instances beside all of the old ones, then all of it.
     * The number of new instances follows the share, at least one of each service. Services with named volumes are replaced
     * in the first stage.
     *
     * @param steps the stages before the whole, with growing shares
     * @return the strategy {@code canary}
     * @throws io.cofferdam.error.InvalidInputException if the shares do not grow
     */
    public static Strategy canary(List<CanaryStep> steps) {
        return new Canary(steps);
    }
}
