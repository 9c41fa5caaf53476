package io.cofferdam.driver;

import static io.cofferdam.environment.HealthStatus.HEALTHY;
import static io.cofferdam.environment.HealthStatus.STARTING;
import static io.cofferdam.environment.HealthStatus.UNHEALTHY;
import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.environment.EnvironmentEvent.HealthChanged;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.EngineUnavailableException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Health checks that the library makes, by a clock that is moved by hand. */
class HealthCheckTest {

    private static final HealthCheck CHECK = HealthCheck.of(Probe.command("check"))
            .withInterval(Duration.ofSeconds(10))
            .withRetries(3);

    private final FakeEngine engine = new FakeEngine();
    private final FakeEngine.Events events = engine.events();
    private final AtomicInteger answer = new AtomicInteger();

    HealthCheckTest() {
        engine.driver.commandsExit(command -> answer.get());
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    @DisplayName("the first yes makes it healthy at once")
    void healthyAtOnce() {
        IsolatedEnvironment web = run(CHECK);
        assertThat(web.status().health()).isEqualTo(STARTING);

        engine.time.pass(Duration.ZERO);

        assertThat(web.status().health()).isEqualTo(HEALTHY);
        assertThat(events.of(HealthChanged.class))
                .extracting(HealthChanged::health)
                .containsExactly(HEALTHY);
    }

    @Test
    @DisplayName("a healthy one is unhealthy after as many failures in a row as the check allows, not earlier")
    void unhealthyAfterRetries() {
        IsolatedEnvironment web = run(CHECK);
        engine.time.pass(Duration.ZERO);

        answer.set(1);
        engine.time.pass(Duration.ofSeconds(20));
        assertThat(web.status().health()).isEqualTo(HEALTHY);
        engine.time.pass(Duration.ofSeconds(10));

        assertThat(web.status().health()).isEqualTo(UNHEALTHY);
    }

    @Test
    @DisplayName("an engine that is away says nothing about the software, which keeps the health it had")
    void engineThatIsAway() {
        IsolatedEnvironment web = run(CHECK);
        engine.time.pass(Duration.ZERO);

        engine.driver.commandsExit(command -> {
            throw new EngineUnavailableException("it is away");
        });
        engine.time.pass(Duration.ofMinutes(5));
        assertThat(web.status().health()).isEqualTo(HEALTHY);
        engine.driver.commandsExit(command -> 1);
        engine.time.pass(Duration.ofSeconds(31));

        assertThat(web.status().health()).isEqualTo(UNHEALTHY);
    }

    @Test
    @DisplayName("a yes in between begins the count anew")
    void aYesInBetween() {
        IsolatedEnvironment web = run(CHECK);
        engine.time.pass(Duration.ZERO);

        for (int i = 0; i < 5; i++) {
            answer.set(1);
            engine.time.pass(Duration.ofSeconds(20));
            answer.set(0);
            engine.time.pass(Duration.ofSeconds(10));
        }

        assertThat(web.status().health()).isEqualTo(HEALTHY);
        assertThat(events.of(HealthChanged.class)).hasSize(1);
    }

    @Test
    @DisplayName("failures within the start period do not count; those after it do, one for each interval")
    void startPeriod() {
        answer.set(1);
        IsolatedEnvironment web = run(CHECK.withStartPeriod(Duration.ofSeconds(60)));

        engine.time.pass(Duration.ofSeconds(79));
        assertThat(web.status().health()).isEqualTo(STARTING);
        engine.time.pass(Duration.ofSeconds(20));

        assertThat(web.status().health()).isEqualTo(UNHEALTHY);
    }

    @Test
    @DisplayName("one that was waited for until its check said yes is unhealthy when it says no, start period or not")
    void provedByWhoWaited() {
        IsolatedEnvironment web = engine.run(FakeEngine.spec("web")
                .healthCheck(CHECK.withStartPeriod(Duration.ofHours(1)))
                .readyWhen(Readiness.healthy()));
        assertThat(web.status().health()).isEqualTo(HEALTHY);

        answer.set(1);
        engine.time.pass(Duration.ofSeconds(31));

        assertThat(web.status().health()).isEqualTo(UNHEALTHY);
    }

    @Test
    @DisplayName("one that was slow enough to be taken for unhealthy is healthy once somebody who waits gets a yes")
    void provedAfterTooManyFailures() throws Exception {
        answer.set(1);
        IsolatedEnvironment web = engine.environments()
                .create(FakeEngine.spec("web")
                        .healthCheck(CHECK)
                        .readyWhen(Readiness.healthy())
                        .build());
        FutureTask<Boolean> waiting = new FutureTask<>(() -> web.start(Duration.ofMinutes(1)), true);
        new Thread(waiting).start();
        Eventually.is(() -> {
            engine.time.pass(Duration.ofSeconds(10));
            return web.status().health() == UNHEALTHY;
        });

        answer.set(0);
        waiting.get(1, TimeUnit.MINUTES);

        assertThat(web.status().health()).isEqualTo(HEALTHY);
    }

    @Test
    @DisplayName("a no to a question that is older than somebody's yes does not count")
    void staleNo() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch proved = new CountDownLatch(1);
        Thread check = new Thread(() -> Eventually.is(() -> {
            engine.time.pass(Duration.ZERO);
            return asked.getCount() == 0;
        }));
        engine.driver.commandsExit(command -> {
            if (Thread.currentThread() == check) {
                asked.countDown();
                await(proved);
                return 1;
            }
            return asked.getCount() == 0 ? 0 : 1;
        });
        IsolatedEnvironment web = engine.environments()
                .create(FakeEngine.spec("web")
                        .healthCheck(CHECK.withRetries(1))
                        .readyWhen(Readiness.healthy())
                        .build());
        check.start();
        web.start(Duration.ofMinutes(1));
        proved.countDown();
        check.join();

        assertThat(web.status().health()).isEqualTo(HEALTHY);
        assertThat(events.of(HealthChanged.class))
                .extracting(HealthChanged::health)
                .containsExactly(HEALTHY);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @DisplayName("an event of a start that comes after the first yes does not take that back")
    void lateEventOfTheStart() {
        engine.driver.holdEvents();
        IsolatedEnvironment web = run(CHECK.withStartPeriod(Duration.ofHours(1)));
        engine.time.pass(Duration.ofSeconds(1));
        assertThat(web.status().health()).isEqualTo(HEALTHY);

        answer.set(1);
        engine.driver.releaseEvents();
        engine.time.pass(Duration.ofSeconds(31));

        assertThat(web.status().health()).isEqualTo(UNHEALTHY);
    }

    @Test
    @DisplayName("an unhealthy one is healthy again with the first yes")
    void recovers() {
        IsolatedEnvironment web = run(CHECK);
        engine.time.pass(Duration.ZERO);
        answer.set(1);
        engine.time.pass(Duration.ofSeconds(30));
        answer.set(0);

        engine.time.pass(Duration.ofSeconds(10));

        assertThat(web.status().health()).isEqualTo(HEALTHY);
        assertThat(events.of(HealthChanged.class))
                .extracting(HealthChanged::health)
                .containsExactly(HEALTHY, UNHEALTHY, HEALTHY);
    }

    @Test
    @DisplayName("the verdict is remembered on the engine for other JVMs to see")
    void isRemembered() {
        run(CHECK);

        engine.time.pass(Duration.ZERO);

        assertThat(engine.driver.unit("web").orElseThrow().verdict.health()).isEqualTo(HEALTHY);
    }

    @Test
    @DisplayName("one that does not run is not asked, and begins anew with the next start")
    void notAskedWhileDown() {
        IsolatedEnvironment web = run(CHECK);
        engine.time.pass(Duration.ZERO);
        web.stop();
        int calls = engine.driver.calls().size();

        engine.time.pass(Duration.ofMinutes(10));

        assertThat(engine.driver.calls()).hasSize(calls);
        answer.set(1);
        web.start();
        assertThat(web.status().health()).isEqualTo(STARTING);
    }

    @Test
    @DisplayName("no probe is left when the environment is removed")
    void nothingIsLeft() {
        IsolatedEnvironment web = run(CHECK);
        engine.time.pass(Duration.ofMinutes(1));

        web.remove();

        assertThat(engine.time.pending()).isZero();
    }

    private IsolatedEnvironment run(HealthCheck check) {
        return engine.run(FakeEngine.spec("web").healthCheck(check));
    }
}
