package io.cofferdam.tck;

import static io.cofferdam.environment.EnvironmentState.EXITED;
import static io.cofferdam.environment.EnvironmentState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.NotReadyException;
import io.cofferdam.error.StartFailedException;
import io.cofferdam.error.WrongStateException;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When a start counts as done, and what happens when it never is. */
abstract class ReadinessCases extends Cases {

    private static final Duration SHORT = Duration.ofMillis(1500);

    /** Time enough for a program to run, and too little to wait for what never happens. */
    private Duration soon() {
        return SHORT.plus(subject().startup());
    }

    /** Becomes what a test waits for only after a while. */
    private static final String LATE = "sleep 0.3; ";

    @Test
    @DisplayName("port: the software inside accepts connections when start returns")
    void port() {
        IsolatedEnvironment environment = environments()
                .run(web("web", 8080).port(8080).readyWhen(Readiness.port(8080)).build());

        assertThat(get(environment.endpoint(8080), "/")).isEqualTo("hello");
    }

    @Test
    @DisplayName("byDefault: with published ports, these accept connections when start returns")
    void byDefaultThePorts() {
        IsolatedEnvironment environment = environments()
                .run(web("web", 8080).port(8080).env("GREETING", "default").build());

        assertThat(get(environment.endpoint(8080), "/")).isEqualTo("default");
    }

    @Test
    @DisplayName("port: need not be published")
    void portThatIsNotPublished() {
        IsolatedEnvironment environment = environments()
                .run(web("web", 8080).readyWhen(Readiness.port(8080)).build());

        assertThat(environment.status().state()).isEqualTo(RUNNING);
    }

    @Test
    @DisplayName("port: a published port nobody listens on inside is not ready")
    void portNobodyListensOn() {
        assertNotReady(shell("web", IDLE).port(8080).readyWhen(Readiness.port(8080)));
    }

    @Test
    @DisplayName("http: a status from 200 to 399 is wanted; 404 is none")
    void http() {
        Recorder events = record();
        IsolatedEnvironment environment = environments()
                .create(web("web", 8080)
                        .port(8080)
                        .readyWhen(Readiness.http(8080, "/ready"))
                        .build());
        NotReadyException failure =
                catchThrowableOfType(NotReadyException.class, () -> environment.start(soon().plus(SHORT)));
        assertThat(failure).isNotNull();
        assertThat(failure.lastProbe())
                .hasValueSatisfying(answer -> assertThat(answer).contains("404"));

        Running<Boolean> starting = begin(() -> environment.start());
        events.awaitCount(2, EnvironmentEvent.Started.class, name("web"), event -> true);
        eventually(
                "the server has made its directory",
                () -> environment.exec("touch", "www/ready").succeeded());

        assertThat(starting.result()).isTrue();
        assertThat(get(environment.endpoint(8080), "/ready")).isEmpty();
    }

    @Test
    @DisplayName("http: a port that is not published is asked too, also in a network of its own")
    void httpOfAnUnpublishedPort() {
        IsolatedEnvironment environment = environments()
                .run(web("web", 8080)
                        .stack(name("stack"))
                        .readyWhen(Readiness.http(8080, "/"))
                        .build());

        assertThat(environment.status().state()).isEqualTo(RUNNING);
        assertThat(environment.status().endpoints()).isEmpty();
    }

    @Test
    @DisplayName("log: a line of the standard output that holds a match")
    void log() {
        IsolatedEnvironment environment = environments()
                .run(shell("web", LATE + "echo server is up on 8080; " + IDLE)
                        .readyWhen(Readiness.log("up on \\d+"))
                        .build());

        assertThat(stdout(environment)).containsExactly("server is up on 8080");
    }

    @Test
    @DisplayName("log: the standard error counts as well")
    void logOnStandardError() {
        IsolatedEnvironment environment = environments()
                .run(shell("web", LATE + "echo ready >&2; " + IDLE)
                        .readyWhen(Readiness.log("^ready$"))
                        .build());

        assertThat(environment.logs()).hasSize(1);
    }

