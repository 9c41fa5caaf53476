package io.cofferdam.deployment;

import io.cofferdam.application.Application;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.workload.Instance;
import io.cofferdam.workload.Prepared;
import io.cofferdam.workload.Revision;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Plans without doing anything: looks at the instances, and fetches or builds nothing. */
final class DryRun {

    private final EngineParts parts;
    private final ProjectData data;

    DryRun(EngineParts parts, ProjectData data) {
        this.parts = parts;
        this.data = data;
    }

    Plan plan(Application application, @Nullable ReleaseContent last, Strategy strategy) {
        Prepared stable = last == null ? null : last.prepared().orElse(null);
        boolean hasRouter = parts.router() != null;
        List<Instance> instances = Observation.instances(parts.workloads().list(application.project(), Duration.ZERO));
        Situation situation = new Situation(
                parts.clock().instant(),
                Targets.of(guess(application, last), hasRouter, false),
                stable == null ? null : Targets.of(stable, hasRouter, false),
                false,
                instances,
                data.weights(),
                Set.of());
        List<Problem> problems = strategy.check(situation);
        if (!problems.isEmpty()) {
            throw new InvalidInputException("the " + strategy.name() + " deployment", problems);
        }
        return expand(strategy.plan(situation), instances);
    }

    /**
     * Revisions as they will be as far as can be told now: a service whose content is that of the stable release keeps that one's
     * revision, though the image or the folder of the same name may have changed meanwhile: only a deployment looks into them.
     */
    private static Prepared guess(Application application, @Nullable ReleaseContent last) {
        Map<String, Revision> revisions = new HashMap<>();
        application.services().forEach(service -> {
            String hash = application.contentHash(service.name());
            revisions.put(service.name(), known(last, service.name(), hash).orElse(new Revision(service.name(), hash)));
        });
        return new Prepared(application, revisions);
    }

    private static Optional<Revision> known(@Nullable ReleaseContent last, String service, String hash) {
        return last == null || !hash.equals(last.wanted().get(service))
                ? Optional.empty()
                : last.prepared().map(prepared -> prepared.revision(service));
    }

    /** Rolling updates as single starts and stops. */
    private static Plan expand(Plan plan, List<Instance> instances) {
        Plan.Builder expanded = Plan.builder();
        Map<String, Set<String>> ends = new HashMap<>();
        for (Step step : plan.steps()) {
            Set<String> after = new HashSet<>();
            plan.needs(step).forEach(need -> after.addAll(ends.getOrDefault(need, Set.of(need))));
            if (step instanceof Step.RollService roll) {
                List<String> last = Rollout.addTo(expanded, roll, instances, after);
                ends.put(step.id(), last.isEmpty() ? after : Set.copyOf(last));
            } else {
                ends.put(step.id(), Set.of(expanded.add(step, after)));
            }
        }
        return expanded.build();
    }
}
