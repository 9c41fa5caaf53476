package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.application.Application;
import io.cofferdam.workload.Instance;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything a strategy may know when it plans.
 *
 * @param now the time of the observation
 * @param target what should be
 * @param lastStable the release whose deployment last ended fully healthy, or null if there is none
 * @param instances what was observed, with its health
 * @param weights the share of the traffic that each revision's hash gets, in percent
 */
@Experimental
public record Situation(
        Instant now,
        Application target,
        @Nullable Application lastStable,
        List<Instance> instances,
        Map<String, Integer> weights) {

    public Situation {
        Objects.requireNonNull(now, "now");
        Objects.requireNonNull(target, "target");
        instances = List.copyOf(instances);
        weights = Map.copyOf(weights);
    }

    /**
     * The release to go back to.
     *
     * @return empty if no deployment has ended fully healthy yet
     */
    public Optional<Application> stable() {
        return Optional.ofNullable(lastStable);
    }
}
