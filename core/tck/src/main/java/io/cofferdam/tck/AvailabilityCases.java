package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.RestartPolicy;
import io.cofferdam.error.NotReadyException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.workload.Blueprint;
import io.cofferdam.workload.Condition;
import io.cofferdam.workload.InstanceStatus;
import io.cofferdam.workload.Workloads;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When instances are available, when they never will be, and who is told. */
abstract class AvailabilityCases extends WorkloadCases {

    private static final HealthCheck BY_FILE = HealthCheck.of(Probe.command("test", "-f", "ok"))
            .withInterval(Duration.ofMillis(100))
            .withRetries(2);

    @Test
    @DisplayName("minReady: it is starting until it has been ready for that long")
    void minReady() {
        Blueprint blueprint = blueprint(script("web", IDLE));
        Duration long_ = Duration.ofMinutes(5);
        InstanceStatus started = start(blueprint);
        assertThat(condition(long_)).isEqualTo(Condition.STARTING);

        Duration minReady = Duration.ofMillis(700);
        InstanceStatus available = workloads().awaitAvailable(blueprint, 1, minReady, patience());

        assertThat(Duration.between(started.environment().startedAt().orElseThrow(), now()))
                .isGreaterThanOrEqualTo(minReady);
        assertThat(available.instance().isAvailable()).isTrue();
        assertThat(condition(minReady)).isEqualTo(Condition.AVAILABLE);
        assertThat(condition(long_)).isEqualTo(Condition.STARTING);
    }

    @Test
    @DisplayName("health check: starting until it says yes, unavailable when it says no")
    void healthCheck() {
        Blueprint blueprint =
                blueprint(script("web", IDLE).healthCheck(BY_FILE.withStartPeriod(Duration.ofMinutes(10))));
        InstanceStatus started = start(blueprint);
        assertThat(condition(AT_ONCE)).isEqualTo(Condition.STARTING);

        sh(environment(started), "touch ok");
        workloads().awaitAvailable(blueprint, 1, AT_ONCE, patience());
        assertThat(condition(AT_ONCE)).isEqualTo(Condition.AVAILABLE);

        sh(environment(started), "rm ok");
        eventually("it is unavailable", () -> condition(AT_ONCE) == Condition.UNAVAILABLE);
    }

    @Test
    @DisplayName("awaitAvailable: an end that nobody mends is told at once, with exit code and last lines")
    void ended() {
        Blueprint blueprint = blueprint(service("web", programs().shell("echo no database; exit 3"))
                .instances(spec -> spec.readyWhen(Readiness.log("never"))));
        start(blueprint);

        NotReadyException failure = catchThrowableOfType(
                NotReadyException.class, () -> workloads().awaitAvailable(blueprint, 1, AT_ONCE, patience()));

        assertThat(failure.exitCode()).hasValue(3);
        assertThat(failure.lastLogLines()).containsExactly("no database");
        assertThat(failure).hasMessageContaining("exit code 3").hasMessageContaining("no database");
        assertThat(condition(AT_ONCE)).isEqualTo(Condition.UNAVAILABLE);
    }

    @Test
    @DisplayName("awaitAvailable: a crash loop is noticed after three restarts")
    void crashLoop() {
        Blueprint blueprint = blueprint(script("web", "echo again; exit 7").restart(RestartPolicy.always()));
        start(blueprint);

        NotReadyException failure = catchThrowableOfType(
                NotReadyException.class,
                () -> workloads().awaitAvailable(blueprint, 1, Duration.ofMinutes(1), patience()));

        assertThat(failure.exitCode()).hasValue(7);
        assertThat(failure).hasMessageContaining("again");
        assertThat(failure).hasMessageContaining("times");
    }

    @Test
    @DisplayName("awaitAvailable: an unhealthy one is noticed, with the last answer of its check")
    void unhealthy() {
        Blueprint blueprint = blueprint(script("web", "echo I am broken; " + IDLE)
                .healthCheck(HealthCheck.of(Probe.command("sh", "-c", "echo no queue; exit 1"))
                        .withInterval(Duration.ofMillis(100))
                        .withRetries(2)));
        start(blueprint);

        NotReadyException failure = catchThrowableOfType(
                NotReadyException.class, () -> workloads().awaitAvailable(blueprint, 1, AT_ONCE, patience()));

        assertThat(failure).hasMessageContaining("unhealthy").hasMessageContaining("no queue");
        assertThat(failure.lastLogLines()).containsExactly("I am broken");
    }

    @Test
    @DisplayName("minReady: one that ends and comes back begins anew")
    void flapping() {
        Blueprint blueprint = blueprint(script(
                        "web",
                        "test -f vol/twice && { echo stable; exec sleep 3600; };"
                                + " test -f vol/once && touch vol/twice; touch vol/once; sleep 0.3; exit 1")
                .volume("data", "/vol")
                .restart(RestartPolicy.always()));
        start(blueprint);
        Duration minReady = Duration.ofSeconds(1);

        InstanceStatus available = workloads().awaitAvailable(blueprint, 1, minReady, patience());

        assertThat(available.environment().restarts()).isEqualTo(2);
        assertThat(stdout(environment(available))).contains("stable");
        Instant lastStart = available.environment().startedAt().orElseThrow();
        assertThat(Duration.between(lastStart, now())).isGreaterThanOrEqualTo(minReady);
    }

