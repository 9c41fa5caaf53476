package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.RestartPolicy;
import io.cofferdam.error.OperationTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Restart policies, whoever keeps them. */
abstract class RestartCases extends Cases {

    @Test
    @DisplayName("never: one that fails stays down")
    void never() {
        IsolatedEnvironment environment = start("echo run; exit 3", RestartPolicy.never());

        assertThat(environment.awaitExit(patience())).isEqualTo(3);

        assertThat(stdout(environment)).containsExactly("run");
        assertThat(environment.status().restarts()).isZero();
        assertThat(environment.status().state()).isEqualTo(EnvironmentState.EXITED);
    }

    @Test
    @DisplayName("onFailure: as often as allowed, then it stays down; awaitExit waits for that")
    void onFailureUpToABound() {
        IsolatedEnvironment environment = start("echo run; exit 3", RestartPolicy.onFailure(2));

        assertThat(environment.awaitExit(patience())).isEqualTo(3);

        assertThat(stdout(environment)).containsExactly("run", "run", "run");
        assertThat(environment.status().restarts()).isEqualTo(2);
        assertThat(environment.status().state()).isEqualTo(EnvironmentState.EXITED);
    }

    @Test
    @DisplayName("onFailure: giving up is told, where the library keeps the policy with each restart")
    void givingUpIsTold() {
        Recorder events = record();
        IsolatedEnvironment environment = start("exit 3", RestartPolicy.onFailure(2));

        assertThat(environment.awaitExit(patience())).isEqualTo(3);

        if (has(Capability.RESTART_POLICY)) {
            assertThat(events.awaitCount(3, EnvironmentEvent.Started.class, name("job"), event -> true))
                    .hasSize(3);
            return;
        }
        assertThat(events.awaitCount(2, EnvironmentEvent.RestartScheduled.class, name("job"), event -> true))
                .extracting(EnvironmentEvent.RestartScheduled::attempt)
                .containsExactly(1, 2);
        assertThat(events.await(EnvironmentEvent.RestartsExhausted.class, name("job"))
                        .attempts())
                .isEqualTo(2);
    }

    @Test
    @DisplayName("onFailure: an exit with 0 is no failure")
    void onFailureAfterSuccess() {
        IsolatedEnvironment environment = start("echo run; exit 0", RestartPolicy.onFailure(5));

        assertThat(environment.awaitExit(patience())).isZero();

        assertThat(stdout(environment)).containsExactly("run");
    }

    @Test
    @DisplayName("onFailure: one that works at the third attempt is left alone from then on")
    void worksInTheEnd() {
        IsolatedEnvironment environment = start(
                "echo run >> kept/runs; [ $(wc -l < kept/runs) -ge 3 ] || exit 1; echo up; " + IDLE,
                RestartPolicy.onFailure(0));

        awaitLines(environment, "up", 1);

        assertThat(environment.status().state()).isEqualTo(EnvironmentState.RUNNING);
        assertThat(environment.status().restarts()).isEqualTo(2);
    }

    @Test
    @DisplayName("always: also after an exit with 0")
    void always() {
        IsolatedEnvironment environment = start("echo run; exit 0", RestartPolicy.always());

        awaitLines(environment, "run", 3);

        assertThatThrownBy(() -> environment.awaitExit(Duration.ofMillis(300)))
                .isInstanceOf(OperationTimeoutException.class);
    }

    @Test
    @DisplayName("stop: never restarts it, and awaitExit ends")
    void notAfterAStop() {
        Recorder events = record();
        IsolatedEnvironment environment =
                start("trap 'exit 0' TERM; echo run; sleep 3600 & wait", RestartPolicy.always());
        awaitLines(environment, "run", 1);

        environment.stop();

        assertThat(environment.awaitExit(patience())).isZero();
        assertThat(environment.status().state()).isEqualTo(EnvironmentState.EXITED);
        events.await(EnvironmentEvent.Exited.class, name("job"));
        assertThat(events.kindsOf(name("job")))
                .doesNotContain("RestartScheduled")
                .containsOnlyOnce("Started");
    }

    @Test
    @DisplayName("stop: also of one that is about to be started again")
    void stopWhileRestarting() {
        IsolatedEnvironment environment = start("echo run; exit 1", RestartPolicy.always());
        awaitLines(environment, "run", 2);

        environment.stop();

        int runs = stdout(environment).size();
        assertThat(environment.status().state()).isEqualTo(EnvironmentState.EXITED);
        assertThat(environment.awaitExit(patience())).isBetween(1, 255);
        assertThat(stdout(environment)).hasSize(runs);
    }

    @Test
    @DisplayName("remove: also of one that is about to be started again; it does not come back")
    void removeWhileRestarting() {
        IsolatedEnvironment environment = start("echo run; exit 1", RestartPolicy.always());
        awaitLines(environment, "run", 2);

        environment.remove();

        assertThat(environment.status().state()).isEqualTo(EnvironmentState.REMOVED);
        assertThat(environments().statuses(mine())).isEmpty();
    }

    private IsolatedEnvironment start(String script, RestartPolicy policy) {
        return environments()
                .run(keeping("job", script)
                        .restart(policy)
                        .readyWhen(Readiness.running())
                        .build());
    }

    /** A follower ends with each run, so the lines of several runs have to be asked for. */
    private void awaitLines(IsolatedEnvironment environment, String text, int count) {
        eventually(
                count + " lines '" + text + "'",
                () -> stdout(environment).stream().filter(text::equals).count() >= count);
    }
}
