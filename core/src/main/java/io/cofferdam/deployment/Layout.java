package io.cofferdam.deployment;

import io.cofferdam.workload.Condition;
import io.cofferdam.workload.Instance;
import io.cofferdam.workload.Revision;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Lays the steps of services out in dependency order: those of a service wait for the last ones of the services it comes
 * after, through services that nothing is done about; services that do not depend on each other wait for nothing.
 */
final class Layout {

    private static final int WHOLE = 100;

    final Plan.Builder plan = Plan.builder();
    private final Situation situation;
    private final Map<String, List<Instance>> byService = new HashMap<>();

    private final List<ServiceTarget> changed;

    /** The shares of the traffic as they are after the steps so far. */
    private final Map<String, Map<Revision, Integer>> weights;

    /** For each service that was laid out, what those after it wait for. */
    private final Map<String, Set<String>> ends = new HashMap<>();

    Layout(Situation situation) {
        this.situation = situation;
        situation
                .instances()
                .forEach(instance -> byService
                        .computeIfAbsent(instance.service(), name -> new ArrayList<>())
                        .add(instance));
        weights = new HashMap<>(situation.weights());
        changed = situation.target().services().stream().filter(this::isChanged).toList();
    }

    /** Adds the steps about one service; gives the last ones. */
    @FunctionalInterface
    interface Body {
        Collection<String> add(ServiceTarget service, Collection<String> after);
    }

    List<Instance> instances(String service) {
        return byService.getOrDefault(service, List.of());
    }

    /** Services of the target that something has to be done about, each after those it comes after. */
    List<ServiceTarget> changed() {
        return changed;
    }

    private boolean isChanged(ServiceTarget service) {
        List<Instance> instances = instances(service.name());
        if (service.kind() == ServiceKind.ONE_OFF) {
            return instances.isEmpty() || !instances.stream().allMatch(instance -> isResult(service, instance));
        }
        boolean settled = instances.size() == service.replicas()
                && instances.stream()
                        .allMatch(instance -> instance.revision().equals(service.revision()) && instance.isAvailable());
        boolean hasTraffic =
                !service.isRouted() || service.replicas() == 0 || !isPinned(service) || weight(service) == WHOLE;
        return !settled || !hasTraffic;
    }

    /**
     * Lays out steps for each service that fits, in dependency order.
     *
     * @param after what even the first ones wait for
     * @return what to wait for so that all is done
     */
    Set<String> inOrder(Predicate<ServiceTarget> fits, Collection<String> after, Body body) {
        Set<String> all = new LinkedHashSet<>();
        Set<ServiceTarget> concerned = new HashSet<>(changed);
        ends.clear();
        for (ServiceTarget service : situation.target().services()) {
            Set<String> before = new LinkedHashSet<>();
            service.after().forEach(earlier -> before.addAll(ends.getOrDefault(earlier, Set.of())));
            if (!concerned.contains(service) || !fits.test(service)) {
                ends.put(service.name(), before);
                continue;
            }
            before.addAll(after);
            Set<String> last = new LinkedHashSet<>(body.add(service, before));
            all.addAll(last);
            ends.put(service.name(), last.isEmpty() ? before : last);
        }
        return all.isEmpty() ? new LinkedHashSet<>(after) : all;
    }

    /**
     * What becomes of the instances of a service on the way to a number of instances of its target revision.
     *
     * @param kept instances of the revision that serve, or may soon
     * @param missing ordinals of those to be started
     * @param leftovers all others
     */
    private record Choice(List<Instance> kept, List<Integer> missing, List<Instance> leftovers) {}

    private Choice choose(ServiceTarget service, int count) {
        List<Instance> usable = new ArrayList<>();
        List<Instance> leftovers = new ArrayList<>();
        for (Instance instance : instances(service.name())) {
            boolean isUsable = instance.isAvailable() || instance.condition() == Condition.STARTING;
            (instance.revision().equals(service.revision()) && isUsable ? usable : leftovers).add(instance);
        }
        usable.sort(Comparator.comparing((Instance instance) -> !instance.isAvailable())
                .thenComparing(Instance::ordinal));
        List<Instance> kept = usable.subList(0, Math.min(count, usable.size()));
        leftovers.addAll(usable.subList(kept.size(), usable.size()));
        Set<Integer> taken = new HashSet<>();
        usable.forEach(instance -> taken.add(instance.ordinal()));
        List<Integer> missing = new ArrayList<>();
        for (int ordinal = 1; kept.size() + missing.size() < count; ordinal++) {
            if (!taken.contains(ordinal)) {
                missing.add(ordinal);
            }
        }
        return new Choice(List.copyOf(kept), missing, leftovers);
    }

