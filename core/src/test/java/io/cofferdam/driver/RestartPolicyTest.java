package io.cofferdam.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentEvent.RestartScheduled;
import io.cofferdam.environment.EnvironmentEvent.RestartsExhausted;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.RestartPolicy;
import io.cofferdam.error.EngineUnavailableException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Restart policies that the library keeps, by a clock that is moved by hand. */
class RestartPolicyTest {

    private final FakeEngine engine = new FakeEngine();
    private final FakeEngine.Events events = engine.events();

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    @DisplayName(
            "the delays between restarts double from 100 ms to 30 s, and no restart comes before its delay is over")
    void delaysDouble() {
        run(RestartPolicy.always());

        Stream.of(100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000)
                .forEach(delay -> {
                    int before = starts();
                    engine.driver.exits("job", 0);
                    engine.time.pass(Duration.ofMillis(delay - 1));
                    assertThat(starts()).as("starts within %d ms", delay).isEqualTo(before);
                    engine.time.pass(Duration.ofMillis(1));
                    assertThat(starts()).as("starts after %d ms", delay).isEqualTo(before + 1);
                });

        assertThat(events.of(RestartScheduled.class))
                .extracting(RestartScheduled::attempt)
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    }

    @Test
    @DisplayName("a run of ten seconds is stable: delay and bound begin anew")
    void aStableRun() {
        run(RestartPolicy.onFailure(2));
        failAndWait();
        failAndWait();
        engine.time.pass(Duration.ofSeconds(10));

        failAndWait();
        failAndWait();
        assertThat(starts()).isEqualTo(5);
        failAndWait();

        assertThat(starts()).isEqualTo(5);
        assertThat(events.of(RestartScheduled.class))
                .extracting(RestartScheduled::delay)
                .containsExactly(
                        Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(100), Duration.ofMillis(200));
    }

    @Test
    @DisplayName("giving up is told with the number of attempts, and the status counts the restarts")
    void givingUp() {
        IsolatedEnvironment job = run(RestartPolicy.onFailure(2));

        failAndWait();
        failAndWait();
        failAndWait();

        assertThat(job.status().state()).isEqualTo(EnvironmentState.EXITED);
        assertThat(job.status().restarts()).isEqualTo(2);
        assertThat(job.awaitExit(Duration.ofSeconds(5))).isEqualTo(3);
        assertThat(events.of(RestartsExhausted.class))
                .singleElement()
                .satisfies(event -> assertThat(event.attempts()).isEqualTo(2));
        assertThat(engine.time.pending()).isZero();
    }

    @Test
    @DisplayName("a restart that the engine has carried out without answering is counted, and not tried again")
    void lostAnswerToARestart() {
        IsolatedEnvironment job = run(RestartPolicy.always());
        engine.driver.after("start", () -> {
            throw new EngineUnavailableException("the answer was lost");
        });

        failAndWait();
        engine.time.pass(Duration.ofSeconds(1));

        assertThat(job.status().state()).isEqualTo(EnvironmentState.RUNNING);
        assertThat(job.status().restarts()).isEqualTo(1);
        assertThat(starts()).isEqualTo(2);
    }

    @Test
    @DisplayName("between end and restart it is restarting, and awaitExit goes on waiting")
    void restartingInBetween() {
        IsolatedEnvironment job = run(RestartPolicy.always());

        engine.driver.exits("job", 1);

        assertThat(job.status().state()).isEqualTo(EnvironmentState.RESTARTING);
        assertThat(engine.environments().statuses(io.cofferdam.environment.LabelSelector.all()))
                .singleElement()
                .satisfies(status -> assertThat(status.state()).isEqualTo(EnvironmentState.RESTARTING));
    }

    @Test
    @DisplayName("one that ends before its start returns is restarted all the same")
    void endsBeforeTheStartReturns() {
        engine.driver.after("start", () -> engine.driver.exits("job", 3));
        IsolatedEnvironment job = run(RestartPolicy.onFailure(1));

        assertThat(job.status().state()).isEqualTo(EnvironmentState.RESTARTING);
        engine.time.pass(Duration.ofMillis(100));

        assertThat(starts()).isEqualTo(2);
    }

