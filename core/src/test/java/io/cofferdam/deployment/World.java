package io.cofferdam.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.workload.Condition;
import io.cofferdam.workload.Instance;
import io.cofferdam.workload.Revision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** A world without an engine, in which plans are carried out step by step in any order they allow. */
final class World {

    final List<Instance> instances = new ArrayList<>();
    final Map<String, Map<Revision, Integer>> weights = new TreeMap<>();
    final Set<String> passed = new HashSet<>();

    /** Looks at a step about to be done, with the world as it is before it. */
    interface Witness {
        void about(Step step, World world);
    }

    /** A plan under way: what each step still waits for, and who waits for it. */
    private static final class Run {
        final String owner;
        final Map<String, Integer> open = new HashMap<>();
        final Map<String, List<Step>> waiting = new HashMap<>();
        int left;

        Run(Plan plan, String owner, List<Ready> ready) {
            this.owner = owner;
            this.left = plan.steps().size();
            for (Step step : plan.steps()) {
                open.put(step.id(), plan.needs(step).size());
                plan.needs(step)
                        .forEach(id -> waiting.computeIfAbsent(id, key -> new ArrayList<>())
                                .add(step));
                if (plan.needs(step).isEmpty()) {
                    ready.add(new Ready(step, this));
                }
            }
        }

        void done(String id, List<Ready> ready) {
            left--;
            for (Step next : waiting.getOrDefault(id, List.of())) {
                if (open.merge(next.id(), -1, Integer::sum) == 0) {
                    ready.add(new Ready(next, this));
                }
            }
        }
    }

    private record Ready(Step step, Run run) {}

    Situation situation(Release target, Release stable, boolean rollback) {
        return new Situation(Instant.EPOCH, target, stable, rollback, instances, weights, passed);
    }

    List<Instance> of(String service) {
        return instances.stream()
                .filter(instance -> instance.service().equals(service))
                .toList();
    }

    long available(Revision revision) {
        return instances.stream()
                .filter(instance -> instance.revision().equals(revision) && instance.isAvailable())
                .count();
    }

    /** Carries a plan out in a random order; stops after a number of steps. */
    void carryOut(Plan plan, Random random, int most, Witness witness) {
        List<Ready> ready = new ArrayList<>();
        Run whole = new Run(plan, "", ready);
        for (int count = 0; count < most && !ready.isEmpty(); count++) {
            Ready chosen = ready.remove(random.nextInt(ready.size()));
            Step step = chosen.step();
            if (!step.guard().holds(instances)) {
                throw new AssertionError("the guard of " + step.id() + " does not hold: " + step.guard());
            }
            witness.about(step, this);
            Run run = chosen.run();
            if (step instanceof Step.RollService roll) {
                run = new Run(Rollout.expand(roll, instances), step.id(), ready);
            } else {
                apply(step);
                run.done(step.id(), ready);
            }
            if (run.left == 0 && run != whole) {
                whole.done(run.owner, ready);
            }
        }
    }

    void apply(Step step) {
        if (step instanceof Step.StartInstance start) {
            assertThat(find(start.revision(), start.ordinal())).as(step.id()).isNull();
            instances.add(new Instance(start.revision(), start.ordinal(), Condition.STARTING));
        } else if (step instanceof Step.AwaitAvailable await) {
            become(await.revision(), await.ordinal(), Condition.AVAILABLE);
        } else if (step instanceof Step.Drain drain) {
            become(drain.revision(), drain.ordinal(), Condition.UNAVAILABLE);
        } else if (step instanceof Step.StopInstance stop) {
            assertThat(instances.remove(find(stop.revision(), stop.ordinal())))
                    .as(step.id())
                    .isTrue();
        } else if (step instanceof Step.RunOnce run) {
            instances.removeIf(instance -> instance.revision().equals(run.revision()));
            instances.add(new Instance(run.revision(), 1, Condition.SUCCEEDED));
        } else if (step instanceof Step.ShiftTraffic shift) {
            weights.putAll(shift.weights());
        } else {
            passed.add(step.id());
        }
    }

    private Instance find(Revision revision, int ordinal) {
        return instances.stream()
                .filter(instance -> instance.revision().equals(revision) && instance.ordinal() == ordinal)
                .findFirst()
                .orElse(null);
    }

    void become(Revision revision, int ordinal, Condition condition) {
        Instance instance = find(revision, ordinal);
        assertThat(instance).as(revision + "#" + ordinal).isNotNull();
        instances.set(instances.indexOf(instance), instance.in(condition));
    }
}
