package io.cofferdam.tck;

import static io.cofferdam.environment.EnvironmentState.CREATED;
import static io.cofferdam.environment.EnvironmentState.EXITED;
import static io.cofferdam.environment.EnvironmentState.PAUSED;
import static io.cofferdam.environment.EnvironmentState.REMOVED;
import static io.cofferdam.environment.EnvironmentState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.WrongStateException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Create, start, stop, restart, pause, resume, remove, and what the status says meanwhile. */
abstract class LifecycleCases extends Cases {

    /** Exits with 7 when it is asked to stop. */
    private static final String POLITE = "trap 'echo bye; exit 7' TERM; echo up; sleep 3600 & wait";

    /** Does not care for being asked to stop. */
    private static final String STUBBORN = "trap '' TERM; echo up; while :; do sleep 1; done";

    private Path copies;

    @BeforeEach
    void copies(@TempDir Path temporary) {
        copies = temporary;
    }

    @Test
    @DisplayName("create: makes an environment without starting it")
    void createDoesNotStart() {
        IsolatedEnvironment environment =
                environments().create(shell("web", IDLE).build());

        EnvironmentStatus status = environment.status();
        assertThat(status.state()).isEqualTo(CREATED);
        assertThat(status.name()).isEqualTo(name("web")).isEqualTo(environment.name());
        assertThat(status.id()).isNotEmpty().isEqualTo(environment.id());
        assertThat(status.health()).isEqualTo(HealthStatus.NONE);
        assertThat(status.exitCode()).isEmpty();
        assertThat(status.startedAt()).isEmpty();
        assertThat(status.finishedAt()).isEmpty();
        assertThat(status.restarts()).isZero();
        assertThat(status.endpoints()).isEmpty();
    }

    @Test
    @DisplayName("create: a missing name is made up")
    void createMakesUpAName() {
        IsolatedEnvironment environment =
                environments().create(marked(programs().shell(IDLE)).build());

        assertThat(environment.name()).matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
        assertThat(environment.spec().name()).contains(environment.name());
        assertThat(environments().get(environment.name()).id()).isEqualTo(environment.id());
    }

    @Test
    @DisplayName("spec: the handle tells what the environment was made from, its name set")
    void theHandleTellsItsSpecification() {
        var spec = shell("web", IDLE).env("COLOUR", "blue").port(8080).build();

        assertThat(environments().create(spec).spec()).isEqualTo(spec);
    }

    @Test
    @DisplayName("start: the main process runs afterwards")
    void startRuns() {
        IsolatedEnvironment environment =
                environments().create(shell("web", IDLE).build());

        environment.start();

        assertThat(environment.status().state()).isEqualTo(RUNNING);
        assertThat(environment.status().startedAt()).isPresent();
    }

    @Test
    @DisplayName("start: does nothing but wait if it runs already")
    void startTwice() {
        IsolatedEnvironment environment = idle("web");
        EnvironmentStatus before = environment.status();

        environment.start();

        assertThat(environment.status()).isEqualTo(before);
    }

    @Test
    @DisplayName("start: one that ended is started again, its files kept")
    void startAfterTheEnd() {
        IsolatedEnvironment environment = runToEnd("job", "echo run >> runs; exit 3");

        environment.start();
        environment.awaitExit(patience());

        assertThat(environment.status().exitCode()).hasValue(3);
        if (!has(Capability.KEPT_FILES) || !has(Capability.COPY_WHILE_STOPPED)) {
            assertRefused(Capability.COPY_WHILE_STOPPED, () -> environment.copyOut("/runs", copies.resolve("runs")));
            return;
        }
        environment.copyOut("/runs", copies.resolve("runs"));
        assertThat(copies.resolve("runs")).hasContent("run\nrun");
    }

    @Test
    @DisplayName("stop: sends the stop signal and waits for the end; its exit code is kept")
    void stopIsGraceful() {
        IsolatedEnvironment environment = environments()
                .run(shell("web", POLITE).readyWhen(Readiness.log("up")).build());

        environment.stop(patience());

        EnvironmentStatus status = environment.status();
        assertThat(status.state()).isEqualTo(EXITED);
        assertThat(status.exitCode()).hasValue(7);
        assertThat(status.finishedAt()).isPresent();
        assertThat(stdout(environment)).containsExactly("up", "bye");
    }

    @Test
    @DisplayName("stop: forces the end after the grace period; exit code 128 + 9")
    void stopForces() {
        IsolatedEnvironment environment = environments()
                .run(shell("web", STUBBORN).readyWhen(Readiness.log("up")).build());

        environment.stop(Duration.ofMillis(200));

        assertThat(environment.status().state()).isEqualTo(EXITED);
        assertThat(environment.status().exitCode()).hasValue(137);
    }

    @Test
    @DisplayName("stop: a grace period of 0 forces the end at once")
    void stopWithoutGrace() {
        IsolatedEnvironment environment = environments()
                .run(shell("web", POLITE).readyWhen(Readiness.log("up")).build());

        environment.stop(Duration.ZERO);

        assertThat(environment.status().exitCode()).hasValue(137);
        assertThat(stdout(environment)).containsExactly("up");
    }

    @Test
    @DisplayName("stopSignal: a graceful stop begins with the signal the specification names")
    void stopSignal() {
        IsolatedEnvironment environment = environments()
                .run(shell("web", "trap 'exit 9' INT; trap '' TERM; echo up; while :; do sleep 0.1; done")
                        .stopSignal("SIGINT")
                        .readyWhen(Readiness.log("up"))
                        .build());

        environment.stop(patience());

        assertThat(environment.status().exitCode()).hasValue(9);
    }