    @Test
    @DisplayName("an end that the library has not heard of yet is no end to those who wait for it")
    void anEndNotHeardOfYet() {
        IsolatedEnvironment job = run(RestartPolicy.always());

        engine.driver.exitsUnseen("job", 1);

        assertThat(job.status().state()).isEqualTo(EnvironmentState.RESTARTING);
    }

    @Test
    @DisplayName("an end that was missed is found when the engine says that events were missed")
    void resync() {
        run(RestartPolicy.always());
        engine.driver.exitsUnseen("job", 1);

        engine.driver.resyncs();
        Eventually.is(() -> engine.time.pending() > 0);
        engine.time.pass(Duration.ofMillis(100));

        assertThat(starts()).isEqualTo(2);
    }

    @Test
    @DisplayName("stop calls a restart off")
    void stopCallsItOff() {
        IsolatedEnvironment job = run(RestartPolicy.always());
        engine.driver.exits("job", 1);

        job.stop();
        engine.time.pass(Duration.ofMinutes(5));

        assertThat(starts()).isEqualTo(1);
        assertThat(job.status().state()).isEqualTo(EnvironmentState.EXITED);
        assertThat(job.awaitExit(Duration.ofSeconds(5))).isEqualTo(1);
    }

    @Test
    @DisplayName("an end that another JVM asked for is no reason to restart")
    void stoppedByAnotherJvm() {
        run(RestartPolicy.always());

        String id = engine.driver.unit("job").orElseThrow().id;
        engine.driver.stop(id, "SIGTERM", Duration.ofSeconds(1), io.cofferdam.concurrent.Deadline.none());
        engine.time.pass(Duration.ofMinutes(5));

        assertThat(starts()).isEqualTo(1);
        assertThat(engine.environments().get("job").status().state()).isEqualTo(EnvironmentState.EXITED);
    }

    @Test
    @DisplayName("a restart that the engine refuses is tried again, as often as the policy allows")
    void theEngineIsAway() {
        run(RestartPolicy.onFailure(2));
        engine.driver.exits("job", 1);
        engine.driver.before("start", () -> {
            throw new EngineUnavailableException("the fake engine is away");
        });

        engine.time.pass(Duration.ofMillis(100));
        assertThat(starts()).isEqualTo(1);
        engine.time.pass(Duration.ofMillis(200));

        assertThat(starts()).isEqualTo(2);
    }

    @Test
    @DisplayName("started again by hand after giving up, it has all its attempts again")
    void startedByHand() {
        IsolatedEnvironment job = run(RestartPolicy.onFailure(1));
        failAndWait();
        failAndWait();

        job.start();
        failAndWait();

        assertThat(starts()).isEqualTo(4);
    }

    @Test
    @DisplayName("an update to a specification with a restart policy takes care of the new one")
    void afterAnUpdate() {
        IsolatedEnvironment job = engine.run(FakeEngine.spec("job"));

        job.update(FakeEngine.spec("job").restart(RestartPolicy.always()).build());
        engine.driver.exits("job", 1);
        engine.time.pass(Duration.ofMillis(100));

        assertThat(starts()).isEqualTo(2);
    }

    @Test
    @DisplayName("an update to a specification without one leaves it down")
    void updatedToNever() {
        IsolatedEnvironment job = run(RestartPolicy.always());

        job.update(FakeEngine.spec("job").build());
        engine.driver.exits("job", 1);
        engine.time.pass(Duration.ofMinutes(1));

        assertThat(starts()).isEqualTo(1);
        assertThat(events.of(EnvironmentEvent.RestartScheduled.class)).isEmpty();
    }

    private void failAndWait() {
        engine.driver.exits("job", 3);
        engine.time.pass(Duration.ofSeconds(1));
    }

    private IsolatedEnvironment run(RestartPolicy policy) {
        return engine.run(FakeEngine.spec("job").restart(policy));
    }

    private int starts() {
        return engine.driver.unit("job").orElseThrow().starts;
    }
}