    @Test
    @DisplayName("awaitAvailable: what takes too long is a timeout with the last lines")
    void timeout() {
        Blueprint blueprint = blueprint(service(
                "web", programs().shell("echo waiting for godot; " + IDLE).readyWhen(Readiness.log("godot came"))));
        start(blueprint);

        OperationTimeoutException late = catchThrowableOfType(
                OperationTimeoutException.class,
                () -> workloads().awaitAvailable(blueprint, 1, AT_ONCE, Duration.ofMillis(500)));

        assertThat(late).hasMessageContaining("waiting for godot");
        assertThat(workloads().list(project(), AT_ONCE))
                .singleElement()
                .satisfies(status -> assertThat(status.environment().state()).isEqualTo(EnvironmentState.RUNNING));
    }

    @Test
    @DisplayName("runOnce: succeeds once, and is not run again")
    void runOnce() {
        Blueprint blueprint =
                blueprint(script("migrate", "echo done >> vol/log").volume("data", "/vol"));

        InstanceStatus first = workloads().runOnce(blueprint, patience());
        InstanceStatus again = workloads().runOnce(blueprint, patience());

        assertThat(first.instance().condition()).isEqualTo(Condition.SUCCEEDED);
        assertThat(again.environment().id()).isEqualTo(first.environment().id());
        assertThat(condition(AT_ONCE)).isEqualTo(Condition.SUCCEEDED);
        assertThat(again.environment().startedAt())
                .isEqualTo(first.environment().startedAt());
    }

    @Test
    @DisplayName("runOnce: a failure carries exit code and last lines, and is run again the next time")
    void runOnceFails() {
        Blueprint blueprint =
                blueprint(script("migrate", "test -f vol/second && exit 0; touch vol/second; echo no table; exit 4")
                        .volume("data", "/vol"));

        NotReadyException failure =
                catchThrowableOfType(NotReadyException.class, () -> workloads().runOnce(blueprint, patience()));

        assertThat(failure.exitCode()).hasValue(4);
        assertThat(failure.lastLogLines()).containsExactly("no table");
        assertThat(condition(AT_ONCE)).isEqualTo(Condition.UNAVAILABLE);
        assertThat(workloads().runOnce(blueprint, patience()).instance().condition())
                .isEqualTo(Condition.SUCCEEDED);
    }

    @Test
    @DisplayName("runOnce: what takes too long is stopped")
    void runOnceTooLong() {
        Blueprint blueprint = blueprint(script("migrate", "echo thinking; " + IDLE));

        OperationTimeoutException late = catchThrowableOfType(
                OperationTimeoutException.class,
                () -> workloads()
                        .runOnce(
                                blueprint,
                                Duration.ofMillis(1500).plus(subject().startup())));

        assertThat(late).hasMessageContaining("thinking");
        assertThat(left())
                .singleElement()
                .satisfies(status -> assertThat(status.state()).isEqualTo(EnvironmentState.EXITED));
    }

    @Test
    @DisplayName("watch: told of a start, an end by somebody else, and a removal")
    void watch() throws Exception {
        Blueprint blueprint = blueprint(script("web", IDLE));
        Semaphore told = new Semaphore(0);
        AutoCloseable watch = workloads().watch(project(), told::release);
        try {
            InstanceStatus started = start(blueprint);
            assertThat(told.tryAcquire(patience().toSeconds(), TimeUnit.SECONDS))
                    .isTrue();

            another().environments().get(started.name()).stop();
            await(told, () -> condition(AT_ONCE) == Condition.UNAVAILABLE);

            another().workloads().remove(project(), blueprint.revision(), 1);
            await(told, () -> workloads().list(project(), AT_ONCE).isEmpty());
        } finally {
            watch.close();
        }
    }

    @Test
    @DisplayName("a closed orchestrator leaves all as it is, and another one sees it, its health included")
    void survival() {
        Workloads before = workloads();
        Blueprint healthy = blueprint(script("web", "touch ok; " + IDLE).healthCheck(BY_FILE));
        Blueprint broken = blueprint(script("worker", "touch ok; " + IDLE).healthCheck(BY_FILE));
        Blueprint probed = blueprint(service("api", programs().web(8080)).port(8080));
        for (Blueprint each : java.util.List.of(healthy, broken, probed)) {
            startAndAwait(each);
        }
        InstanceStatus worker = before.find(project(), broken.revision(), 1).orElseThrow();
        sh(environment(worker), "rm ok");
        engine().close();

        Workloads after = another().workloads();
        eventually("the broken one is unavailable", () -> condition(after, broken) == Condition.UNAVAILABLE);

        assertThat(condition(after, healthy)).isEqualTo(Condition.AVAILABLE);
        assertThat(condition(after, probed)).isEqualTo(Condition.AVAILABLE);
    }

    @Test
    @DisplayName("health: one that ceases to be healthy while nobody looks is not taken for available later")
    void survivalOfALie() {
        Blueprint blueprint =
                blueprint(script("web", "touch ok; " + IDLE).healthCheck(BY_FILE.withInterval(Duration.ofSeconds(1))));
        InstanceStatus web = startAndAwait(blueprint);
        engine().close();
        var other = another();
        sh(other.environments().get(web.name()), "rm ok");
        eventually("it is not available", () -> condition(other.workloads(), blueprint) != Condition.AVAILABLE);
    }

    private Condition condition(Workloads workloads, Blueprint blueprint) {
        return workloads.list(project(), AT_ONCE).stream()
                .filter(status -> status.revision().equals(blueprint.revision()))
                .findFirst()
                .orElseThrow()
                .instance()
                .condition();
    }

    private Condition condition(Duration minReady) {
        return workloads().list(project(), minReady).get(0).instance().condition();
    }

    private void await(Semaphore told, java.util.function.BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            assertThat(told.tryAcquire(patience().toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
    }
}
