package io.cofferdam.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.workload.Condition;
import io.cofferdam.workload.Instance;
import io.cofferdam.workload.Revision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PlanTest {

    private static final Revision OLD = new Revision("web", "1");
    private static final Revision NEW = new Revision("web", "2");

    private static ServiceTarget service(Revision revision, int replicas, String... after) {
        return new ServiceTarget(revision, replicas, Set.of(after), ServiceKind.STATELESS, true, null);
    }

    private static Instance available(Revision revision, int ordinal) {
        return new Instance(revision, ordinal, Condition.AVAILABLE);
    }

    private static Situation situation(List<Instance> instances, ServiceTarget... services) {
        World world = new World();
        world.instances.addAll(instances);
        return world.situation(new Release("2", List.of(services)), null, false);
    }

    private static List<String> ids(Plan plan) {
        return plan.steps().stream().map(Step::id).toList();
    }

    @Test
    @DisplayName("of percentages a surge is rounded up and what may be missing down; never do both become 0")
    void rounding() {
        RollingSettings quarter = RollingSettings.defaults();
        assertThat(List.of(1, 2, 4, 5, 9, 10)).extracting(quarter::surge).containsExactly(1, 1, 1, 2, 3, 3);
        assertThat(List.of(1, 2, 4, 5, 9, 10)).extracting(quarter::unavailable).containsExactly(0, 0, 1, 1, 2, 2);
        RollingSettings little = new RollingSettings(Amount.of(0), Amount.percent(10));
        assertThat(little.unavailable(5)).isEqualTo(1);
        assertThat(little.unavailable(25)).isEqualTo(2);
        assertThat(Amount.parse("25%")).isEqualTo(Amount.percent(25)).hasToString("25%");
        assertThat(Amount.parse("3")).isEqualTo(Amount.of(3)).hasToString("3");
        assertThatThrownBy(() -> Amount.parse("-1")).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> new RollingSettings(Amount.of(0), Amount.percent(0)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no instance could be replaced");
    }

    @Test
    @DisplayName("rolling with one more and none fewer: each old instance waits for a new one of its own")
    void rollout() {
        Plan plan = Rollout.expand(
                new Step.RollService(service(NEW, 2), 1, 0), List.of(available(OLD, 1), available(OLD, 2)));

        assertThat(PlanFormat.text(plan)).isEqualTo("""
                1. start web@2#1
                2. await web@2#1  (after 1)
                3. drain web@1#1  (after 2)
                4. stop web@1#1  (after 3)
                5. start web@2#2  (after 4)
                6. await web@2#2  (after 5)
                7. drain web@1#2  (after 6)
                8. stop web@1#2  (after 7)
                """);
    }

    @Test
    @DisplayName("a broken old release does not block its fix: what does not serve is stopped first, for nothing")
    void brokenOldRelease() {
        Plan plan = Rollout.expand(
                new Step.RollService(service(NEW, 2), 0, 1),
                List.of(new Instance(OLD, 1, Condition.UNAVAILABLE), new Instance(OLD, 2, Condition.UNAVAILABLE)));

        assertThat(PlanFormat.text(plan)).isEqualTo("""
                1. stop web@1#1
                2. stop web@1#2
                3. start web@2#1  (after 1)
                4. await web@2#1  (after 3)
                5. start web@2#2  (after 2)
                6. await web@2#2  (after 5)
                """);
    }

    @Test
    @DisplayName("the guard of a stop does not hold any more when another instance has died meanwhile")
    void brokenGuard() {
        List<Instance> world = new ArrayList<>(List.of(available(OLD, 1), available(OLD, 2), available(NEW, 1)));
        Step stop = Rollout.expand(new Step.RollService(service(NEW, 2), 1, 0), world).steps().stream()
                .filter(Step.Drain.class::isInstance)
                .findFirst()
                .orElseThrow();
        assertThat(stop.guard().holds(world)).isTrue();

        world.set(2, world.get(2).in(Condition.UNAVAILABLE));

        assertThat(stop.guard().holds(world)).isFalse();
    }

    @Test
    @DisplayName("the guard of a start does not hold any more when somebody else has started one meanwhile")
    void noRoom() {
        List<Instance> world = new ArrayList<>(List.of(available(OLD, 1)));
        Step start = Rollout.expand(new Step.RollService(service(NEW, 1), 1, 0), world)
                .steps()
                .get(0);
        assertThat(start.guard().holds(world)).isTrue();

        world.add(new Instance(NEW, 7, Condition.STARTING));

        assertThat(start.guard().holds(world)).isFalse();
    }

    @Test
    @DisplayName("blue-green: all new ones first, one switch, verified on both sides, and the old ones after the wait")
    void blueGreen() {
        Revision api = new Revision("api", "2");
        Plan plan = Strategies.blueGreen(Duration.ofSeconds(30))
                .plan(situation(
                        List.of(available(OLD, 1), available(new Revision("api", "1"), 1)),
                        service(NEW, 1, "api"),
                        service(api, 1)));

        assertThat(ids(plan))
                .containsExactly(
                        "shift api@1=100% web@1=100%",
                        "start api@2#1",
                        "await api@2#1",
                        "start web@2#1",
                        "await web@2#1",
                        "verify before the switch",
                        "shift api@2=100% web@2=100%",
                        "verify through the router",
                        "verify after the switch",
                        "pause before the old instances are stopped",
                        "drain web@1#1",
                        "stop web@1#1",
                        "drain api@1#1",
                        "stop api@1#1");
    }

    @Test
    @DisplayName("blue-green: back within the wait is nothing but a switch and the stop of the new ones")
    void rollbackWithinTheWait() {
        World world = new World();
        world.instances.addAll(List.of(available(OLD, 1), available(NEW, 1)));
        world.weights.put("web", Map.of(NEW, 100));
        Release old = new Release("1", List.of(service(OLD, 1)));

        Plan plan = Strategies.blueGreen(Duration.ofSeconds(30)).plan(world.situation(old, old, true));

        assertThat(ids(plan)).containsExactly("shift web@1=100%", "drain web@2#1", "stop web@2#1");
    }

    @Test
    @DisplayName("blue-green: a service with named volumes that changes is refused, with what to do")
    void blueGreenOfAVolume() {
        ServiceTarget database = new ServiceTarget(NEW, 1, Set.of(), ServiceKind.STATEFUL, false, null);

        assertThat(Strategies.blueGreen(Duration.ZERO).check(situation(List.of(available(OLD, 1)), database)))
                .singleElement()
                .asString()
                .contains("services.web", "named volumes", "recreate or rolling");
    }

    @Test
    @DisplayName("canary: the number of new instances follows the share, all old ones stay until the end")
    void canary() {
        List<Instance> old = List.of(available(OLD, 1), available(OLD, 2), available(OLD, 3), available(OLD, 4));
        Plan plan = Strategies.canary(List.of(new CanaryStep(5, Duration.ofMinutes(1)), new CanaryStep(50, null)))
                .plan(situation(old, service(NEW, 4)));

        assertThat(ids(plan))
                .containsSubsequence(
                        "shift web@1=100%",
                        "start web@2#1",
                        "shift web@1=95% web@2=5%",
                        "pause 1 of 2 at 5%",
                        "start web@2#2",
                        "shift web@1=50% web@2=50%",
                        "pause 2 of 2 at 50%",
                        "start web@2#3",
                        "start web@2#4",
                        "shift web@2=100%",
                        "drain web@1#1");
        assertThat(PlanFormat.text(plan)).contains("wait 60.0 s: 1 of 2 at 5%", "wait to be promoted: 2 of 2 at 50%");
    }

    @Test
    @DisplayName("canary: aborting takes all traffic away from the new instances before any is stopped")
    void abort() {
        World world = new World();
        world.instances.addAll(List.of(available(OLD, 1), available(NEW, 1)));
        world.weights.put("web", Map.of(OLD, 90, NEW, 10));
        Release old = new Release("1", List.of(service(OLD, 1)));

        Plan plan = Strategies.canary(List.of(new CanaryStep(10, null))).plan(world.situation(old, old, true));

        assertThat(ids(plan)).containsExactly("shift web@1=100%", "drain web@2#1", "stop web@2#1");
    }

    @Test
    @DisplayName("what serves as it should is not touched, and depends-on reaches through it")
    void unchangedBetween() {
        Revision database = new Revision("db", "2");
        Revision api = new Revision("api", "1");
        Plan plan = Strategies.rolling(RollingSettings.defaults())
                .plan(situation(
                        List.of(available(api, 1)),
                        service(NEW, 1, "api"),
                        new ServiceTarget(api, 1, Set.of("db"), ServiceKind.STATELESS, false, null),
                        service(database, 1)));

        assertThat(ids(plan)).containsExactly("roll db@2", "roll web@2");
        assertThat(plan.needs(plan.steps().get(1))).containsExactly("roll db@2");
    }

    @Test
    @DisplayName("a plan is shown as text, as JSON and as a Mermaid chart")
    void shown() {
        Plan plan = Strategies.recreate().plan(situation(List.of(available(OLD, 1)), service(NEW, 1)));

        assertThat(PlanFormat.text(plan)).isEqualTo("""
                1. drain web@1#1
                2. stop web@1#1  (after 1)
                3. services stopped  (after 2)
                4. start web@2#1  (after 3)
                5. await web@2#1  (after 4)
                """);
        assertThat(PlanFormat.json(plan))
                .startsWith("{\"steps\":[{\"id\":\"drain web@1#1\",\"does\":\"drain web@1#1\",\"after\":[]}");
        assertThat(PlanFormat.mermaid(plan)).startsWith("""
                flowchart TD
                    s1["drain web@1#1"]
                """).contains("    s1 --> s2\n");
        assertThat(PlanFormat.text(Plan.builder().build())).startsWith("nothing to do");
    }

    @Test
    @DisplayName("services that come after each other in a circle, or after none of the release, are told")
    void circles() {
        assertThatThrownBy(() -> new Release("1", List.of(service(NEW, 1, "api"))))
                .hasMessageContaining("'web' comes after 'api'");
        assertThatThrownBy(() ->
                        new Release("1", List.of(service(NEW, 1, "api"), service(new Revision("api", "1"), 1, "web"))))
                .hasMessageContaining("in a circle: web, api");
    }
}