    /** Runs a one-off service, or starts the instances of another one that are missing, and waits until they are available. */
    Collection<String> start(ServiceTarget service, int count, Collection<String> after, Guard guard) {
        if (service.kind() == ServiceKind.ONE_OFF) {
            boolean isDone = instances(service.name()).stream().anyMatch(instance -> isResult(service, instance));
            return isDone ? after : List.of(plan.add(new Step.RunOnce(service.revision()), after));
        }
        Choice choice = choose(service, count);
        Set<String> awaits = new LinkedHashSet<>();
        for (Instance kept : choice.kept()) {
            if (!kept.isAvailable()) {
                awaits.add(plan.add(new Step.AwaitAvailable(kept.revision(), kept.ordinal()), after));
            }
        }
        for (int ordinal : choice.missing()) {
            List<String> before = new ArrayList<>(after);
            choice.leftovers().stream()
                    .filter(useless -> useless.revision().equals(service.revision()) && useless.ordinal() == ordinal)
                    .forEach(useless -> before.add(stop(plan, useless, service.isRouted(), Guard.NONE, after)));
            String start = plan.add(new Step.StartInstance(service.revision(), ordinal, guard), before);
            awaits.add(plan.add(new Step.AwaitAvailable(service.revision(), ordinal), List.of(start)));
        }
        return awaits;
    }

    /** Stops all instances of a service but those that are its target. */
    Collection<String> stopLeftovers(ServiceTarget service, Guard guard, Collection<String> after) {
        Set<String> stops = new LinkedHashSet<>();
        Choice choice = choose(service, service.replicas());
        for (Instance instance : choice.leftovers()) {
            // Another one is started in its place, or has run in it.
            boolean isReplaced = instance.revision().equals(service.revision())
                    && (choice.missing().contains(instance.ordinal()) || service.kind() == ServiceKind.ONE_OFF);
            if (!isReplaced) {
                stops.add(stop(plan, instance, service.isRouted(), guard, after));
            }
        }
        return stops;
    }

    /** What a one-off service leaves is how it is known that it has done its work. */
    private static boolean isResult(ServiceTarget service, Instance instance) {
        return service.kind() == ServiceKind.ONE_OFF
                && instance.condition() == Condition.SUCCEEDED
                && instance.revision().equals(service.revision());
    }

    /** Stops an instance, out of its router before. */
    static String stop(Plan.Builder plan, Instance instance, boolean isRouted, Guard guard, Collection<String> after) {
        Collection<String> before = after;
        if (isRouted && instance.isAvailable()) {
            before = List.of(plan.add(new Step.Drain(instance.revision(), instance.ordinal(), guard), after));
        }
        return plan.add(Step.StopInstance.of(instance, guard), before);
    }

    private Collection<String> stopAll(List<Instance> instances, boolean isRouted, Collection<String> after) {
        Set<String> stops = new LinkedHashSet<>();
        instances.forEach(instance -> stops.add(stop(plan, instance, isRouted, Guard.NONE, after)));
        return stops;
    }

    /** Stops the instances of services that the target has no more, when everything else is done. */
    void stopForgotten(Collection<String> after) {
        Map<String, List<Instance>> forgotten = new LinkedHashMap<>();
        byService.keySet().stream()
                .sorted()
                .filter(name -> situation.target().service(name).isEmpty())
                .forEach(name -> forgotten.put(name, instances(name)));
        Collection<String> before = after;
        for (ServiceTarget former : formerInReverse(forgotten.keySet())) {
            Collection<String> stops = stopAll(instances(former.name()), former.isRouted(), before);
            before = stops.isEmpty() ? before : stops;
            forgotten.remove(former.name());
        }
        Collection<String> last = before;
        forgotten.values().forEach(instances -> stopAll(instances, false, last));
    }

    private List<ServiceTarget> formerInReverse(Set<String> names) {
        List<ServiceTarget> former = new ArrayList<>();
        situation
                .stable()
                .ifPresent(stable -> stable.services().stream()
                        .filter(service -> names.contains(service.name()))
                        .forEach(service -> former.add(0, service)));
        return former;
    }

    /** Whether revisions of a service have shares of its traffic, and not all of its instances alike. */
    private boolean isPinned(ServiceTarget service) {
        return !weights.getOrDefault(service.name(), Map.of()).isEmpty();
    }

    private int weight(ServiceTarget service) {
        return weights.getOrDefault(service.name(), Map.of()).getOrDefault(service.revision(), 0);
    }

    private Collection<String> shift(
            Map<String, Map<Revision, Integer>> shares, List<Guard> guards, Collection<String> after) {
        if (shares.isEmpty()) {
            return after;
        }
        weights.putAll(shares);
        return List.of(plan.add(new Step.ShiftTraffic(shares, new Guard.All(guards)), after));
    }

