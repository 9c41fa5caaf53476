package io.cofferdam.tck;

import static io.cofferdam.environment.EnvironmentState.EXITED;
import static io.cofferdam.environment.EnvironmentState.REMOVED;
import static io.cofferdam.environment.EnvironmentState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.ClosedException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** How long environments live, who sees them, and what closing an orchestrator does. */
abstract class SessionCases extends Cases {

    @Test
    @DisplayName("persistent: outlives its orchestrator; the next one finds it as it was, uses it and removes it")
    void persistent() {
        Orchestrator first = another();
        EnvironmentSpec spec = shell("db", "echo begun; echo trouble >&2; " + IDLE)
                .lifetime(Lifetime.persistent())
                .env("COLOUR", "light blue")
                .secretEnv("PASSWORD", "hunter2")
                .label("tier", "data")
                .readyWhen(Readiness.log("begun"))
                .build();
        IsolatedEnvironment made = first.environments().run(spec);
        sh(made, "echo kept > file");
        var before = made.status();
        first.close();

        IsolatedEnvironment found = another().environments().get(name("db"));

        assertThat(found.status()).isEqualTo(before);
        assertThat(found.spec()).isEqualTo(spec);
        assertThat(sh(found, "cat file; echo $COLOUR $PASSWORD")).isEqualTo("kept\nlight blue hunter2\n");
        if (has(Capability.LOG_STREAMS)) {
            assertThat(stdout(found)).containsExactly("begun");
            assertThat(lines(found, LogQuery.all().only(LogLine.Stream.STDERR))).containsExactly("trouble");
        } else {
            assertThat(lines(found, LogQuery.all())).containsExactlyInAnyOrder("begun", "trouble");
        }
        found.stop();
        assertThat(found.status().exitCode()).hasValue(0);
        found.start();
        assertThat(found.status().state()).isEqualTo(RUNNING);
        found.close();
        assertThat(found.status().state()).isEqualTo(RUNNING);
        found.remove();
        assertThat(environments().find(name("db"))).isEmpty();
    }

    @Test
    @DisplayName("persistent: one that ends while nobody is there is found ended, with its exit code")
    void endedMeanwhile() {
        Orchestrator first = another();
        IsolatedEnvironment made = first.environments()
                .run(shell("job", "until [ -f go ]; do sleep 0.05; done; exit 21")
                        .lifetime(Lifetime.persistent())
                        .readyWhen(Readiness.running())
                        .build());
        sh(made, "sh -c 'sleep 0.5; touch go' >/dev/null 2>&1 &");
        first.close();

        IsolatedEnvironment found = another().environments().get(name("job"));

        assertThat(found.awaitExit(patience())).isEqualTo(21);
        assertThat(found.status().state()).isEqualTo(EXITED);
    }

    @Test
    @DisplayName("session: removed when its orchestrator is closed, running or not; those of others stay")
    void session() {
        IsolatedEnvironment mine = idle("mine");
        Orchestrator other = another();
        other.environments()
                .run(shell("running", IDLE).readyWhen(Readiness.running()).build());
        other.environments().create(shell("created", IDLE).build());

        other.close();

        assertThat(names(environments().statuses(mine()))).containsExactly(name("mine"));
        assertThat(mine.status().state()).isEqualTo(RUNNING);
    }

    @Test
    @DisplayName("close of a handle: removes nothing that another session made")
    void closeOfAFoundHandle() {
        IsolatedEnvironment made = idle("web");

        another().environments().get(name("web")).close();

        assertThat(made.status().state()).isEqualTo(RUNNING);
    }

    @Test
    @DisplayName("ttl: removed after its time by an orchestrator that is open")
    void ttl() {
        Recorder events = record();
        IsolatedEnvironment environment = environments()
                .run(shell("web", IDLE)
                        .lifetime(Lifetime.ttl(Duration.ofSeconds(2)))
                        .readyWhen(Readiness.running())
                        .build());
        assertThat(environment.status().labels()).containsKey(Labels.EXPIRES);

        events.await(EnvironmentEvent.Removed.class, name("web"));

        assertThat(environment.status().state()).isEqualTo(REMOVED);
    }

