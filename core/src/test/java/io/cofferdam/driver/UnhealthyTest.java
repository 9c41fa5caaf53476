package io.cofferdam.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.environment.EnvironmentEvent.RestartScheduled;
import io.cofferdam.environment.EnvironmentEvent.RestartsExhausted;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.RestartPolicy;
import io.cofferdam.error.EngineUnavailableException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Restarts of what is unhealthy, by a clock that is moved by hand. */
class UnhealthyTest {

    private static final HealthCheck CHECK = HealthCheck.of(Probe.command("check"))
            .withInterval(Duration.ofSeconds(1))
            .withRetries(1);

    private final FakeEngine engine = new FakeEngine();
    private final FakeEngine.Events events = engine.events();
    private final AtomicInteger answer = new AtomicInteger();

    UnhealthyTest() {
        engine.driver.commandsExit(command -> answer.get());
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    @DisplayName("the delays double while it stays unhealthy, and the last restart allowed is the last")
    void bounded() {
        answer.set(1);
        run(RestartPolicy.onUnhealthy(3));

        engine.time.pass(Duration.ofSeconds(30));

        assertThat(events.of(RestartScheduled.class))
                .extracting(RestartScheduled::delay)
                .containsExactly(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(400));
        assertThat(events.of(RestartsExhausted.class))
                .extracting(RestartsExhausted::attempts)
                .containsExactly(3);
        assertThat(unit().starts).isEqualTo(4);
        assertThat(unit().state).isEqualTo(EnvironmentState.RUNNING);
    }

    @Test
    @DisplayName("one that was healthy for ten seconds has all its restarts again")
    void healthyInBetween() {
        run(RestartPolicy.onUnhealthy(1));
        for (int i = 0; i < 3; i++) {
            answer.set(0);
            engine.time.pass(Duration.ofSeconds(12));
            answer.set(1);
            engine.time.pass(Duration.ofMillis(1150));
        }

        assertThat(unit().starts).isEqualTo(4);
        assertThat(events.of(RestartsExhausted.class)).isEmpty();
    }

    @Test
    @DisplayName("one that comes round before its restart is left alone")
    void comesRound() {
        answer.set(1);
        run(RestartPolicy.onUnhealthy(0));
        // Its fifth restart is due 1.6 s after the verdict.
        engine.time.pass(Duration.ofMillis(6600));
        int starts = unit().starts;

        answer.set(0);
        engine.time.pass(Duration.ofSeconds(9));

        assertThat(starts).isEqualTo(5);
        assertThat(unit().starts).isEqualTo(starts);
    }

    @Test
    @DisplayName("one that cannot be started again is tried again, up to the bound")
    void cannotBeStarted() {
        run(RestartPolicy.onUnhealthy(2));
        engine.time.pass(Duration.ofSeconds(1));
        answer.set(1);
        engine.driver.before("start", () -> {
            engine.driver.before("start", () -> {
                throw new EngineUnavailableException("it is away again");
            });
            throw new EngineUnavailableException("it is away");
        });

        engine.time.pass(Duration.ofSeconds(10));

        assertThat(events.of(RestartsExhausted.class))
                .extracting(RestartsExhausted::reason)
                .containsExactly("it could not be started again: it is away again");
    }

    @Test
    @DisplayName("a stop while a restart is due calls it off")
    void stopped() {
        answer.set(1);
        IsolatedEnvironment web = run(RestartPolicy.onUnhealthy(0));
        engine.time.pass(Duration.ofMillis(1050));
        int starts = unit().starts;

        web.stop();
        engine.time.pass(Duration.ofMinutes(1));

        assertThat(unit().starts).isEqualTo(starts);
        assertThat(web.status().state()).isEqualTo(EnvironmentState.EXITED);
    }

    private IsolatedEnvironment run(RestartPolicy policy) {
        return engine.run(FakeEngine.spec("web").healthCheck(CHECK).restart(policy));
    }

    private FakeUnit unit() {
        return engine.driver.unit("web").orElseThrow();
    }
}
