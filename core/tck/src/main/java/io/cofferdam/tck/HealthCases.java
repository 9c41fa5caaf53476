package io.cofferdam.tck;

import static io.cofferdam.environment.HealthStatus.HEALTHY;
import static io.cofferdam.environment.HealthStatus.NONE;
import static io.cofferdam.environment.HealthStatus.STARTING;
import static io.cofferdam.environment.HealthStatus.UNHEALTHY;
import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentEvent.HealthChanged;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Readiness;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Health checks while an environment runs. */
abstract class HealthCases extends Cases {

    private static final HealthCheck BY_FILE = HealthCheck.of(Probe.command("test", "-f", "ok"))
            .withInterval(Duration.ofMillis(100))
            .withRetries(2)
            .withStartPeriod(Duration.ofMinutes(10));

    @Test
    @DisplayName("health: none without a health check")
    void none() {
        assertThat(idle("web").status().health()).isEqualTo(NONE);
    }

    @Test
    @DisplayName("healthCheck: starting, then healthy, unhealthy and healthy again, each with an event")
    void fromStartingToHealthyToUnhealthyAndBack() {
        Recorder events = record();
        IsolatedEnvironment environment = environments()
                .run(shell("web", IDLE)
                        .healthCheck(BY_FILE)
                        .readyWhen(Readiness.running())
                        .build());
        assertThat(environment.status().health()).isEqualTo(STARTING);

        sh(environment, "touch ok");
        await(events, HEALTHY, 1);
        assertThat(environment.status().health()).isEqualTo(HEALTHY);

        sh(environment, "rm ok");
        await(events, UNHEALTHY, 1);
        assertThat(environment.status().health()).isEqualTo(UNHEALTHY);
        assertThat(environment.status().state()).isEqualTo(EnvironmentState.RUNNING);

        sh(environment, "touch ok");
        await(events, HEALTHY, 2);
        assertThat(environment.status().health()).isEqualTo(HEALTHY);
    }

    @Test
    @DisplayName("healthCheck: another orchestrator sees the verdict")
    void anotherOrchestratorSeesIt() {
        Recorder events = record();
        environments()
                .run(shell("web", "touch ok; " + IDLE).healthCheck(BY_FILE).build());
        await(events, HEALTHY, 1);

        assertThat(another().environments().get(name("web")).status().health()).isEqualTo(HEALTHY);
    }

    @Test
    @DisplayName("retries: that many failures in a row make it unhealthy without a start period")
    void unhealthyFromTheBeginning() {
        Recorder events = record();
        environments()
                .run(shell("web", IDLE)
                        .healthCheck(BY_FILE.withStartPeriod(Duration.ZERO))
                        .readyWhen(Readiness.running())
                        .build());

        await(events, UNHEALTHY, 1);

        assertThat(events.of(name("web")).stream()
                        .filter(HealthChanged.class::isInstance)
                        .map(event -> ((HealthChanged) event).health()))
                .doesNotContain(HEALTHY);
    }

    @Test
    @DisplayName("timeout: a probe that takes longer has failed")
    void aProbeThatHangs() {
        Recorder events = record();
        environments()
                .run(shell("web", IDLE)
                        .healthCheck(HealthCheck.of(Probe.command("sleep", "600"))
                                .withInterval(Duration.ofMillis(100))
                                .withTimeout(Duration.ofMillis(200))
                                .withRetries(1))
                        .readyWhen(Readiness.running())
                        .build());

        await(events, UNHEALTHY, 1);
    }

    @Test
    @DisplayName("healthCheck: by HTTP and by TCP")
    void byHttpAndTcp() {
        Recorder events = record();
        IsolatedEnvironment http = environments()
                .run(web("http", 8080)
                        .port(8080)
                        .healthCheck(HealthCheck.of(Probe.http(8080, "/ready"))
                                .withInterval(Duration.ofMillis(100))
                                .withRetries(1)
                                .withStartPeriod(Duration.ofMinutes(10)))
                        .readyWhen(Readiness.port(8080))
                        .build());
        IsolatedEnvironment tcp = environments()
                .run(web("tcp", 8080)
                        .port(8080)
                        .healthCheck(HealthCheck.of(Probe.tcp(8080)).withInterval(Duration.ofMillis(100)))
                        .readyWhen(Readiness.healthy())
                        .build());
        assertThat(http.status().health()).isEqualTo(STARTING);
        assertThat(tcp.status().health()).isEqualTo(HEALTHY);

        sh(http, "touch www/ready");

        events.await(HealthChanged.class, name("http"), event -> event.health() == HEALTHY);
    }

    @Test
    @DisplayName("healthCheck: begins anew with each start")
    void beginsAnew() {
        Recorder events = record();
        IsolatedEnvironment environment = environments()
                .run(shell("web", IDLE)
                        .healthCheck(BY_FILE.withRetries(10_000))
                        .readyWhen(Readiness.running())
                        .build());
        sh(environment, "touch ok");
        await(events, HEALTHY, 1);
        // So many failures are allowed that it stays healthy, and only a new start makes it anything else.
        sh(environment, "rm ok");
        assertThat(environment.status().health()).isEqualTo(HEALTHY);

        environment.restart();

        events.awaitCount(2, EnvironmentEvent.Started.class, name("web"), event -> true);
        assertThat(environment.status().health()).isEqualTo(STARTING);
    }

    private void await(Recorder events, HealthStatus health, int times) {
        events.awaitCount(times, HealthChanged.class, name("web"), event -> event.health() == health);
    }
}
