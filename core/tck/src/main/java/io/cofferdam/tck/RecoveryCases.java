package io.cofferdam.tck;

import static io.cofferdam.environment.HealthStatus.HEALTHY;
import static io.cofferdam.environment.HealthStatus.UNHEALTHY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.RestartPolicy;
import io.cofferdam.error.InvalidInputException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of environments that are unhealthy or end, whoever keeps the policy. */
abstract class RecoveryCases extends Cases {

    private static final HealthCheck BY_FILE = HealthCheck.of(Probe.command("test", "-f", "ok"))
            .withInterval(Duration.ofMillis(100))
            .withRetries(2);

    private static final String HEALTHY_AT_FIRST = "echo run; trap 'exit 0' TERM; touch ok; sleep 3600 & wait";

    @Test
    @DisplayName("onUnhealthy: it is stopped and started again, and that is told")
    void unhealthy() {
        Recorder events = record();
        IsolatedEnvironment environment = run(HEALTHY_AT_FIRST, RestartPolicy.onUnhealthy(3));
        awaitHealth(events, 1);

        sh(environment, "rm ok");

        awaitHealth(events, 2);
        assertThat(events.await(EnvironmentEvent.RestartScheduled.class, name("web"))
                        .attempt())
                .isEqualTo(1);
        assertThat(events.kindsOf(name("web")))
                .containsSubsequence(
                        "Started", "HealthChanged", "RestartScheduled", "Exited", "Started", "HealthChanged");
        assertThat(environment.status().health()).isEqualTo(HEALTHY);
        assertThat(environment.status().restarts()).isEqualTo(1);
        assertThat(stdout(environment)).containsExactly("run", "run");
    }

    @Test
    @DisplayName("onUnhealthy: after the last restart allowed it is given up with an event, and left as it is")
    void givenUp() {
        Recorder events = record();
        IsolatedEnvironment environment = run("echo run; " + IDLE, RestartPolicy.onUnhealthy(1));

        EnvironmentEvent.RestartsExhausted end = events.await(EnvironmentEvent.RestartsExhausted.class, name("web"));

        assertThat(end.attempts()).isEqualTo(1);
        assertThat(end.reason()).contains("unhealthy").contains("exited with 1");
        assertThat(environment.status().state()).isEqualTo(EnvironmentState.RUNNING);
        assertThat(environment.status().health()).isEqualTo(UNHEALTHY);
        assertThat(stdout(environment)).containsExactly("run", "run");
    }

    @Test
    @DisplayName("onUnhealthy: it serves again at the endpoint it tells")
    void servesAgain() {
        Recorder events = record();
        IsolatedEnvironment environment = environments()
                .run(web("web", 8080)
                        .port(8080)
                        .healthCheck(BY_FILE.withStartPeriod(Duration.ofSeconds(20)))
                        .restart(RestartPolicy.onUnhealthy(0))
                        .readyWhen(Readiness.port(8080))
                        .build());
        sh(environment, "touch ok");
        awaitHealth(events, 1);

        sh(environment, "rm ok");

        events.awaitCount(2, EnvironmentEvent.Started.class, name("web"), event -> true);
        environment.awaitReady(patience());
        assertThat(get(environment.endpoint(8080), "/")).isEqualTo("hello");
    }

    @Test
    @DisplayName("onUnhealthy: awaitExit does not take the stop before a restart for the end")
    void noEnd() {
        Recorder events = record();
        IsolatedEnvironment environment = run(HEALTHY_AT_FIRST, RestartPolicy.onUnhealthy(3));
        awaitHealth(events, 1);
        Running<Integer> waiting = begin(() -> environment.awaitExit(patience()));

        sh(environment, "rm ok");
        awaitHealth(events, 2);
        assertThat(waiting.isOver()).isFalse();
        environment.stop();

        assertThat(waiting.result()).isZero();
    }