    @Test
    @DisplayName("stop: does nothing if it does not run")
    void stopOfOneThatDoesNotRun() {
        IsolatedEnvironment created = environments().create(shell("new", IDLE).build());
        IsolatedEnvironment ended = runToEnd("job", "exit 4");

        created.stop();
        ended.stop();

        assertThat(created.status().state()).isEqualTo(CREATED);
        assertThat(ended.status().exitCode()).hasValue(4);
    }

    @Test
    @DisplayName("restart: stops gracefully and starts again; files stay")
    void restart() {
        IsolatedEnvironment environment = environments()
                .run(shell("web", "echo run >> runs; " + POLITE)
                        .readyWhen(Readiness.log("up"))
                        .build());
        var firstStart = environment.status().startedAt().orElseThrow();

        environment.restart();

        assertThat(environment.status().state()).isEqualTo(RUNNING);
        assertThat(environment.status().startedAt().orElseThrow()).isAfter(firstStart);
        assertThat(sh(environment, "cat runs")).isEqualTo(has(Capability.KEPT_FILES) ? "run\nrun\n" : "run\n");
        assertThat(stdout(environment)).containsExactly("up", "bye", "up");
    }

    @Test
    @DisplayName("restart: starts one that does not run")
    void restartOfOneThatDoesNotRun() {
        IsolatedEnvironment environment =
                environments().create(shell("web", IDLE).build());

        environment.restart();

        assertThat(environment.status().state()).isEqualTo(RUNNING);
    }

    @Test
    @DisplayName("pause, resume: all processes are frozen, and go on afterwards")
    void pauseAndResume() {
        IsolatedEnvironment environment = run("web", "while :; do echo tick; sleep 0.02; done");
        if (!has(Capability.PAUSE)) {
            assertRefused(Capability.PAUSE, environment::pause);
            return;
        }
        environment.pause();
        assertThat(environment.status().state()).isEqualTo(PAUSED);

        environment.resume();

        assertThat(environment.status().state()).isEqualTo(RUNNING);
        int before = environment.logs().size();
        eventually("it writes again", () -> environment.logs().size() > before);
    }

    @Test
    @DisplayName("pause, resume: another state is a wrong state")
    void pauseNeedsARunningOne() {
        IsolatedEnvironment environment =
                environments().create(shell("web", IDLE).build());
        if (!has(Capability.PAUSE)) {
            assertRefused(Capability.PAUSE, environment::pause);
            return;
        }
        assertThatThrownBy(environment::pause)
                .isInstanceOf(WrongStateException.class)
                .hasMessageContaining(name("web"));
        assertThatThrownBy(environment::resume).isInstanceOf(WrongStateException.class);
        environment.start();
        assertThatThrownBy(environment::resume).isInstanceOf(WrongStateException.class);
        environment.pause();
        assertThatThrownBy(environment::pause).isInstanceOf(WrongStateException.class);
    }

    @Test
    @DisplayName("stop, remove: also of a paused one")
    void aPausedOneIsStoppedAndRemoved() {
        IsolatedEnvironment stopped = idle("stopped");
        IsolatedEnvironment removed = idle("removed");
        if (!has(Capability.PAUSE)) {
            assertRefused(Capability.PAUSE, stopped::pause);
            return;
        }
        stopped.pause();
        removed.pause();

        stopped.stop(Duration.ofSeconds(2));
        removed.remove();

        assertThat(stopped.status().state()).isEqualTo(EXITED);
        assertThat(removed.status().state()).isEqualTo(REMOVED);
    }

    @Test
    @DisplayName("remove: also of a running one, by force; nothing is left")
    void removeOfARunningOne() {
        IsolatedEnvironment environment = idle("web");

        environment.remove();

        assertThat(environment.status().state()).isEqualTo(REMOVED);
        assertThat(environments().find(name("web"))).isEmpty();
        assertThat(environments().statuses(mine())).isEmpty();
    }

    @Test
    @DisplayName("remove: does nothing if it is gone already")
    void removeTwice() {
        IsolatedEnvironment environment =
                environments().create(shell("web", IDLE).build());

        environment.remove();
        environment.remove();

        assertThat(environment.status().state()).isEqualTo(REMOVED);
    }

    @Test
    @DisplayName("a call on an environment that is gone is not found, by its name")
    void callsOnOneThatIsGone() {
        IsolatedEnvironment environment = idle("web");
        environment.remove();

        assertThatThrownBy(environment::start)
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining(name("web"));
        assertThatThrownBy(() -> environment.exec("true")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(environment::logs).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> environment.awaitExit(patience())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> environment.copyOut("/x", copies.resolve("x"))).isInstanceOf(NotFoundException.class);
    }

    @Test
    @DisplayName("operations that change an environment run one after the other")
    void changesAreSerialised() {
        IsolatedEnvironment environment = idle("web");

        inParallel(IntStream.range(0, 8)
                .<Callable<Boolean>>mapToObj(i -> () -> {
                    if (i % 2 == 0) {
                        environment.stop(Duration.ZERO);
                    } else {
                        environment.start();
                    }
                    return true;
                })
                .toList());

        environment.start();
        assertThat(environment.status().state()).isEqualTo(RUNNING);
    }

    @Test
    @DisplayName("close: removes a session environment, once")
    void closeOfASessionEnvironment() {
        Recorder events = record();
        IsolatedEnvironment environment = idle("web");

        environment.close();
        environment.close();

        events.await(EnvironmentEvent.Removed.class, name("web"));
        assertThat(environment.status().state()).isEqualTo(REMOVED);
    }
}
