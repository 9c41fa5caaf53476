package io.cofferdam.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.NotReadyException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.StartFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Creating and starting, with an engine that fails or is slow. */
class StartTest {

    private final FakeEngine engine = new FakeEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    @DisplayName("create to running: no call to the engine beyond create and start")
    void twoCalls() {
        engine.run(FakeEngine.spec("web"));

        assertThat(engine.driver.calls()).containsExactly("create", "start");
    }

    @Test
    @DisplayName("run: whichever call the engine fails at, once it is back nothing is left, network included")
    void runLeavesNothing() {
        List<String> wrong = new ArrayList<>();
        boolean failed = true;
        for (int call = 0; failed; call++) {
            try (FakeEngine each = new FakeEngine()) {
                each.driver.failAt(call, new EngineUnavailableException("the fake engine is away"));

                CofferdamException failure = catchThrowableOfType(
                        CofferdamException.class,
                        () -> each.run(FakeEngine.spec("web").stack("shop").readyWhen(Readiness.command("check"))));

                failed = each.driver.failNoMore();
                List<String> left = new ArrayList<>(each.driver.unitNames());
                left.addAll(each.driver.networkNames());
                if (!left.equals(failure == null ? List.of("web", "shop") : List.of())) {
                    wrong.add("with a failure at call " + call + " there is " + left + " (" + failure + ")");
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    @DisplayName("start: a question that the engine does not answer is asked again, and what was started goes on")
    void unansweredQuestion() {
        AtomicInteger asked = new AtomicInteger();
        engine.driver.commandsExit(command -> {
            if (asked.incrementAndGet() <= 3) {
                throw new EngineUnavailableException("the fake engine is away");
            }
            return 0;
        });

        IsolatedEnvironment web = engine.run(FakeEngine.spec("web").readyWhen(Readiness.command("check")));

        assertThat(web.status().state()).isEqualTo(EnvironmentState.RUNNING);
        assertThat(engine.driver.calls()).filteredOn("start"::equals).hasSize(1);
    }

    @Test
    @DisplayName("start: a last question that the deadline cuts off does not hide what was answered before")
    void lastQuestionCutOff() {
        AtomicInteger asked = new AtomicInteger();
        engine.driver.commandsExit((command, deadline) -> {
            if (asked.incrementAndGet() == 1) {
                return 7;
            }
            LockSupport.parkNanos(deadline.remainingNanos());
            throw new OperationTimeoutException("the fake command came to no end", null);
        });
        IsolatedEnvironment web = engine.environments()
                .create(FakeEngine.spec("web")
                        .readyWhen(Readiness.command("check"))
                        .build());

        NotReadyException failure =
                catchThrowableOfType(NotReadyException.class, () -> web.start(Duration.ofMillis(300)));

        assertThat(failure.lastProbe()).contains("'check' exited with 7");
        assertThat(asked).hasValueGreaterThan(1);
    }

    @Test
    @DisplayName("start: a log whose reading breaks off is read again, and no line counts twice")
    void brokenLog() {
        engine.driver.cutsLogs(1, 1);
        engine.driver.after("start", () -> {
            engine.driver.writes("web", "ready");
            engine.driver.writes("web", "ready");
        });

        IsolatedEnvironment web = engine.run(FakeEngine.spec("web").readyWhen(Readiness.log("ready", 2)));

        assertThat(web.status().state()).isEqualTo(EnvironmentState.RUNNING);
    }

    @Test
    @DisplayName("start: the network of a stack that vanished meanwhile is made again")
    void networkVanished() {
        IsolatedEnvironment web = engine.environments()
                .create(FakeEngine.spec("web").stack("shop").build());
        engine.driver.vanishes("shop");

        web.start();

        assertThat(web.status().state()).isEqualTo(EnvironmentState.RUNNING);
        assertThat(engine.driver.networkNames()).containsExactly("shop");
    }

    @Test
    @DisplayName("start: a member is bound to the network that somebody else has made again meanwhile")
    void networkMadeAgainByOthers() {
        IsolatedEnvironment web = engine.environments()
                .create(FakeEngine.spec("web").stack("shop").build());
        engine.driver.vanishes("shop");
        engine.run(FakeEngine.spec("other").stack("shop"));

        web.start();

        assertThat(web.status().state()).isEqualTo(EnvironmentState.RUNNING);
    }

    @Test
    @DisplayName("create and start: the network of a stack is made as often as others remove it")
    void networkVanishesAgainAndAgain() {
        repeatedly("create", 4, () -> engine.driver.vanishes("shop"));
        repeatedly("start", 4, () -> engine.driver.vanishes("shop"));

        engine.run(FakeEngine.spec("web").stack("shop"));

        assertThat(engine.driver.unit("web").orElseThrow().state).isEqualTo(EnvironmentState.RUNNING);
        assertThat(engine.driver.networkNames()).containsExactly("shop");
    }

    @Test
    @DisplayName("start: a network that vanishes whenever it is made is told, and soon")
    void networkNeverStays() {
        repeatedly("start", 1000, () -> engine.driver.vanishes("shop"));

        assertThatThrownBy(() -> engine.run(FakeEngine.spec("web").stack("shop")))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("shop");

        assertThat(engine.driver.unitNames()).isEmpty();
    }

    private void repeatedly(String operation, int times, Runnable action) {
        engine.driver.before(operation, () -> {
            action.run();
            if (times > 1) {
                repeatedly(operation, times - 1, action);
            }
        });
    }

    @Test
    @DisplayName("start: what the engine starts although the time is over is stopped again")
    void startedAfterTheTimeWasOver() {
        IsolatedEnvironment web =
                engine.environments().create(FakeEngine.spec("web").build());
        engine.driver.after("start", () -> {
            throw new OperationTimeoutException("starting 'web' took longer than 600 ms", null);
        });

        assertThatThrownBy(web::start).isInstanceOf(OperationTimeoutException.class);

        assertThat(web.status().state()).isEqualTo(EnvironmentState.EXITED);
        web.start();
        assertThat(web.status().state()).isEqualTo(EnvironmentState.RUNNING);
    }

    @Test
    @DisplayName("start: what the engine starts although the caller was interrupted is stopped again")
    void startedAfterAnInterrupt() {
        IsolatedEnvironment web =
                engine.environments().create(FakeEngine.spec("web").build());
        engine.driver.after("start", () -> {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("starting 'web' was interrupted", null);
        });

        assertThatThrownBy(web::start).isInstanceOf(OperationInterruptedException.class);

        assertThat(Thread.interrupted()).as("the flag of the interrupt").isTrue();
        assertThat(web.status().state()).isEqualTo(EnvironmentState.EXITED);
    }

    @Test
    @DisplayName("start: a unit that vanished is not found, and no network is made for it")
    void unitVanished() {
        IsolatedEnvironment web = engine.environments()
                .create(FakeEngine.spec("web").stack("shop").build());
        engine.driver.remove(web.id(), io.cofferdam.concurrent.Deadline.none());
        engine.driver.vanishes("shop");

        assertThatThrownBy(web::start).isInstanceOf(NotFoundException.class);

        assertThat(engine.driver.networkNames()).isEmpty();
    }

    @Test
    @DisplayName("create: the network that another JVM removed in between is made again")
    void networkVanishesBeforeTheCreate() {
        engine.driver.before("create", () -> engine.driver.vanishes("shop"));

        engine.run(FakeEngine.spec("web").stack("shop"));

        assertThat(engine.driver.unitNames()).containsExactly("web");
        assertThat(engine.driver.networkNames()).containsExactly("shop");
    }

    @Test
    @DisplayName("start: one that runs already has been ready, also if somebody else stops it at that moment")
    void stoppedBySomebodyElse() {
        IsolatedEnvironment web = engine.run(FakeEngine.spec("web"));
        engine.driver.after("inspect", () -> engine.driver.exits("web", 137));

        web.start();

        assertThat(web.status().state()).isEqualTo(EnvironmentState.EXITED);
    }

    @Test
    @DisplayName("start: one that ends before anybody waits for it to get ready has failed, at once")
    void endsBeforeTheWaitBegins() {
        engine.driver.after("start", () -> engine.driver.exits("web", 12));

        StartFailedException failure = catchThrowableOfType(
                StartFailedException.class,
                () -> engine.run(
                        FakeEngine.spec("web").readyWhen(Readiness.log("up")).startTimeout(Duration.ofSeconds(20))));

        assertThat(failure).isNotNull();
        assertThat(failure.exitCode()).hasValue(12);
    }

    @Test
    @DisplayName("readiness by log: what is written before the engine notes the time of the start counts")
    void writesBeforeItsStartIsNoted() {
        engine.driver.before("start", () -> {
            engine.driver.writes("web", "up");
            engine.time.pass(Duration.ofMillis(3));
        });

        IsolatedEnvironment web = engine.run(FakeEngine.spec("web").readyWhen(Readiness.log("up")));

        web.awaitReady(Duration.ofSeconds(20));
        assertThat(web.status().state()).isEqualTo(EnvironmentState.RUNNING);
    }

    @Test
    @DisplayName("readiness by log: what an earlier run wrote does not count, whatever the engine's times")
    void writtenByAnEarlierRun() {
        engine.driver.before("start", () -> engine.driver.writes("web", "up"));
        IsolatedEnvironment web = engine.run(FakeEngine.spec("web").readyWhen(Readiness.log("up")));
        web.stop();

        assertThatThrownBy(() -> web.start(Duration.ofMillis(200)))
                .isInstanceOf(io.cofferdam.error.NotReadyException.class);
    }

    @Test
    @DisplayName("awaitReady: one that has ended already has failed, at once")
    void awaitReadyOfOneThatEnded() {
        IsolatedEnvironment web = engine.run(FakeEngine.spec("web"));
        engine.driver.exits("web", 4);

        assertThatThrownBy(() -> web.awaitReady(Duration.ofSeconds(20))).isInstanceOf(StartFailedException.class);
    }

    @Test
    @DisplayName("Ready is told after Started, also when the engine's own events are late")
    void readyAfterStarted() {
        FakeEngine.Events events = engine.events();
        engine.driver.holdEvents();

        engine.run(FakeEngine.spec("web"));
        engine.driver.releaseEvents();

        assertThat(events.kinds()).containsExactly("Created", "Started", "Ready");
    }

    @Test
    @DisplayName("close: an environment that was being created meanwhile is removed as well")
    void closeDuringACreate() throws Exception {
        FakeEngine other = new FakeEngine();
        FutureTask<Void> closing = new FutureTask<>(() -> {
            other.close();
            return null;
        });
        other.driver.after("create", () -> {
            new Thread(closing, "closing").start();
            Eventually.is(() -> isRefused(other));
        });

        assertThatThrownBy(() -> other.run(FakeEngine.spec("web"))).isInstanceOf(CofferdamException.class);

        closing.get(10, TimeUnit.SECONDS);
        assertThat(other.driver.unitNames()).isEmpty();
    }

    private static boolean isRefused(FakeEngine engine) {
        try {
            engine.environments().statuses(LabelSelector.all());
            return false;
        } catch (CofferdamException closed) {
            return true;
        }
    }

    @Test
    @DisplayName("ttl: removed when its time is over, by the clock; its network too")
    void ttl() {
        engine.run(FakeEngine.spec("web").stack("shop").lifetime(Lifetime.ttl(Duration.ofMinutes(5))));

        engine.time.pass(Duration.ofSeconds(299));
        assertThat(engine.driver.unitNames()).containsExactly("web");
        engine.time.pass(Duration.ofSeconds(1));

        assertThat(engine.driver.unitNames()).isEmpty();
        assertThat(engine.driver.networkNames()).isEmpty();
        assertThat(engine.time.pending()).isZero();
    }

    @Test
    @DisplayName("ttl: one that another JVM makes while this orchestrator watches is removed as well")
    void ttlOfAnotherJvm() {
        FakeEngine.Events events = engine.events();
        Eventually.is(() -> engine.driver.calls().contains("list"));
        var labels = java.util.Map.of(
                io.cofferdam.environment.Labels.ENVIRONMENT,
                "web",
                io.cofferdam.environment.Labels.EXPIRES,
                engine.time.instant().plusSeconds(60).toString());
        engine.driver.create(
                new CreateRequest("web", FakeEngine.spec("web").build(), labels, null),
                io.cofferdam.concurrent.Deadline.none());

        Eventually.is(() -> engine.time.pending() > 0);
        engine.time.pass(Duration.ofSeconds(60));

        assertThat(engine.driver.unitNames()).isEmpty();
        assertThat(events.of(EnvironmentEvent.Removed.class)).hasSize(1);
    }

    @Test
    @DisplayName("ttl: nothing of it waits for one that was removed before its time")
    void removedBeforeItsTime() {
        IsolatedEnvironment web = engine.run(FakeEngine.spec("web").lifetime(Lifetime.ttl(Duration.ofMinutes(5))));

        web.remove();

        assertThat(engine.time.pending()).isZero();
    }

    @Test
    @DisplayName("close: session environments go with their network, others stay")
    void closeOfASession() {
        engine.run(FakeEngine.spec("a").stack("shop"));
        engine.run(FakeEngine.spec("b").stack("shop"));
        engine.run(FakeEngine.spec("c").lifetime(Lifetime.persistent()));

        engine.close();

        assertThat(engine.driver.unitNames()).containsExactly("c");
        assertThat(engine.driver.networkNames()).isEmpty();
        assertThat(engine.driver.isClosed()).isTrue();
    }

    @Test
    @DisplayName("close: goes on with the others when the engine refuses to remove one")
    void closeWithAFailure() {
        engine.run(FakeEngine.spec("a"));
        engine.run(FakeEngine.spec("b"));
        engine.driver.before("remove", () -> {
            throw new EngineUnavailableException("the fake engine is away");
        });

        assertThatThrownBy(engine::close).isInstanceOf(EngineUnavailableException.class);

        assertThat(engine.driver.unitNames()).hasSize(1);
        assertThat(engine.driver.isClosed()).isTrue();
        assertThat(engine.threads.isClosed()).isTrue();
    }
}
