package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.StartFailedException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of calls when the engine dies under them, on an engine that may be killed. */
@OnDocker
@Timeout(300)
class EngineKilledOnDockerTest {

    private static final String IMAGE = "cofferdam-test/busybox:2";
    private static final Duration CALL = Duration.ofSeconds(5);

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

    private static Orchestrator open() {
        return Cofferdam.open(
                DockerProvider.NAME,
                EngineConfig.builder().host(engine.address()).callTimeout(CALL).build());
    }

    private static EnvironmentSpec.Builder sleeper(String name) {
        return EnvironmentSpec.image(IMAGE)
                .name(name)
                .withCommand("sleep", "600")
                .stopGrace(Duration.ZERO);
    }

    private static CompletableFuture<Throwable> inBackground(Runnable call) {
        return CompletableFuture.supplyAsync(() -> catchThrowable(call::run));
    }

    @Test
    @DisplayName("an engine killed in the middle of starts: each ends with a typed error or runs, and nothing is left")
    void killedInTheMiddleOfAStart() throws Exception {
        Random random = new Random(7);
        for (int round = 0; round < 4; round++) {
            try (Orchestrator docker = open()) {
                IsolatedEnvironment environment = docker.environments()
                        .create(sleeper("started-" + round)
                                .readyWhen(Readiness.uptime(Duration.ofMillis(100)))
                                .build());
                CompletableFuture<Throwable> start = inBackground(environment::start);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
                engine.kill();

                Throwable failure = start.get(30, TimeUnit.SECONDS);
                if (failure != null) {
                    assertThat(failure).isInstanceOf(CofferdamException.class).hasMessageContaining("docker");
                }
                engine.startAgain();
                environment.remove();
                assertThat(docker.environments().list(LabelSelector.all())).isEmpty();
            }
        }
    }

    @Test
    @DisplayName("a wait for readiness outlasts an engine that comes back, or says that the software ended with it")
    void restartedDuringAWait() throws Exception {
        try (Orchestrator docker = open()) {
            IsolatedEnvironment environment = docker.environments()
                    .create(sleeper("awaited")
                            .readyWhen(Readiness.command("test", "-e", "/ready"))
                            .startTimeout(Duration.ofSeconds(60))
                            .build());
            CompletableFuture<Throwable> start = inBackground(environment::start);
            Eventually.holds(() -> environment.status().state() == EnvironmentState.RUNNING);

            engine.stop();
            engine.startAgain();

            assertThat(start.get(60, TimeUnit.SECONDS))
                    .isInstanceOfAny(StartFailedException.class, EngineUnavailableException.class);
            Eventually.holds(() -> environment.status().state() == EnvironmentState.EXITED);
            environment.remove();
        }
    }

    @Test
    @DisplayName(
            "commands and logs that are under way when the engine dies end with the error of an engine that is gone")
    void killedDuringExecAndLogs() throws Exception {
        try (Orchestrator docker = open()) {
            IsolatedEnvironment environment =
                    docker.environments().run(sleeper("busy").build());
            CompletableFuture<Throwable> exec = inBackground(() -> environment.exec(
                    ExecSpec.of("sh", "-c", "touch /begun; sleep 600").withTimeout(Duration.ofSeconds(30))));
            Eventually.holds(() -> environment.exec("test", "-e", "/begun").exitCode() == 0);

            engine.kill();

            assertThat(exec.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(EngineUnavailableException.class)
                    .hasMessageContaining("busy");
            assertThat(catchThrowable(() -> environment.logs(LogQuery.all())))
                    .isInstanceOf(EngineUnavailableException.class)
                    .hasMessageContaining(engine.address().substring("unix://".length()));
            engine.startAgain();
            environment.remove();
            assertThat(docker.environments().list(LabelSelector.all())).isEmpty();
        }
    }

    @Test
    @DisplayName("a wait for the end is told what happened while the engine was away")
    void awaitExitAcrossARestart() throws Exception {
        try (Orchestrator docker = open()) {
            IsolatedEnvironment environment = docker.environments()
                    .run(sleeper("ending").readyWhen(Readiness.running()).build());
            docker.events();
            CompletableFuture<Integer> end =
                    CompletableFuture.supplyAsync(() -> environment.awaitExit(Duration.ofSeconds(60)));
            assertThat(catchThrowable(() -> end.get(200, TimeUnit.MILLISECONDS)))
                    .isInstanceOf(TimeoutException.class);

            engine.stop();
            engine.startAgain();

            assertThat(end.handle((code, failure) -> failure == null ? "exit " + code : failure.getCause())
                            .get(60, TimeUnit.SECONDS))
                    .satisfiesAnyOf(
                            told -> assertThat(told).isEqualTo("exit 143"),
                            told -> assertThat(told).isEqualTo("exit 137"));
            environment.remove();
        }
    }
}
