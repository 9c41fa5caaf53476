package io.cofferdam.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.application.Application;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a deployment does when, by a time that is moved by hand. */
@DisplayName("The times of a deployment")
class TimedRulesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration MOMENT = Duration.ofMillis(1);

    /** Longer than any test lets pass: renewals are for threads of their own, which nobody waits for here. */
    private static final Duration LEASE = Duration.ofDays(10);

    private final HandTime time = new HandTime();
    private final FakeWorkloads workloads = new FakeWorkloads();
    private final FakeRouter router = new FakeRouter();
    private final DeploymentStore store = DeploymentStore.inMemory(time);
    private final List<DeploymentEngine> engines = new ArrayList<>();

    private DeploymentEngine open() {
        DeploymentEngine opened = DeploymentEngineBuilder.forTests(workloads)
                .store(store)
                .router(router)
                .clock(time)
                .scheduler(time)
                .lease(LEASE)
                .open();
        engines.add(opened);
        return opened;
    }

    @AfterEach
    void close() {
        engines.forEach(DeploymentEngine::close);
        store.close();
        router.close();
    }

    private static Application shop(String version) {
        return Application.named("shop")
                .version(version)
                .service(
                        "web",
                        web -> web.image("shop/web:" + version).replicas(2).port(80))
                .build();
    }

    private static DeployOptions canary(Duration... times) {
        List<CanaryStep> steps = new ArrayList<>();
        for (Duration each : times) {
            steps.add(new CanaryStep(steps.isEmpty() ? 25 : 50, each));
        }
        return DeployOptions.with(StrategySettings.canary(steps));
    }

    private static void bring(DeploymentEngine engine, String version) {
        DeploymentRecord record =
                engine.deploy(shop(version), DeployOptions.defaults()).await(PATIENCE);
        assertThat(record.status()).as(record.message()).isEqualTo(DeploymentStatus.COMPLETED);
    }

    /** How long each pause of a deployment was. */
    private List<Duration> pauses(Deployment deployment) {
        List<DeploymentEvent> events = store.eventsOf(deployment.id(), 0, 1000);
        List<Duration> lengths = new ArrayList<>();
        DeploymentEvent begun = null;
        for (DeploymentEvent event : events) {
            if (event.type().equals(DeploymentEventType.PAUSED)) {
                begun = event;
            } else if (event.type().equals(DeploymentEventType.RESUMED) && begun != null) {
                lengths.add(Duration.between(begun.at(), event.at()));
            }
        }
        return lengths;
    }

    @Test
    @DisplayName("canary: each step lasts as long as it says, not a moment less")
    void canarySteps() throws Exception {
        DeploymentEngine engine = open();
        bring(engine, "1");
        Deployment deployment = engine.deploy(shop("2"), canary(Duration.ofMinutes(10), Duration.ofHours(2)));

        time.awaitScheduled(Duration.ofMinutes(10));
        time.pass(Duration.ofMinutes(10).minus(MOMENT));
        assertThat(pauses(deployment)).isEmpty();
        time.pass(MOMENT);
        time.awaitScheduled(Duration.ofHours(2));
        time.pass(Duration.ofHours(2).minus(MOMENT));
        assertThat(pauses(deployment)).containsExactly(Duration.ofMinutes(10));
        time.pass(MOMENT);

        assertThat(deployment.await(PATIENCE).status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(pauses(deployment)).containsExactly(Duration.ofMinutes(10), Duration.ofHours(2));
    }

    @Test
    @DisplayName("blue-green: blue is kept beside green as long as is said, and stopped then")
    void keepTime() throws Exception {
        DeploymentEngine engine = open();
        bring(engine, "1");
        Deployment deployment =
                engine.deploy(shop("2"), DeployOptions.with(StrategySettings.blueGreen(Duration.ofSeconds(30))));

        time.awaitScheduled(Duration.ofSeconds(30));
        time.pass(Duration.ofSeconds(30).minus(MOMENT));
        assertThat(workloads.names()).hasSize(4);
        assertThat(deployment.status()).isEqualTo(DeploymentStatus.IN_PROGRESS);
        time.pass(MOMENT);

        assertThat(deployment.await(PATIENCE).status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(workloads.names()).hasSize(2);
        assertThat(pauses(deployment)).containsExactly(Duration.ofSeconds(30));
    }

    @Test
    @DisplayName("a pause goes on at another controller for as long as is left of it")
    void takenOverInAPause() throws Exception {
        DeploymentEngine first = open();
        bring(first, "1");
        Deployment begun = first.deploy(shop("2"), canary(Duration.ofMinutes(10)));
        time.awaitScheduled(Duration.ofMinutes(10));
        time.pass(Duration.ofMinutes(4));
        first.close();

        Deployment deployment = open().find(begun.id()).orElseThrow();
        time.awaitScheduled(Duration.ofMinutes(6));
        time.pass(Duration.ofMinutes(6).minus(MOMENT));
        assertThat(pauses(deployment)).isEmpty();
        time.pass(MOMENT);

        assertThat(deployment.await(PATIENCE).status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(pauses(deployment)).containsExactly(Duration.ofMinutes(10));
    }

    @Test
    @DisplayName("a newer deployment, a cancel and a promotion end a wait at once")
    void cutShort() throws Exception {
        DeploymentEngine engine = open();
        bring(engine, "1");
        Deployment second = engine.deploy(shop("2"), canary(Duration.ofHours(1)));
        time.awaitScheduled(Duration.ofHours(1));

        bring(engine, "3");
        assertThat(second.await(PATIENCE).status()).isEqualTo(DeploymentStatus.SUPERSEDED);
        Deployment fourth = engine.deploy(shop("4"), canary(Duration.ofHours(1)));
        time.awaitScheduled(Duration.ofHours(1));
        fourth.cancel();
        assertThat(fourth.await(PATIENCE).status()).isEqualTo(DeploymentStatus.CANCELLED);
        Deployment fifth = engine.deploy(shop("5"), canary(Duration.ofHours(1)));
        time.awaitScheduled(Duration.ofHours(1));
        fifth.promote();

        assertThat(fifth.await(PATIENCE).status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(pauses(fifth)).containsExactly(Duration.ZERO);
    }

    @Test
    @DisplayName("a project whose controller is not heard of any more is taken when its lease is over, and not before")
    void takeover() {
        assertThat(store.acquire("shop", "dead", Duration.ofSeconds(10))).isPresent();
        DeploymentEngine engine = open();
        Deployment deployment = engine.deploy(shop("1"), DeployOptions.defaults());

        time.pass(Duration.ofSeconds(10).minus(MOMENT));
        assertThat(store.acquire("shop", "other", Duration.ofSeconds(10))).isEmpty();
        assertThat(deployment.status()).isEqualTo(DeploymentStatus.PENDING);
        time.pass(MOMENT);

        DeploymentRecord record = deployment.await(PATIENCE);
        assertThat(record.status()).as(record.message()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(Duration.between(record.createdAt(), record.startedAt().orElseThrow()))
                .isEqualTo(Duration.ofSeconds(10));
    }
}