    @Test
    @DisplayName("onUnhealthy: one that is stopped on purpose stays down, whatever its health was")
    void stoppedOnPurpose() {
        Recorder events = record();
        IsolatedEnvironment environment = run("echo run; " + IDLE, RestartPolicy.onUnhealthy(0));
        events.await(EnvironmentEvent.RestartScheduled.class, name("web"));

        environment.stop();

        assertThat(environment.status().state()).isEqualTo(EnvironmentState.EXITED);
        int runs = stdout(environment).size();
        assertThat(environment.awaitExit(patience())).isNotNegative();
        assertThat(stdout(environment)).hasSize(runs);
    }

    @Test
    @DisplayName("onUnhealthy: an end is left alone; onFailure and andWhenUnhealthy look after both")
    void bothKinds() {
        Recorder events = record();
        IsolatedEnvironment environment = run(
                "echo run; touch ok; trap 'exit 0' TERM; until [ -f fail ]; do sleep 0.05; done; rm fail; exit 3",
                RestartPolicy.onFailure(5).andWhenUnhealthy());
        awaitHealth(events, 1);

        // The end of the program may take the command with it before that has told its exit code.
        environment.exec("touch", "fail");
        events.awaitCount(2, EnvironmentEvent.Started.class, name("web"), event -> true);
        awaitHealth(events, 2);
        sh(environment, "rm ok");
        awaitHealth(events, 3);

        assertThat(events.awaitCount(2, EnvironmentEvent.RestartScheduled.class, name("web"), event -> true))
                .extracting(EnvironmentEvent.RestartScheduled::attempt)
                .containsExactly(1, 2);
        IsolatedEnvironment alone = environments()
                .run(keeping("alone", "touch ok; until [ -f kept/fail ]; do sleep 0.05; done; exit 4")
                        .healthCheck(BY_FILE)
                        .restart(RestartPolicy.onUnhealthy(0))
                        .readyWhen(Readiness.running())
                        .build());
        alone.exec("touch", "kept/fail");
        assertThat(alone.awaitExit(patience())).isEqualTo(4);
    }

    @Test
    @DisplayName("onFailure: each restart and giving up are told on every engine")
    void restartsAreTold() {
        Recorder events = record();
        environments()
                .run(shell("web", "exit 3")
                        .restart(RestartPolicy.onFailure(2))
                        .readyWhen(Readiness.running())
                        .build());

        EnvironmentEvent.RestartsExhausted end = events.await(EnvironmentEvent.RestartsExhausted.class, name("web"));

        assertThat(end.attempts()).isEqualTo(2);
        assertThat(end.reason()).contains("exit code 3");
        assertThat(events.awaitCount(2, EnvironmentEvent.RestartScheduled.class, name("web"), event -> true))
                .extracting(EnvironmentEvent.RestartScheduled::attempt)
                .containsExactly(1, 2);
    }

    @Test
    @DisplayName("HealthChanged: tells what the check answered, whoever makes the check")
    void whyUnhealthy() {
        Recorder events = record();
        environments()
                .run(shell("web", IDLE)
                        .healthCheck(HealthCheck.of(Probe.command("sh", "-c", "echo no database; exit 4"))
                                .withInterval(Duration.ofMillis(100))
                                .withRetries(1))
                        .readyWhen(Readiness.running())
                        .build());

        assertThat(events.await(EnvironmentEvent.HealthChanged.class, name("web"), event -> event.health() == UNHEALTHY)
                        .detail())
                .contains("4")
                .contains("no database");
    }

    @Test
    @DisplayName("onUnhealthy: a specification in which nothing could be unhealthy is refused")
    void nothingToBeUnhealthy() {
        EnvironmentSpec.Builder spec = EnvironmentSpec.command("sleep", "1").restart(RestartPolicy.onUnhealthy(1));

        assertThatThrownBy(spec::build)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("health check");
    }

    private IsolatedEnvironment run(String script, RestartPolicy policy) {
        return environments()
                .run(shell("web", script)
                        .healthCheck(BY_FILE)
                        .restart(policy)
                        .readyWhen(Readiness.running())
                        .build());
    }

    private void awaitHealth(Recorder events, int times) {
        events.awaitCount(times, EnvironmentEvent.HealthChanged.class, name("web"), event -> event.health() == HEALTHY);
    }
}