    @Test
    @DisplayName("ttl: outlives its orchestrator, and is removed after its time by another one")
    void ttlAfterTheClose() {
        Orchestrator first = another();
        first.environments()
                .run(shell("web", IDLE)
                        .lifetime(Lifetime.ttl(Duration.ofSeconds(4)))
                        .readyWhen(Readiness.running())
                        .build());
        first.close();
        assertThat(names(environments().statuses(mine()))).containsExactly(name("web"));

        another();

        eventually(
                "its time is over and it is removed",
                () -> environments().find(name("web")).isEmpty());
    }

    @Test
    @DisplayName("close: every further call is refused as closed; closing twice does nothing")
    void everyCallIsRefused() {
        Orchestrator orchestrator = another();
        IsolatedEnvironment environment = orchestrator
                .environments()
                .create(shell("web", IDLE).lifetime(Lifetime.persistent()).build());

        orchestrator.close();
        orchestrator.close();

        List<ThrowingCallable> calls = List.of(
                orchestrator::info,
                () -> orchestrator.environments().create(shell("x", IDLE).build()),
                () -> orchestrator.environments().find(name("web")),
                () -> orchestrator.environments().statuses(mine()),
                () -> orchestrator.environments().select(mine()).stop(),
                () -> orchestrator.volumes().list(mine()),
                () -> orchestrator.networks().list(mine()),
                environment::start,
                environment::stop,
                environment::status,
                environment::logs,
                environment::remove,
                () -> environment.exec("true"),
                () -> environment.awaitExit(patience()));
        assertThat(calls).allSatisfy(call -> assertThatThrownBy(call).isInstanceOf(ClosedException.class));
    }

    @Test
    @DisplayName("close: calls that wait end as closed")
    void waitingCallsEnd() {
        Orchestrator orchestrator = another();
        IsolatedEnvironment environment = orchestrator
                .environments()
                .run(shell("web", IDLE)
                        .lifetime(Lifetime.persistent())
                        .readyWhen(Readiness.running())
                        .build());
        List<Running<Boolean>> waiting = List.of(
                begin(() -> assertClosed(() -> environment.awaitExit(patience()))),
                begin(() -> assertClosed(() -> environment.exec("sh", "-c", "touch begun; sleep 3600"))));
        eventually(
                "the command runs",
                () -> environment.exec("test", "-f", "begun").succeeded());
        waiting.forEach(Running::awaitBlocked);

        orchestrator.close();

        assertThat(waiting).allSatisfy(one -> assertThat(one.result()).isTrue());
        assertThat(environments().get(name("web")).status().state()).isEqualTo(RUNNING);
    }

    @Test
    @ResourceLock(Resources.GLOBAL)
    @DisplayName("close: gives back every thread")
    void noThreadIsLeft() {
        Set<Long> before = threads();
        Orchestrator orchestrator = another();
        Recorder events = record(orchestrator);
        IsolatedEnvironment environment = orchestrator
                .environments()
                .run(shell("web", "echo up; " + IDLE)
                        .readyWhen(Readiness.log("up"))
                        .build());
        environment.follow(LogQuery.all(), line -> {});
        environment.exec("true");
        events.await(EnvironmentEvent.Ready.class, name("web"));

        orchestrator.close();

        eventually(
                "its threads have ended; still there: " + names(before),
                () -> names(before).isEmpty());
    }

    @Test
    @DisplayName("two orchestrators of one engine work side by side, and closing one leaves the other as it was")
    void sideBySide() {
        Orchestrator other = another();
        IsolatedEnvironment mine = idle("mine");
        IsolatedEnvironment theirs = other.environments()
                .run(shell("theirs", IDLE)
                        .lifetime(Lifetime.persistent())
                        .readyWhen(Readiness.running())
                        .build());
        assertThat(other.environments().get(name("mine")).exec("true").succeeded())
                .isTrue();
        assertThat(environments().get(name("theirs")).exec("true").succeeded()).isTrue();

        other.close();

        assertThat(mine.exec("true").succeeded()).isTrue();
        assertThat(environments().get(theirs.name()).exec("true").succeeded()).isTrue();
        assertThat(engine().info().engine()).isEqualTo(engine().capabilities().engine());
    }

    private static boolean assertClosed(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(ClosedException.class);
        return true;
    }

    private static Set<Long> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getId).collect(Collectors.toSet());
    }

    /** The threads of the library that have come since. */
    private static Set<String> names(Set<Long> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread.getId()))
                .map(Thread::getName)
                .filter(name -> name.contains("cofferdam"))
                .collect(Collectors.toSet());
    }
}