    @Test
    @DisplayName("log: as many matching lines as asked for")
    void logSeveralTimes() {
        IsolatedEnvironment environment = environments()
                .run(shell("web", "echo up; " + LATE + "echo up; " + IDLE)
                        .readyWhen(new Readiness.Log("up", 2))
                        .build());

        assertThat(stdout(environment)).containsExactly("up", "up");
    }

    @Test
    @DisplayName("log: lines of an earlier run do not count")
    void logOfThisStartOnly() {
        IsolatedEnvironment environment = environments()
                .run(keeping("web", "[ -f kept/once ] || { touch kept/once; echo ready; }; " + IDLE)
                        .readyWhen(Readiness.log("ready"))
                        .build());
        environment.stop();

        assertThatThrownBy(() -> environment.start(soon())).isInstanceOf(NotReadyException.class);
    }

    @Test
    @DisplayName("command: it exits with 0")
    void command() {
        IsolatedEnvironment environment = environments()
                .run(shell("web", LATE + "touch ready; " + IDLE)
                        .readyWhen(Readiness.command("test", "-f", "ready"))
                        .build());

        assertThat(environment.exec("test", "-f", "ready").succeeded()).isTrue();
    }

    @Test
    @DisplayName("uptime: not before it has run for that long")
    void uptime() {
        long begin = System.nanoTime();

        environments()
                .run(shell("web", IDLE)
                        .readyWhen(Readiness.uptime(Duration.ofMillis(700)))
                        .build());

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(700));
    }

    @Test
    @DisplayName("uptime: one that ends earlier has failed")
    void uptimeCutShort() {
        assertThatThrownBy(() -> environments()
                        .run(shell("web", "exit 3")
                                .readyWhen(Readiness.uptime(Duration.ofSeconds(20)))
                                .build()))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining(name("web"));
    }

    @Test
    @DisplayName("allOf: every condition holds")
    void allOf() {
        IsolatedEnvironment environment = environments()
                .run(shell("web", "echo one; " + LATE + "touch two; " + IDLE)
                        .readyWhen(Readiness.allOf(Readiness.log("one"), Readiness.command("test", "-f", "two")))
                        .build());

        assertThat(environment.exec("test", "-f", "two").succeeded()).isTrue();
    }

    @Test
    @DisplayName("allOf: one condition that does not hold is not ready")
    void allOfButOne() {
        assertNotReady(shell("web", "echo one; " + IDLE)
                .readyWhen(Readiness.allOf(Readiness.log("one"), Readiness.log("two"))));
    }

    @Test
    @DisplayName("anyOf: one condition is enough")
    void anyOf() {
        IsolatedEnvironment environment = environments()
                .run(shell("web", "echo two; " + IDLE)
                        .readyWhen(Readiness.anyOf(Readiness.log("one"), Readiness.log("two")))
                        .build());

        assertThat(environment.status().state()).isEqualTo(RUNNING);
    }

    @Test
    @DisplayName("healthy, byDefault: the health check has said yes")
    void healthy() {
        HealthCheck check = HealthCheck.of(Probe.command("test", "-f", "ok"))
                .withInterval(Duration.ofMillis(100))
                .withRetries(1000);
        for (Readiness readiness : new Readiness[] {Readiness.healthy(), Readiness.byDefault()}) {
            IsolatedEnvironment environment = environments()
                    .run(shell(
                                    "web-"
                                            + readiness
                                                    .getClass()
                                                    .getSimpleName()
                                                    .toLowerCase(Locale.ROOT),
                                    LATE + "touch ok; " + IDLE)
                            .healthCheck(check)
                            .readyWhen(readiness)
                            .build());

            assertThat(environment.status().health()).isEqualTo(HealthStatus.HEALTHY);
        }
    }

    @Test
    @DisplayName("start: what is not ready in time is stopped, its logs are kept, and the error shows the last of them")
    void notReadyInTime() {
        IsolatedEnvironment environment = environments()
                .create(shell("web", "echo loading; echo cannot find the database >&2; " + IDLE)
                        .readyWhen(Readiness.log("never"))
                        .build());

        NotReadyException failure = catchThrowableOfType(NotReadyException.class, () -> environment.start(soon()));

        assertThat(failure).isNotNull();
        assertThat(failure.lastLogLines()).contains("loading", "cannot find the database");
        assertThat(failure).hasMessageContaining(name("web")).hasMessageContaining("cannot find the database");
        assertThat(environment.status().state()).isEqualTo(EXITED);
        if (has(Capability.LOG_STREAMS)) {
            assertThat(stdout(environment)).containsExactly("loading");
        } else {
            assertThat(stdout(environment)).containsExactlyInAnyOrder("loading", "cannot find the database");
        }
    }

    @Test
    @DisplayName("start: what ends before it is ready has failed, with its exit code and last log lines")
    void endedBeforeReady() {
        IsolatedEnvironment environment = environments()
                .create(shell("web", "echo no configuration >&2; exit 12")
                        .readyWhen(Readiness.log("never"))
                        .build());

        StartFailedException failure = catchThrowableOfType(StartFailedException.class, environment::start);

        assertThat(failure).isNotNull();
        assertThat(failure.exitCode()).hasValue(12);
        assertThat(failure.lastLogLines()).containsExactly("no configuration");
        assertThat(failure)
                .hasMessageContaining(name("web"))
                .hasMessageContaining("12")
                .hasMessageContaining("no configuration");
        assertThat(environment.status().state()).isEqualTo(EXITED);
    }

    @Test
    @DisplayName("start: a program that does not exist is a failed start, and nothing runs")
    void noSuchProgram() {
        IsolatedEnvironment environment = environments()
                .create(shell("web", IDLE).withCommand("/no/such/program").build());

        assertThatThrownBy(environment::start)
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining(name("web"))
                .hasMessageContaining("/no/such/program");

        assertThat(environment.status().state().isAlive()).isFalse();
    }

    @Test
    @DisplayName("run: what does not get ready is removed again, and the error carries its last log lines")
    void runLeavesNothing() {
        EnvironmentSpec spec = shell("web", "echo broken; exit 1")
                .readyWhen(Readiness.log("never"))
                .build();

        assertThatThrownBy(() -> environments().run(spec))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("broken");

        assertThat(environments().find(name("web"))).isEmpty();
        assertThat(environments().statuses(mine())).isEmpty();
    }

    @Test
    @DisplayName("awaitReady: waits for a running one, and does not stop it when the time is over")
    void awaitReady() {
        IsolatedEnvironment environment = environments()
                .create(shell("web", "until [ -f go ]; do sleep 0.05; done; echo up; " + IDLE)
                        .readyWhen(Readiness.log("up"))
                        .build());
        assertThatThrownBy(() -> environment.awaitReady(SHORT))
                .isInstanceOf(WrongStateException.class)
                .hasMessageContaining(name("web"));
        Recorder events = record();
        Running<Boolean> starting = begin(() -> environment.start());
        events.await(EnvironmentEvent.Started.class, name("web"));

        assertThatThrownBy(() -> environment.awaitReady(SHORT)).isInstanceOf(NotReadyException.class);
        assertThat(environment.status().state()).isEqualTo(RUNNING);

        sh(environment, "touch go");
        environment.awaitReady(patience());
        assertThat(starting.result()).isTrue();
    }

    private void assertNotReady(EnvironmentSpec.Builder spec) {
        IsolatedEnvironment environment = environments().create(spec.build());
        assertThatThrownBy(() -> environment.start(soon()))
                .isInstanceOf(NotReadyException.class)
                .hasMessageContaining(environment.name());
        assertThat(environment.status().state()).isEqualTo(EXITED);
    }
}
