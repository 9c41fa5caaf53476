package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.driver.UnitEvent;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.environment.Labels;
import io.cofferdam.error.EngineUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a watch tells when its stream breaks. */
@Timeout(60)
class EventStreamTest {

    private static final Instant START = Instant.ofEpochSecond(1_000);

    private final Threads threads = Threads.named("test");
    private final List<UnitEvent> told = new CopyOnWriteArrayList<>();
    private FakeEngine engine;
    private EngineHttp http;

    @AfterEach
    void closeAll() throws IOException {
        http.close();
        engine.close();
        threads.close();
    }

    private EventStream watch(FakeEngine.Handler handler) throws IOException {
        engine = new FakeEngine(handler);
        http = new EngineHttp(engine.address(), new ApiVersion(1, 41), 4, threads);
        return EventStream.open(http, threads, told::add, pause -> {}, START, Deadline.in(Duration.ofSeconds(20)));
    }

    private static String event(String action, int second, String more) {
        return "{\"Type\":\"container\",\"Action\":\"" + action + "\",\"Actor\":{\"ID\":\"c1\",\"Attributes\":{\""
                + Labels.ENVIRONMENT + "\":\"web\",\"image\":\"i\",\"name\":\"n\"" + more + "}},\"time\":" + second
                + ",\"timeNano\":" + second + "000000000}\n";
    }

    private List<UnitEvent.Kind> kinds() {
        return told.stream().map(UnitEvent::kind).toList();
    }

    @Test
    @DisplayName("after a break the stream goes on from the last event, without a gap or a repetition")
    void rejoined() throws Exception {
        AtomicInteger streams = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        watch((request, exchange) -> {
            if (request.path().contains("until=")) {
                exchange.begin();
                exchange.chunk(event("start", 1_002, ""));
                exchange.chunk("");
                return;
            }
            exchange.begin();
            if (streams.incrementAndGet() == 1) {
                assertThat(request.path()).contains("since=1000.000000000");
                exchange.chunk(event("create", 1_001, "") + event("start", 1_002, ""));
                exchange.cut();
            } else {
                assertThat(request.path()).contains("since=1001.000000000");
                exchange.chunk(event("create", 1_001, "")
                        + event("start", 1_002, "")
                        + event("die", 1_003, ",\"exitCode\":\"7\""));
                done.countDown();
                exchange.stall();
            }
        });

        done.await();
        Eventually.holds(() -> told.size() == 3);
        assertThat(kinds()).containsExactly(UnitEvent.Kind.CREATED, UnitEvent.Kind.STARTED, UnitEvent.Kind.DIED);
        assertThat(told.get(2).exitCode()).isEqualTo(7);
        assertThat(told.get(2).labels()).isEqualTo(Map.of(Labels.ENVIRONMENT, "web"));
        assertThat(told.get(2).at()).isEqualTo(Instant.ofEpochSecond(1_003));
    }

    @Test
    @DisplayName("an engine that forgot the last event, as after its restart: everything has to be asked for again")
    void forgotten() throws Exception {
        AtomicInteger streams = new AtomicInteger();
        watch((request, exchange) -> {
            exchange.begin();
            if (request.path().contains("until=")) {
                exchange.chunk("");
                return;
            }
            if (streams.incrementAndGet() == 1) {
                exchange.chunk(event("start", 1_002, ""));
                exchange.cut();
            } else {
                exchange.chunk(event("destroy", 1_009, ""));
                exchange.stall();
            }
        });

        Eventually.holds(() -> told.size() == 3);
        assertThat(kinds()).containsExactly(UnitEvent.Kind.STARTED, UnitEvent.Kind.RESYNC, UnitEvent.Kind.REMOVED);
    }

    @Test
    @DisplayName("an engine that is away for a while is joined when it is back")
    void away() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        AtomicBoolean away = new AtomicBoolean();
        watch((request, exchange) -> {
            if (away.get() && attempts.incrementAndGet() < 5) {
                exchange.cut();
                return;
            }
            exchange.begin();
            if (away.compareAndSet(false, true)) {
                exchange.cut();
            } else {
                exchange.stall();
            }
        });

        Eventually.holds(() -> kinds().contains(UnitEvent.Kind.RESYNC));
        assertThat(kinds()).containsExactly(UnitEvent.Kind.RESYNC);
    }

    @Test
    @DisplayName("a watch that cannot begin says so")
    void noBeginning() {
        assertThatThrownBy(() -> watch((request, exchange) -> exchange.cut()))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageStartingWith("could not watch the engine's events (docker)");
    }

    @Test
    @DisplayName("memory that was exceeded is told with the end, and health by its verdict")
    void memoryAndHealth() throws Exception {
        watch((request, exchange) -> {
            exchange.begin();
            exchange.chunk(event("health_status: unhealthy", 1_001, "")
                    + event("oom", 1_002, "")
                    + event("die", 1_003, ",\"exitCode\":\"137\"")
                    + event("start", 1_004, "")
                    + event("die", 1_005, ",\"exitCode\":\"137\"")
                    + event("exec_die", 1_006, ""));
            exchange.stall();
        });

        Eventually.holds(() -> told.size() == 4);
        assertThat(told.get(0).health()).isEqualTo(HealthStatus.UNHEALTHY);
        assertThat(told.get(1).outOfMemory()).isTrue();
        assertThat(told.get(3).outOfMemory()).isFalse();
    }

    @Test
    @DisplayName("a receiver that throws gets the next event all the same; after closing it gets none")
    void receiver() throws Exception {
        CountDownLatch more = new CountDownLatch(1);
        engine = new FakeEngine((request, exchange) -> {
            exchange.begin();
            exchange.chunk(event("create", 1_001, "") + event("start", 1_002, ""));
            more.await();
            exchange.chunk(event("die", 1_003, ""));
            exchange.stall();
        });
        http = new EngineHttp(engine.address(), new ApiVersion(1, 41), 4, threads);
        EventStream stream = EventStream.open(
                http,
                threads,
                event -> {
                    told.add(event);
                    throw new IllegalStateException("receiver");
                },
                pause -> {},
                START,
                Deadline.in(Duration.ofSeconds(20)));
        Eventually.holds(() -> told.size() == 2);

        stream.close();
        more.countDown();

        Eventually.holds(() -> engine.alive.isEmpty());
        assertThat(told).hasSize(2);
    }
}
