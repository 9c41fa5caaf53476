package io.cofferdam.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.workload.Condition;
import io.cofferdam.workload.Instance;
import io.cofferdam.workload.Revision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What has to be true of every strategy in every situation, tried in random ones. */
class StrategyPropertiesTest {

    private static final int SITUATIONS = 10_000;
    private static final int SEQUENCES = 3_000;

    private static final Strategy ROLLING = Strategies.rolling(RollingSettings.defaults());

    static Stream<Strategy> strategies() {
        return Stream.of(
                Strategies.recreate(),
                ROLLING,
                Strategies.rolling(new RollingSettings(Amount.of(0), Amount.of(2))),
                Strategies.rolling(new RollingSettings(Amount.percent(100), Amount.of(0))),
                Strategies.blueGreen(Duration.ofSeconds(30)),
                Strategies.canary(List.of(
                        new CanaryStep(1, Duration.ofSeconds(1)), new CanaryStep(25, null), new CanaryStep(50, null))));
    }

    /** A release with random services in a random order of dependencies. */
    private static Release release(Random random, String version, List<String> names, double sameness) {
        List<ServiceTarget> services = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Set<String> after = new HashSet<>();
            for (int j = 0; j < i; j++) {
                if (random.nextInt(3) == 0) {
                    after.add(names.get(j));
                }
            }
            int sort = random.nextInt(8);
            ServiceKind kind =
                    sort == 0 ? ServiceKind.ONE_OFF : sort == 1 ? ServiceKind.STATEFUL : ServiceKind.STATELESS;
            String hash = random.nextDouble() < sameness ? "same" : version;
            services.add(new ServiceTarget(
                    new Revision(names.get(i), hash),
                    kind == ServiceKind.ONE_OFF ? 1 : random.nextInt(6),
                    after,
                    kind,
                    kind == ServiceKind.STATELESS && random.nextBoolean(),
                    null));
        }
        return new Release(version, services);
    }

    private static List<String> names(Random random) {
        List<String> names = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            names.add("s" + i);
        }
        return names;
    }

    /** Any instances of any revisions in any condition. */
    private static World chaos(Random random, Release target, Release stable) {
        World world = new World();
        for (Release release : List.of(target, stable)) {
            for (ServiceTarget service : release.services()) {
                for (int ordinal = 1; ordinal <= 5; ordinal++) {
                    boolean there = world.instances.stream()
                            .anyMatch(instance -> instance.revision().equals(service.revision()));
                    if (random.nextInt(3) == 0 && (ordinal > 1 || !there)) {
                        add(world, random, service, ordinal);
                    }
                }
                if (service.isRouted() && random.nextInt(3) == 0) {
                    world.weights.put(service.name(), Map.of(service.revision(), 100));
                }
            }
        }
        return world;
    }

    private static void add(World world, Random random, ServiceTarget service, int ordinal) {
        boolean taken = world.instances.stream()
                .anyMatch(instance -> instance.revision().equals(service.revision()) && instance.ordinal() == ordinal);
        if (!taken) {
            Condition[] conditions = service.kind() == ServiceKind.ONE_OFF
                    ? new Condition[] {Condition.SUCCEEDED, Condition.UNAVAILABLE}
                    : new Condition[] {
                        Condition.AVAILABLE, Condition.AVAILABLE, Condition.STARTING, Condition.UNAVAILABLE
                    };
            int number = service.kind() == ServiceKind.ONE_OFF ? 1 : ordinal;
            boolean oneOffThere = world.instances.stream()
                    .anyMatch(
                            instance -> instance.revision().equals(service.revision()) && number == instance.ordinal());
            if (!oneOffThere) {
                world.instances.add(
                        new Instance(service.revision(), number, conditions[random.nextInt(conditions.length)]));
            }
        }
    }

    /** What a stable release looks like. */
    private static World settled(Release release) {
        World world = new World();
        for (ServiceTarget service : release.services()) {
            boolean once = service.kind() == ServiceKind.ONE_OFF;
            for (int ordinal = 1; ordinal <= (once ? 1 : service.replicas()); ordinal++) {
                world.instances.add(
                        new Instance(service.revision(), ordinal, once ? Condition.SUCCEEDED : Condition.AVAILABLE));
            }
        }
        return world;
    }

    private static void assertReached(World world, Release target, String context) {
        for (ServiceTarget service : target.services()) {
            boolean once = service.kind() == ServiceKind.ONE_OFF;
            assertThat(world.of(service.name()))
                    .as(context + ": " + service)
                    .hasSize(once ? 1 : service.replicas())
                    .allMatch(instance -> instance.revision().equals(service.revision()))
                    .allMatch(instance -> instance.condition() == (once ? Condition.SUCCEEDED : Condition.AVAILABLE));
            Map<Revision, Integer> shares = world.weights.getOrDefault(service.name(), Map.of());
            if (service.isRouted() && !shares.isEmpty() && service.replicas() > 0) {
                assertThat(shares.get(service.revision())).as(context).isEqualTo(100);
            }
        }
        assertThat(world.instances)
                .as(context)
                .allMatch(instance -> target.service(instance.service()).isPresent());
    }

    /** Bounds that hold before every step, whatever the strategy. */
    private static World.Witness bounds(Strategy strategy, Release target, World before) {
        List<Instance> atFirst = List.copyOf(before.instances);
        Set<String> untouched = new HashSet<>();
        Layout layout = new Layout(before.situation(target, null, false));
        target.services().forEach(service -> untouched.add(service.name()));
        layout.changed().forEach(service -> untouched.remove(service.name()));
        return (step, world) -> {
            if (step instanceof Step.StartInstance start) {
                String name = start.revision().service();
                assertThat(untouched).as("touched " + step.id()).doesNotContain(name);
                ServiceTarget service = target.service(name).orElseThrow();
                for (String earlier : service.after()) {
                    ServiceTarget other = target.service(earlier).orElseThrow();
                    long serving = other.kind() == ServiceKind.ONE_OFF
                            ? world.of(earlier).stream()
                                    .filter(instance -> instance.condition() == Condition.SUCCEEDED)
                                    .filter(instance -> instance.revision().equals(other.revision()))
                                    .count()
                            : world.available(other.revision());
                    int least = strategy instanceof Canary ? Math.min(1, other.replicas()) : wanted(other);
                    assertThat(serving).as(step.id() + " before " + other).isGreaterThanOrEqualTo(least);
                }
                if (strategy instanceof Recreate) {
                    assertThat(world.of(name))
                            .allMatch(instance -> instance.revision().equals(service.revision()));
                }
            }
            if (step instanceof Step.StopInstance || step instanceof Step.Drain) {
                assertThat(untouched)
                        .as("touched " + step.id())
                        .noneMatch(name -> step.id().contains(" " + name + "@"));
            }
            if (strategy instanceof BlueGreen || strategy instanceof Canary) {
                keepsServing(step, target, world, atFirst);
            }
        };
    }

    private static int wanted(ServiceTarget service) {
        return service.kind() == ServiceKind.ONE_OFF ? 1 : service.replicas();
    }

    /** Old instances that serve are not touched before all new ones do, and no traffic goes where nobody serves. */
    private static void keepsServing(Step step, Release target, World world, List<Instance> atFirst) {
        Revision ended = step instanceof Step.Drain drain
                ? drain.revision()
                : step instanceof Step.StopInstance stop ? stop.revision() : null;
        if (ended != null) {
            ServiceTarget service = target.service(ended.service()).orElse(null);
            boolean stateless = service != null && service.kind() == ServiceKind.STATELESS;
            boolean served =
                    atFirst.stream().anyMatch(instance -> instance.revision().equals(ended) && instance.isAvailable());
            if (stateless && served && !ended.equals(service.revision())) {
                assertThat(world.available(service.revision()))
                        .as(step.id())
                        .isGreaterThanOrEqualTo(service.replicas());
                Map<Revision, Integer> shares = world.weights.getOrDefault(service.name(), Map.of());
                assertThat(shares.getOrDefault(ended, 0))
                        .as("traffic of " + step.id())
                        .isZero();
            }
        }
        if (step instanceof Step.ShiftTraffic shift) {
            shift.weights().values().forEach(shares -> {
                int sum = shares.values().stream().mapToInt(Integer::intValue).sum();
                assertThat(shares.isEmpty() ? 100 : sum).as(step.id()).isEqualTo(100);
                shares.forEach((revision, share) -> assertThat(share == 0 || world.available(revision) > 0)
                        .as(step.id() + " to " + revision)
                        .isTrue());
            });
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("strategies")
    @DisplayName("from any situation, in any order, the plan ends with the target, and its guards hold on the way")
    void endsInTheTarget(Strategy strategy) {
        for (int seed = 0; seed < SITUATIONS; seed++) {
            Random random = new Random(seed);
            List<String> names = names(random);
            Release stable = release(random, "v1", names, 0.2);
            Release target = sameKinds(random, stable);
            World world = chaos(random, target, stable);
            Situation situation = world.situation(target, stable, random.nextInt(4) == 0);
            Plan plan = strategy.plan(situation);

            assertThat(strategy.plan(situation)).as("the same plan again").isEqualTo(plan);
            world.carryOut(plan, random, Integer.MAX_VALUE, bounds(strategy, target, world));

            assertReached(world, target, strategy.name() + ", seed " + seed);
            assertThat(strategy.plan(world.situation(target, stable, false)).steps())
                    .as("nothing left to do, seed " + seed)
                    .isEmpty();
        }
    }

    /** Another release of services of the same kinds; one may go and one may come. */
    private static Release sameKinds(Random random, Release stable) {
        List<ServiceTarget> services = new ArrayList<>();
        Set<String> kept = new HashSet<>();
        for (ServiceTarget service : stable.services()) {
            if (random.nextInt(8) > 0) {
                kept.add(service.name());
                Set<String> after = new HashSet<>(service.after());
                after.retainAll(kept);
                boolean changes = random.nextInt(3) > 0;
                services.add(new ServiceTarget(
                        changes ? new Revision(service.name(), "v2") : service.revision(),
                        service.kind() == ServiceKind.ONE_OFF || random.nextBoolean()
                                ? service.replicas()
                                : random.nextInt(6),
                        after,
                        service.kind(),
                        service.isRouted(),
                        null));
            }
        }
        if (random.nextInt(4) == 0) {
            services.add(new ServiceTarget(
                    new Revision("new", "v2"), 2, Set.copyOf(kept), ServiceKind.STATELESS, true, null));
        }
        return new Release("v2", services);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("strategies")
    @DisplayName("cut off after any step, with instances dying meanwhile, planning again leads to the target")
    void convergesFromTheMiddle(Strategy strategy) {
        for (int seed = 0; seed < SEQUENCES; seed++) {
            Random random = new Random(seed);
            Release stable = release(random, "v1", names(random), 0.2);
            Release target = sameKinds(random, stable);
            World world = settled(stable);
            for (int cut = random.nextInt(4); cut > 0; cut--) {
                Plan plan = strategy.plan(world.situation(target, stable, false));
                world.carryOut(plan, random, random.nextInt(12), bounds(strategy, target, world));
                if (!world.instances.isEmpty() && random.nextBoolean()) {
                    Instance unlucky = world.instances.get(random.nextInt(world.instances.size()));
                    if (unlucky.condition() != Condition.SUCCEEDED) {
                        world.become(unlucky.revision(), unlucky.ordinal(), Condition.UNAVAILABLE);
                    }
                }
            }
            Plan plan = strategy.plan(world.situation(target, stable, false));
            world.carryOut(plan, random, Integer.MAX_VALUE, bounds(strategy, target, world));

            assertReached(world, target, strategy.name() + ", seed " + seed);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("strategies")
    @DisplayName("a rollback from anywhere in the middle restores exactly the old release, without pauses")
    void rollbackRestoresTheOldRelease(Strategy strategy) {
        for (int seed = 0; seed < SEQUENCES; seed++) {
            Random random = new Random(seed);
            Release stable = release(random, "v1", names(random), 0.2);
            Release target = sameKinds(random, stable);
            World world = settled(stable);
            Plan forward = strategy.plan(world.situation(target, stable, false));
            world.carryOut(forward, random, random.nextInt(25), bounds(strategy, target, world));

            Plan back = strategy.plan(world.situation(stable, stable, true));
            world.carryOut(back, random, Integer.MAX_VALUE, bounds(strategy, stable, world));

            assertThat(back.steps()).noneMatch(Step.Pause.class::isInstance);
            assertReached(world, stable, strategy.name() + ", seed " + seed);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("strategies")
    @DisplayName("a first deployment is a plain start: nothing is stopped, verified or waited for")
    void firstDeployment(Strategy strategy) {
        for (int seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            Release target = release(random, "v1", names(random), 0.2);
            World world = new World();
            Plan plan = strategy.plan(world.situation(target, null, false));
            world.carryOut(plan, random, Integer.MAX_VALUE, bounds(strategy, target, world));

            assertThat(plan.steps())
                    .noneMatch(step -> step instanceof Step.StopInstance
                            || step instanceof Step.Pause
                            || step instanceof Step.Verify
                            || step instanceof Step.ShiftTraffic);
            assertReached(world, target, strategy.name() + ", seed " + seed);
        }
    }
}
