package io.cofferdam.tck;

import static io.cofferdam.environment.EnvironmentState.CREATED;
import static io.cofferdam.environment.EnvironmentState.EXITED;
import static io.cofferdam.environment.EnvironmentState.REMOVED;
import static io.cofferdam.environment.EnvironmentState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Many environments and many callers at once; deadlines and interrupts of the calls that wait longest. */
abstract class ConcurrencyCases extends Cases {

    private static final int MANY = 12;

    @Test
    @DisplayName("a dozen environments start at once, each with its own answer, and are removed at once")
    void manyStarts() {
        List<IsolatedEnvironment> environments = inParallel(IntStream.range(0, MANY)
                .<Callable<IsolatedEnvironment>>mapToObj(i -> () -> environments()
                        .run(shell("m" + i, "echo I am $NUMBER; " + IDLE)
                                .env("NUMBER", Integer.toString(i))
                                .readyWhen(Readiness.log("I am"))
                                .build()))
                .toList());

        for (int i = 0; i < MANY; i++) {
            assertThat(stdout(environments.get(i))).containsExactly("I am " + i);
        }
        assertThat(environments().statuses(mine()))
                .hasSize(MANY)
                .extracting(EnvironmentStatus::state)
                .containsOnly(RUNNING);
        environments().select(mine()).remove().orThrow();
        assertThat(environments().statuses(mine())).isEmpty();
    }

    @Test
    @DisplayName("many callers start, stop and remove one environment at once; each call ends well")
    void manyCallers() {
        IsolatedEnvironment environment =
                environments().create(shell("web", IDLE).build());

        inParallel(repeat(6, environment::start));
        assertThat(environment.status().state()).isEqualTo(RUNNING);
        inParallel(repeat(6, environment::stop));
        assertThat(environment.status().state()).isEqualTo(EXITED);
        inParallel(repeat(6, environment::remove));
        assertThat(environment.status().state()).isEqualTo(REMOVED);
    }

    @Test
    @DisplayName("many callers of two orchestrators remove the same environment at once; each call ends well")
    void manyRemovals() {
        IsolatedEnvironment mine = idle("web");
        IsolatedEnvironment theirs = another().environments().get(name("web"));

        inParallel(Stream.concat(repeat(4, mine::remove).stream(), repeat(4, theirs::remove).stream())
                .toList());

        assertThat(environments().statuses(mine())).isEmpty();
    }

    @Test
    @DisplayName("start(timeout): a typed timeout soon after the time is over")
    void startTimeout() {
        IsolatedEnvironment environment = environments()
                .create(shell("web", IDLE).readyWhen(Readiness.log("never")).build());
        long begin = System.nanoTime();

        assertThatThrownBy(() -> environment.start(Duration.ofMillis(600)))
                .isInstanceOf(OperationTimeoutException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LENIENCE);
        assertThat(environment.status().state())
                .isIn(subject().startup().isZero() ? Set.of(EXITED) : Set.of(EXITED, CREATED));
    }

    @Test
    @DisplayName("start: an interrupt ends the wait and leaves the flag set")
    void interruptOfAStart() {
        IsolatedEnvironment environment = environments()
                .create(shell("web", IDLE).readyWhen(Readiness.log("never")).build());
        Running<Boolean> starting = begin(() -> {
            assertThatThrownBy(environment::start).isInstanceOf(OperationInterruptedException.class);
            return Thread.currentThread().isInterrupted();
        });
        eventually("it runs", () -> environment.status().state() == RUNNING);

        starting.interrupt();

        assertThat(starting.result()).isTrue();
    }

    @Test
    @DisplayName("run: an interrupt leaves no environment behind")
    void interruptOfARun() {
        Running<Boolean> running = begin(() -> {
            assertThatThrownBy(() -> environments()
                            .run(shell("web", IDLE)
                                    .readyWhen(Readiness.log("never"))
                                    .build()))
                    .isInstanceOf(OperationInterruptedException.class);
            return Thread.currentThread().isInterrupted();
        });
        eventually(
                "it runs",
                () -> environments().statuses(mine()).stream()
                        .map(EnvironmentStatus::state)
                        .anyMatch(EnvironmentState::isAlive));

        running.interrupt();

        assertThat(running.result()).isTrue();
        eventually("it is removed", () -> environments().statuses(mine()).isEmpty());
    }

    @Test
    @DisplayName("LogFollower.awaitEnd: an interrupt ends the wait and leaves the flag set")
    void interruptOfAFollower() {
        IsolatedEnvironment environment = idle("web");
        try (var follower = environment.follow(LogQuery.all(), line -> {})) {
            Running<Boolean> waiting = begin(() -> {
                assertThatThrownBy(() -> follower.awaitEnd(patience()))
                        .isInstanceOf(OperationInterruptedException.class);
                return Thread.currentThread().isInterrupted();
            });
            waiting.awaitBlocked();

            waiting.interrupt();

            assertThat(waiting.result()).isTrue();
        }
    }

    @Test
    @DisplayName("the state can be asked while a start waits")
    void statusDuringAStart() {
        IsolatedEnvironment environment = environments()
                .create(shell("web", "until [ -f go ]; do sleep 0.05; done; echo up; " + IDLE)
                        .readyWhen(Readiness.log("up"))
                        .build());
        Running<Boolean> starting = begin(() -> environment.start());
        eventually("it runs", () -> environment.status().state() == RUNNING);

        assertThat(environment.logs()).isEmpty();
        assertThat(environment.exec("touch", "go").succeeded()).isTrue();

        assertThat(starting.result()).isTrue();
    }

    private static List<Callable<Boolean>> repeat(int times, Runnable call) {
        return IntStream.range(0, times)
                .<Callable<Boolean>>mapToObj(i -> () -> {
                    call.run();
                    return true;
                })
                .toList();
    }
}
