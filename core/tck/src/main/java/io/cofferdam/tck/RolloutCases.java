package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.application.Application;
import io.cofferdam.application.Dependency;
import io.cofferdam.deployment.Amount;
import io.cofferdam.deployment.CanaryStep;
import io.cofferdam.deployment.DeployOptions;
import io.cofferdam.deployment.Deployment;
import io.cofferdam.deployment.DeploymentEvent;
import io.cofferdam.deployment.DeploymentEventType;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.deployment.Plan;
import io.cofferdam.deployment.RollingSettings;
import io.cofferdam.deployment.Step;
import io.cofferdam.deployment.StrategySettings;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.workload.InstanceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rollouts: four strategies from one release to the next. */
abstract class RolloutCases extends DeploymentCases {

    @Test
    @DisplayName("first: everything is started in dependency order, and the record tells of it")
    void first() {
        Deployment deployment = deployments().deploy(shop("1", WELL), ROLLING);

        DeploymentRecord record = deployment.await(patience());

        assertThat(record.status()).as(record.message()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(record.progress()).isEqualTo(100);
        assertThat(record.isStable()).isTrue();
        assertThat(versions("web")).containsExactly("1", "1");
        List<String> started = store().eventsOf(record.id(), 0, 1000).stream()
                .filter(event -> event.type().equals(DeploymentEventType.INSTANCE_STARTED)
                        || event.type().equals(DeploymentEventType.INSTANCE_AVAILABLE))
                .map(event -> event.type() + " " + event.service())
                .toList();
        assertThat(started)
                .startsWith(
                        DeploymentEventType.INSTANCE_STARTED + " api", DeploymentEventType.INSTANCE_AVAILABLE + " api");
        assertThat(deployments().stable(project()))
                .hasValueSatisfying(stable -> assertThat(stable.version()).isEqualTo("1"));
    }

    @Test
    @DisplayName("again: the same release changes nothing")
    void again() {
        bringWell(shop("1", WELL));
        Map<String, String> before = units("web");

        DeploymentRecord record = bring(shop("1", WELL), ROLLING);

        assertThat(record.status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(units("web")).isEqualTo(before);
        assertThat(types(record)).doesNotContain(DeploymentEventType.SERVICE_UPDATING);
    }

    @Test
    @DisplayName("rolling: one more at a time, and a service that stays the same is not touched")
    void rolling() {
        bringWell(shop("1", WELL));
        Map<String, String> api = units("api");

        DeploymentRecord record = bring(
                shop("2", WELL),
                DeployOptions.with(StrategySettings.rolling(new RollingSettings(Amount.of(1), Amount.of(0)))));

        assertThat(record.status()).as(record.message()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(versions("web")).containsExactly("2", "2");
        assertThat(units("api")).isEqualTo(api);
        assertThat(mostAtOnce(record)).isLessThanOrEqualTo(3);
    }

    /** From the events: how many instances of the web there were at the most. */
    private int mostAtOnce(DeploymentRecord record) {
        int count = 2;
        int most = count;
        for (DeploymentEvent event : store().eventsOf(record.id(), 0, 1000)) {
            count += event.type().equals(DeploymentEventType.INSTANCE_STARTED) ? 1 : 0;
            count -= event.type().equals(DeploymentEventType.INSTANCE_STOPPED) ? 1 : 0;
            most = Math.max(most, count);
        }
        return most;
    }

    @Test
    @DisplayName("recreate: nothing new is started before everything old that changes is gone")
    void recreate() {
        bringWell(shop("1", WELL));

        DeploymentRecord record = bring(shop("2", WELL), RECREATE);

        assertThat(record.status()).as(record.message()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(versions("web")).containsExactly("2", "2");
        List<String> types = types(record);
        assertThat(types.lastIndexOf(DeploymentEventType.INSTANCE_STOPPED))
                .isLessThan(types.indexOf(DeploymentEventType.INSTANCE_STARTED));
        assertThat(types).contains(DeploymentEventType.SERVICES_STOPPED, DeploymentEventType.SERVICES_STARTED);
    }

    @Test
    @DisplayName("blue-green: all of green is available before anything of blue is stopped")
    void blueGreen() {
        bringWell(shop("1", WELL));

        DeploymentRecord record = bring(shop("2", WELL), BLUE_GREEN);

        assertThat(record.status()).as(record.message()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(versions("web")).containsExactly("2", "2");
        List<String> types = types(record);
        assertThat(types.lastIndexOf(DeploymentEventType.INSTANCE_AVAILABLE))
                .isLessThan(types.indexOf(DeploymentEventType.INSTANCE_STOPPED));
        assertThat(types).contains(DeploymentEventType.GREEN_STARTED);
    }

    @Test
    @DisplayName("blue-green: names still resolve afterwards, for what changed and for what did not")
    void namesAfterASwitch() {
        bringWell(shop("1", WELL));
        bring(shop("2", WELL), BLUE_GREEN);
        bring(shop("3", WELL), BLUE_GREEN);

        String web = instances("web").get(0).name();
        String api = instances("api").get(0).name();
        if (has(Capability.NAME_RESOLUTION)) {
            assertThat(resolves(web, "api")).isTrue();
            assertThat(resolves(api, "web")).isTrue();
        }
        assertThat(versions("web")).containsExactly("3", "3");
    }

    @Test
    @DisplayName(
            "blue-green: while both are there, names lead each of them to its own, and what did not change to both")
    void ownNames() {
        if (!has(Capability.NAME_RESOLUTION)) {
            return;
        }
        bringWell(named("1"));
        Deployment deployment =
                deployments().deploy(named("2"), DeployOptions.with(StrategySettings.blueGreen(Duration.ofMinutes(5))));
        await(deployment, record -> record.message().contains("before the old instances are stopped"));

        for (String version : List.of("1", "2")) {
            String web = named("web", version);
            assertThat(answers(web, "api")).containsOnly(version);
        }
        assertThat(answers(instances("tool").get(0).name(), "api")).isSubsetOf("1", "2");

        deployment.cancel();
        assertThat(deployment.await(patience()).status()).isEqualTo(DeploymentStatus.CANCELLED);
        assertThat(answers(instances("tool").get(0).name(), "api")).containsOnly("1");
        assertThat(bring(named("3"), BLUE_GREEN).status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(answers(instances("tool").get(0).name(), "api")).containsOnly("3");
        assertThat(answers(named("web", "3"), "api")).containsOnly("3");
    }

    /** An api that answers with its version, a web of the same version, and a tool that stays the same. */
    private Application named(String version) {
        return application()
                .version(version)
                .service(service(
                                "api",
                                programs()
                                        .web(8080)
                                        .port(8080)
                                        .env("GREETING", version)
                                        .env("VERSION", version)
                                        .readyWhen(Readiness.http(8080, "/")))
                        .replicas(1))
                .service(checked("web", version, WELL))
                .service(checked("tool", "same", WELL))
                .build();
    }

    private String named(String service, String version) {
        return instances(service).stream()
                .map(InstanceStatus::name)
                .filter(name ->
                        version.equals(environments().get(name).spec().env().get("VERSION")))
                .findFirst()
                .orElseThrow();
    }

    /** What a service answers when it is asked by its name several times. */
    private Set<String> answers(String instance, String service) {
        Set<String> answers = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            ExecResult result = environments()
                    .get(instance)
                    .exec(programs().fetch(service, 8080).toArray(String[]::new));
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            answers.add(result.stdout().strip());
        }
        return answers;
    }

    private boolean resolves(String instance, String name) {
        return environments()
                        .get(instance)
                        .exec(programs().resolve(name).toArray(String[]::new))
                        .exitCode()
                == 0;
    }

    @Test
    @DisplayName("blue-green: a service with a named volume that changes is refused, and nothing has changed")
    void volumesAreNotDoubled() {
        bringWell(withVolume("1"));
        Map<String, String> before = units("db");

        DeploymentRecord record = bring(withVolume("2"), BLUE_GREEN);

        assertThat(record.status()).isEqualTo(DeploymentStatus.ROLLED_BACK);
        assertThat(record.message()).contains("named volumes");
        assertThat(units("db")).isEqualTo(before);
        assertThat(bring(withVolume("2"), ROLLING).status()).isEqualTo(DeploymentStatus.COMPLETED);
    }

    private Application withVolume(String version) {
        return application()
                .version(version)
                .service(checked("db", version, WELL).mount(Mount.volume("data", "/data")))
                .build();
    }

    @Test
    @DisplayName("canary: a part of the instances beside all old ones, until it is promoted")
    void canary() {
        bringWell(shop("1", WELL));
        Deployment deployment = deployments()
                .deploy(
                        shop("2", WELL),
                        DeployOptions.with(StrategySettings.canary(List.of(new CanaryStep(50, null)))));
        await(deployment, record -> record.status() == DeploymentStatus.PAUSED);

        assertThat(versions("web")).containsExactly("1", "1", "2");
        deployment.promote();

        assertThat(deployment.await(patience()).status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(versions("web")).containsExactly("2", "2");
    }

    @Test
    @DisplayName("canary: a stage with a time ends by itself")
    void timedCanary() {
        bringWell(shop("1", WELL));

        DeploymentRecord record = bring(
                shop("2", WELL),
                DeployOptions.with(StrategySettings.canary(List.of(new CanaryStep(50, Duration.ofMillis(200))))));

        assertThat(record.status()).as(record.message()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(versions("web")).containsExactly("2", "2");
    }

    @Test
    @DisplayName("a service that the release has no more is removed, one that is new is started")
    void servicesComeAndGo() {
        bringWell(shop("1", WELL));
        Application without = application()
                .version("2")
                .service(checked("api", "same", WELL))
                .service(checked("worker", "2", WELL))
                .build();

        bringWell(without);

        assertThat(instances("web")).isEmpty();
        assertThat(instances("worker")).hasSize(1);
    }

    @Test
    @DisplayName("a task runs once for each content, before what depends on it")
    void task() {
        bringWell(withTask("1", "exit 0"));
        Map<String, String> task = units("migrate");
        bringWell(withTask("1", "exit 0").toBuilder()
                .change("web", web -> web.env("A", "b"))
                .build());

        assertThat(units("migrate")).isEqualTo(task);
        DeploymentRecord failed = bring(withTask("2", "echo no; exit 3"), ROLLING);
        assertThat(failed.status()).isEqualTo(DeploymentStatus.ROLLED_BACK);
        assertThat(failed.message()).contains("3");
        assertThat(versions("web")).containsExactly("1");
    }

    private Application withTask(String version, String script) {
        return application()
                .version(version)
                .service(script("migrate", "echo " + version + "; " + script))
                .service(checked("web", version, WELL)
                        .dependsOn(Dependency.on("migrate").when(Dependency.Condition.COMPLETED)))
                .build();
    }

    @Test
    @DisplayName("minReady: an instance counts as available only after it was ready for that long")
    void minReady() {
        DeploymentRecord record = bring(shop("1", WELL), ROLLING.minReady(Duration.ofMillis(700)));

        DeploymentEvent available = store().eventsOf(record.id(), 0, 1000).stream()
                .filter(event -> event.type().equals(DeploymentEventType.INSTANCE_AVAILABLE))
                .findFirst()
                .orElseThrow();
        Instant started =
                instances(available.service()).get(0).environment().startedAt().orElseThrow();
        assertThat(Duration.between(started, available.at())).isGreaterThanOrEqualTo(Duration.ofMillis(700));
    }

    @Test
    @DisplayName("plan: shows what would be done, and does nothing")
    void plan() {
        bringWell(shop("1", WELL));
        Map<String, String> before = units("web");

        Plan plan = deployments().plan(shop("2", WELL), ROLLING);

        assertThat(plan.steps())
                .filteredOn(step -> step instanceof Step.StartInstance)
                .hasSize(2);
        assertThat(plan.steps())
                .filteredOn(step -> step instanceof Step.StopInstance)
                .hasSize(2);
        assertThat(units("web")).isEqualTo(before);
        assertThat(deployments().plan(shop("1", WELL), ROLLING).isEmpty()).isTrue();
    }

    @Test
    @DisplayName("events: numbered without a gap, and progress that never falls")
    void events() {
        bringWell(shop("1", WELL));
        bringWell(shop("2", WELL));

        List<DeploymentEvent> events = deployments().events(project(), 0, 1000);

        assertThat(events.stream().map(DeploymentEvent::sequence))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, events.size()).boxed().toList());
        assertThat(events).extracting(DeploymentEvent::project).containsOnly(project());
    }

    @Test
    @DisplayName("what the engine cannot run is told with every reason, and nothing is started")
    void impossible() {
        Application application = application()
                .service(service("one", EnvironmentSpec.image("cofferdam.invalid/none:1")))
                .build();

        DeploymentRecord record = bring(application, ROLLING);

        assertThat(record.status()).isEqualTo(DeploymentStatus.FAILED);
        assertThat(record.message()).contains("one");
        assertThat(instances("one")).isEmpty();
        assertThatThrownBy(() -> deployments().deploy(shop("1", WELL), DeployOptions.with(StrategySettings.named("x"))))
                .isInstanceOf(InvalidInputException.class);
    }
}
