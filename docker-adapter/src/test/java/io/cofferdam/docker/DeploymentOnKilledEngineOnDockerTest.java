package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.Cofferdam;
import io.cofferdam.application.Application;
import io.cofferdam.application.Service;
import io.cofferdam.application.ServiceBuilder;
import io.cofferdam.deployment.CanaryStep;
import io.cofferdam.deployment.DeployOptions;
import io.cofferdam.deployment.Deployment;
import io.cofferdam.deployment.DeploymentEngine;
import io.cofferdam.deployment.DeploymentEvent;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.deployment.StrategySettings;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Probe;
import io.cofferdam.workload.Condition;
import io.cofferdam.workload.InstanceStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a deployment when the engine dies under it, at any of its events, on an engine that may be killed. */
@OnDocker
@Timeout(600)
class DeploymentOnKilledEngineOnDockerTest {

    private static final String IMAGE = "cofferdam-test/busybox:2";
    private static final String PROJECT = "killed";
    private static final Duration CALL = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Each release here has at least as many before its end. */
    private static final int LATEST_EVENT = 8;

    private static final int REPLICAS = 2;

    /** More than one look for many kills in a row. */
    private static final int KILLS = Integer.getInteger("cofferdam.test.kills", 1);

    private static PrivateEngine engine;

    @BeforeAll
    static void start() throws Exception {
        engine = PrivateEngine.start();
        engine.copyImage(IMAGE);
    }

    @AfterAll
    static void end() throws Exception {
        if (engine != null) {
            engine.close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"recreate", "rolling", "blue-green", "canary"})
    @DisplayName("an engine that dies in the middle of a release: it ends, with every instance there once and no other")
    void killedInTheMiddle(String strategy) throws Exception {
        for (int kill = 0; kill < KILLS; kill++) {
            CountDownLatch events = new CountDownLatch(1 + new Random().nextInt(LATEST_EVENT));
            long which = events.getCount();
            EngineConfig config = EngineConfig.builder()
                    .host(engine.address())
                    .callTimeout(CALL)
                    .build();
            try (Orchestrator orchestrator = Cofferdam.open(DockerProvider.NAME, config);
                    DeploymentStore store = DeploymentStore.inMemory();
                    DeploymentEngine deployments =
                            DeploymentEngine.on(orchestrator).store(store).open()) {
                deployments.deploy(release("1"), options("recreate")).await(PATIENCE);
                Deployment second = deployments.deploy(release("2"), options(strategy));
                try (AutoCloseable following = second.follow(event -> events.countDown())) {
                    assertThat(events.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                            .as("events to %s", following)
                            .isTrue();
                }
                engine.kill();
                engine.startAgain();
                DeploymentRecord end = second.await(PATIENCE);

                String what = strategy + " killed after event " + which + ": " + end.status() + " " + end.message();
                assertThat(end.status()).as(what).isIn(DeploymentStatus.COMPLETED, DeploymentStatus.ROLLED_BACK);
                String version = end.status() == DeploymentStatus.COMPLETED ? "2" : "1";
                assertInstances(what, orchestrator, deployments, version);
                assertEvents(what, store);
                deployments.remove(PROJECT, true, options("recreate")).await(PATIENCE);
                assertThat(orchestrator.environments().statuses(LabelSelector.having("io.cofferdam.project")))
                        .as(what)
                        .isEmpty();
            }
        }
    }

    private static void assertInstances(
            String what, Orchestrator orchestrator, DeploymentEngine deployments, String version) {
        Map<String, Integer> expected = new TreeMap<>();
        var wanted = orchestrator.workloads().prepare(release(version), message -> {}, PATIENCE);
        for (String service : List.of("base", "api", "web")) {
            expected.put(wanted.revision(service).toString(), REPLICAS);
        }
        List<InstanceStatus> there = deployments.instances(PROJECT);
        Map<String, Integer> counts = new TreeMap<>();
        there.forEach(instance -> counts.merge(instance.revision().toString(), 1, Integer::sum));

        assertThat(counts).as(what).isEqualTo(expected);
        assertThat(there)
                .as(what)
                .allSatisfy(
                        instance -> assertThat(instance.instance().condition()).isEqualTo(Condition.AVAILABLE));
    }

    private static void assertEvents(String what, DeploymentStore store) {
        List<DeploymentEvent> events = store.events(PROJECT, 0, Integer.MAX_VALUE);

        assertThat(events.stream().map(DeploymentEvent::sequence).toList())
                .as(what)
                .isEqualTo(LongStream.rangeClosed(1, events.size()).boxed().toList());
        assertThat(store.unfinished(PROJECT)).as(what).isEmpty();
    }

    private static DeployOptions options(String strategy) {
        Duration moment = Duration.ofMillis(300);
        StrategySettings settings = switch (strategy) {
            case "blue-green" -> StrategySettings.blueGreen(moment);
            case "canary" -> StrategySettings.canary(List.of(new CanaryStep(50, moment)));
            default -> StrategySettings.named(strategy);
        };
        return DeployOptions.with(settings).drain(Duration.ZERO).progressDeadline(Duration.ofMinutes(1));
    }

    private static Application release(String version) {
        return Application.named(PROJECT)
                .version(version)
                .service(service("base", "same"))
                .service(service("api", version).dependsOn("base"))
                .service(service("web", version).dependsOn("api"))
                .build();
    }

    private static ServiceBuilder service(String name, String version) {
        return Service.named(name)
                .template(EnvironmentSpec.image(IMAGE)
                        .withCommand("sh", "-c", "touch /tmp/well; trap 'exit 0' TERM; sleep 3600 & wait")
                        .env("VERSION", version)
                        .stopGrace(Duration.ofSeconds(2))
                        .build())
                .healthCheck(HealthCheck.of(Probe.command("test", "-f", "/tmp/well"))
                        .withInterval(Duration.ofMillis(500))
                        .withRetries(2))
                .replicas(REPLICAS);
    }
}
