package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.workload.Instance;
import io.cofferdam.workload.Revision;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything a strategy may know when it plans: the whole application, what should be, what is, and what was decided.
 *
 * @param now the time of the observation
 * @param target what should be
 * @param lastStable the release whose deployment last ended fully healthy, or null if there is none
 * @param isRollback whether the target is being restored, so that there is nothing to try out or to wait for
 * @param instances what was observed
 * @param weights for each routed service the share of its traffic that each revision gets, in percent; revisions that get none
 *     may be missing
 * @param passed the ids of the {@link Step.Pause} and {@link Step.Verify} steps of this deployment that are over
 */
@Experimental
public record Situation(
        Instant now,
        Release target,
        @Nullable Release lastStable,
        boolean isRollback,
        List<Instance> instances,
        Map<String, Map<Revision, Integer>> weights,
        Set<String> passed) {

    public Situation {
        Objects.requireNonNull(now, "now");
        Objects.requireNonNull(target, "target");
        instances = List.copyOf(instances);
        weights = Map.copyOf(weights);
        passed = Set.copyOf(passed);
    }

    /**
     * The release to go back to.
     *
     * @return empty if no deployment has ended fully healthy yet
     */
    public Optional<Release> stable() {
        return Optional.ofNullable(lastStable);
    }

    /**
     * The share of its service's traffic that a revision gets.
     *
     * @param revision the revision
     * @return 0 to 100
     */
    public int weight(Revision revision) {
        return weights.getOrDefault(revision.service(), Map.of()).getOrDefault(revision, 0);
    }
}
