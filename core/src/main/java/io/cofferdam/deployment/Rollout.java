package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.workload.Condition;
import io.cofferdam.workload.Instance;
import io.cofferdam.workload.Revision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Expands {@link Step.RollService} into single starts and stops, for engines that do not roll out themselves.
 *
 * <p>Two things are in short supply: room for further instances, and available instances that can be done without. Stopping
 * an instance gives room, a new one that became available gives a spare one. Every start is made to wait for a stop of its
 * own that gave it its room (or takes some that is there), and every stop of an instance that serves waits for a new one of
 * its own. So whatever the order in which steps that do not wait for each other are done, neither bound is ever crossed.
 */
@Experimental
public final class Rollout {

    private static final Comparator<Instance> ORDER = Comparator.comparing(
                    (Instance instance) -> instance.revision().hash())
            .thenComparing(Instance::ordinal);

    private final Step.RollService roll;
    private final ServiceTarget target;
    private final Plan.Builder plan;
    private final Collection<String> after;
    private final Supply room;
    private final Supply spare;
    private final List<Instance> keep = new ArrayList<>();
    private final List<Instance> uselessOnes = new ArrayList<>();
    private final Deque<Instance> doomed = new ArrayDeque<>();

    /** The last step about each ordinal of the new revision that is stopped before it is started. */
    private final Map<Integer, String> stopped = new HashMap<>();

    private final List<String> last = new ArrayList<>();

    /** Something in short supply: what is there, and the steps that give more. */
    private static final class Supply {
        private final Deque<String> givers = new ArrayDeque<>();
        private final List<String> repaid = new ArrayList<>();
        private int atOnce;
        private int debt;

        Supply(int amount) {
            atOnce = Math.max(0, amount);
            debt = Math.max(0, -amount);
        }

        boolean isEmpty() {
            return atOnce == 0 && givers.isEmpty();
        }

        void give(String step) {
            if (debt > 0) {
                // There was too little from the start: nobody may take anything before that is made up for.
                debt--;
                repaid.add(step);
            } else {
                givers.add(step);
            }
        }

        /** Takes one: the steps to wait for. */
        List<String> take() {
            if (atOnce > 0) {
                atOnce--;
                return List.of();
            }
            List<String> before = new ArrayList<>(repaid);
            before.add(givers.remove());
            return before;
        }
    }

    private Rollout(Step.RollService roll, List<Instance> observed, Plan.Builder plan, Collection<String> after) {
        this.roll = roll;
        this.target = roll.target();
        this.plan = plan;
        this.after = after;
        List<Instance> ours = observed.stream()
                .filter(instance -> instance.service().equals(target.name()))
                .sorted(ORDER)
                .toList();
        sort(ours);
        int available = (int) ours.stream().filter(Instance::isAvailable).count();
        this.room = new Supply(most() - ours.size());
        this.spare = new Supply(available - least());
    }

    /**
     * Plans the single steps.
     *
     * @param roll what is to be done
     * @param observed the instances there are, of any service
     * @return the steps; none if nothing is to be done
     */
    public static Plan expand(Step.RollService roll, List<Instance> observed) {
        Plan.Builder plan = Plan.builder();
        addTo(plan, roll, observed, List.of());
        return plan.build();
    }

    /** Adds the steps to a plan, after others: the ids of those to wait for so that all is done. */
    static List<String> addTo(
            Plan.Builder plan, Step.RollService roll, List<Instance> observed, Collection<String> after) {
        return new Rollout(roll, observed, plan, after).steps();
    }

    private int most() {
        return target.replicas() + roll.surge();
    }

    private int least() {
        return target.replicas() - roll.unavailable();
    }

    private void sort(List<Instance> ours) {
        List<Instance> ofTarget = new ArrayList<>();
        for (Instance instance : ours) {
            boolean isNew = instance.revision().equals(target.revision());
            boolean usable = instance.isAvailable() || (isNew && instance.condition() == Condition.STARTING);
            if (!usable) {
                uselessOnes.add(instance);
            } else if (isNew) {
                ofTarget.add(instance);
            } else {
                doomed.add(instance);
            }
        }
        // Those that serve are kept before those that may do so soon.
        ofTarget.sort(Comparator.comparing((Instance instance) -> !instance.isAvailable())
                .thenComparing(ORDER));
        for (Instance instance : ofTarget) {
            if (keep.size() < target.replicas()) {
                keep.add(instance);
            } else if (instance.isAvailable()) {
                doomed.add(instance);
            } else {
                uselessOnes.add(instance);
            }
        }
    }

    private List<String> steps() {
        for (Instance useless : uselessOnes) {
            room.give(stop(useless, List.of()));
        }
        for (Instance kept : keep) {
            if (!kept.isAvailable()) {
                spare.give(await(kept.revision(), kept.ordinal(), List.of()));
            }
        }
        Deque<Integer> missing = missing();
        while (!missing.isEmpty() || !doomed.isEmpty()) {
            boolean stuck = true;
            while (!missing.isEmpty() && !room.isEmpty()) {
                spare.give(start(missing.remove(), room.take()));
                stuck = false;
            }
            while (!doomed.isEmpty() && !spare.isEmpty()) {
                room.give(stop(doomed.remove(), spare.take()));
                stuck = false;
            }
            if (stuck) {
                throw new IllegalStateException("no way from here to there within the bounds: " + roll);
            }
        }
        return last;
    }

    /** The ordinals of the instances that have to be started. */
    private Deque<Integer> missing() {
        Set<Integer> taken = new HashSet<>();
        keep.forEach(kept -> taken.add(kept.ordinal()));
        doomed.stream()
                .filter(instance -> instance.revision().equals(target.revision()))
                .forEach(surplus -> taken.add(surplus.ordinal()));
        Deque<Integer> missing = new ArrayDeque<>();
        for (int ordinal = 1; missing.size() < target.replicas() - keep.size(); ordinal++) {
            if (!taken.contains(ordinal)) {
                missing.add(ordinal);
            }
        }
        return missing;
    }

    private String start(int ordinal, List<String> before) {
        Revision revision = target.revision();
        Set<String> needs = new TreeSet<>(after);
        needs.addAll(before);
        @Nullable String former = stopped.get(ordinal);
        if (former != null) {
            needs.add(former);
        }
        String start =
                plan.add(new Step.StartInstance(revision, ordinal, new Guard.Room(target.name(), most())), needs);
        return await(revision, ordinal, List.of(start));
    }

    private String await(Revision revision, int ordinal, List<String> before) {
        Set<String> needs = new TreeSet<>(after);
        needs.addAll(before);
        String await = plan.add(new Step.AwaitAvailable(revision, ordinal), needs);
        last.add(await);
        return await;
    }

    private String stop(Instance instance, List<String> before) {
        Guard guard = new Guard.Spare(instance.revision(), instance.ordinal(), least());
        Set<String> needs = new TreeSet<>(after);
        needs.addAll(before);
        String stop = Layout.stop(plan, instance, target.isRouted(), guard, needs);
        if (instance.revision().equals(target.revision())) {
            stopped.put(instance.ordinal(), stop);
        }
        last.add(stop);
        return stop;
    }
}