    /** Lets all instances of services have traffic again, where revisions had shares of it. */
    Collection<String> unpin(List<ServiceTarget> services, Collection<String> after) {
        Map<String, Map<Revision, Integer>> shares = new HashMap<>();
        services.stream()
                .filter(ServiceTarget::isRouted)
                .filter(this::isPinned)
                .forEach(service -> shares.put(service.name(), Map.of()));
        return shift(shares, List.of(), after);
    }

    /** Keeps the traffic of services where it is, before instances are started that are not to have any yet. */
    Collection<String> pin(List<ServiceTarget> services) {
        Map<String, Map<Revision, Integer>> shares = new HashMap<>();
        for (ServiceTarget service : services) {
            Map<Revision, Integer> old = oldShares(service, WHOLE);
            if (takesTraffic(service) && !isPinned(service) && !old.isEmpty()) {
                shares.put(service.name(), old);
            }
        }
        return shift(shares, List.of(), List.of());
    }

    private static boolean takesTraffic(ServiceTarget service) {
        return service.isRouted() && service.kind() == ServiceKind.STATELESS && service.replicas() > 0;
    }

    /** Whether something else than the target serves, so that there is something to be careful with. */
    boolean hasOld(ServiceTarget service) {
        return instances(service.name()).stream()
                .anyMatch(instance ->
                        instance.isAvailable() && !instance.revision().equals(service.revision()));
    }

    /** A part of the traffic, divided among the other revisions that serve by how many of their instances do. */
    private Map<Revision, Integer> oldShares(ServiceTarget service, int percent) {
        Map<Revision, Integer> counts = new TreeMap<>(Comparator.comparing(Revision::hash));
        for (Instance instance : instances(service.name())) {
            if (instance.isAvailable() && !instance.revision().equals(service.revision())) {
                counts.merge(instance.revision(), 1, Integer::sum);
            }
        }
        int total = counts.values().stream().mapToInt(Integer::intValue).sum();
        Map<Revision, Integer> shares = new HashMap<>();
        int left = percent;
        int others = counts.size();
        for (Map.Entry<Revision, Integer> count : counts.entrySet()) {
            others--;
            int share = others == 0 ? left : percent * count.getValue() / total;
            left -= share;
            shares.put(count.getKey(), share);
        }
        return shares;
    }

    /**
     * Gives the target's revisions a share of the traffic; nothing if they have it.
     *
     * @return what to wait for so that it is done
     */
    Collection<String> shift(List<ServiceTarget> services, int percent, Collection<String> after) {
        Map<String, Map<Revision, Integer>> shares = new HashMap<>();
        List<Guard> guards = new ArrayList<>();
        for (ServiceTarget service : services) {
            Map<Revision, Integer> old = oldShares(service, WHOLE - percent);
            boolean isWhole = percent == WHOLE || old.isEmpty();
            boolean hasIt = isPinned(service) ? weight(service) == percent : !hasOld(service);
            if (takesTraffic(service) && !hasIt) {
                Map<Revision, Integer> mixed = new HashMap<>(isWhole ? Map.of() : old);
                mixed.put(service.revision(), isWhole ? WHOLE : percent);
                shares.put(service.name(), Map.copyOf(mixed));
                guards.add(new Guard.Serves(service.revision(), 1));
            } else if (percent == WHOLE && service.isRouted() && service.replicas() == 0 && isPinned(service)) {
                // Nobody is to serve it any more, and no share may be left to what is stopped.
                shares.put(service.name(), Map.of());
            }
        }
        return shift(shares, guards, after);
    }

    /** Stops everything of services that is not their target, dependents first. */
    Set<String> stopInReverse(
            List<ServiceTarget> services, Function<ServiceTarget, Guard> guard, Collection<String> after) {
        Map<String, Set<String>> ofDependents = new HashMap<>();
        Set<String> all = new LinkedHashSet<>();
        List<ServiceTarget> everyOne = situation.target().services();
        for (int i = everyOne.size() - 1; i >= 0; i--) {
            ServiceTarget service = everyOne.get(i);
            Set<String> before = new LinkedHashSet<>(ofDependents.getOrDefault(service.name(), Set.of()));
            Set<String> handedOn = before;
            if (services.contains(service)) {
                Set<String> waits = before.isEmpty() ? new LinkedHashSet<>(after) : before;
                Collection<String> own = stopLeftovers(service, guard.apply(service), waits);
                all.addAll(own);
                handedOn = own.isEmpty() ? before : new LinkedHashSet<>(own);
            }
            Set<String> handed = handedOn;
            service.after()
                    .forEach(earlier -> ofDependents
                            .computeIfAbsent(earlier, name -> new LinkedHashSet<>())
                            .addAll(handed));
        }
        return all;
    }
}
