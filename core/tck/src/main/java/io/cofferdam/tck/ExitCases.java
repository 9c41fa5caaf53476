package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.WrongStateException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How environments end by themselves, and waiting for it. */
abstract class ExitCases extends Cases {

    @ParameterizedTest(name = "exit code {0}")
    @DisplayName("awaitExit: tells the exit code, and so does the status")
    @ValueSource(ints = {0, 1, 42, 255})
    void exitCodes(int code) {
        IsolatedEnvironment environment = run("job", "exit " + code);

        assertThat(environment.awaitExit(patience())).isEqualTo(code);
        assertThat(environment.status().state()).isEqualTo(EnvironmentState.EXITED);
        assertThat(environment.status().exitCode()).hasValue(code);
        assertThat(environment.status().outOfMemory()).isFalse();
    }

    @Test
    @DisplayName("awaitExit: waits for one that still runs")
    void waitsForTheEnd() {
        IsolatedEnvironment environment = run("job", "until [ -f go ]; do sleep 0.05; done; exit 5");
        Running<Integer> waiting = begin(() -> environment.awaitExit(patience()));
        Running<Integer> alsoWaiting = begin(() -> environment.awaitExit(patience()));

        sh(environment, "touch go");

        assertThat(waiting.result()).isEqualTo(5);
        assertThat(alsoWaiting.result()).isEqualTo(5);
    }

    @Test
    @DisplayName("awaitExit: returns at once for one that has ended")
    void knowsTheEndAfterwards() {
        IsolatedEnvironment environment = runToEnd("job", "exit 6");

        assertThat(environment.awaitExit(Duration.ofSeconds(5))).isEqualTo(6);
        assertThat(another().environments().get(name("job")).awaitExit(Duration.ofSeconds(5)))
                .isEqualTo(6);
    }

    @Test
    @DisplayName("awaitExit: 128 + n for an end by signal n")
    void endBySignal() {
        IsolatedEnvironment environment = idle("job");

        environment.stop(Duration.ZERO);

        assertThat(environment.awaitExit(patience())).isEqualTo(137);
    }

    @Test
    @DisplayName("awaitExit: a typed timeout if it still runs")
    void timeout() {
        IsolatedEnvironment environment = idle("job");
        long begin = System.nanoTime();

        assertThatThrownBy(() -> environment.awaitExit(Duration.ofMillis(300)))
                .isInstanceOf(OperationTimeoutException.class)
                .hasMessageContaining(name("job"));

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(299), LENIENCE);
        assertThat(environment.status().state()).isEqualTo(EnvironmentState.RUNNING);
    }

    @Test
    @DisplayName("awaitExit: an interrupt ends it and leaves the flag set")
    void interrupt() {
        IsolatedEnvironment environment = idle("job");
        Running<Boolean> waiting = begin(() -> {
            assertThatThrownBy(() -> environment.awaitExit(patience()))
                    .isInstanceOf(OperationInterruptedException.class);
            return Thread.currentThread().isInterrupted();
        });
        waiting.awaitBlocked();

        waiting.interrupt();

        assertThat(waiting.result()).isTrue();
    }

    @Test
    @DisplayName("awaitExit: one that was never started is in a wrong state")
    void neverStarted() {
        IsolatedEnvironment environment =
                environments().create(shell("job", IDLE).build());

        assertThatThrownBy(() -> environment.awaitExit(patience()))
                .isInstanceOf(WrongStateException.class)
                .hasMessageContaining(name("job"));
    }

    @Test
    @DisplayName("awaitExit: does not go on waiting for one that was removed")
    void removedMeanwhile() {
        IsolatedEnvironment environment = idle("job");
        Running<Boolean> waiting = begin(() -> {
            try {
                return environment.awaitExit(patience()) == 137;
            } catch (OperationTimeoutException e) {
                return false;
            } catch (CofferdamException e) {
                return e instanceof NotFoundException;
            }
        });
        waiting.awaitBlocked();

        another().environments().get(name("job")).remove();

        assertThat(waiting.result()).isTrue();
    }

    @Test
    @DisplayName("start: a program that ends at once has started, where running is all that is wanted")
    void aShortProgramIsNoFailedStart() {
        Recorder events = record();

        IsolatedEnvironment environment = environments()
                .run(shell("job", "exit 0").readyWhen(Readiness.running()).build());

        assertThat(environment.awaitExit(patience())).isZero();
        assertThat(events.await(EnvironmentEvent.Exited.class, name("job")).exitCode())
                .isZero();
    }

    @Test
    @DisplayName("ten short programs in a row end with their own exit codes")
    void manyRuns() {
        List<Integer> codes = inParallel(IntStream.range(0, 10)
                .<Callable<Integer>>mapToObj(
                        i -> () -> run("job-" + i, "exit " + (i + 10)).awaitExit(patience()))
                .toList());

        assertThat(codes).containsExactly(10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
    }
}
