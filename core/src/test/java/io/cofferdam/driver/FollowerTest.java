package io.cofferdam.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LogFollower;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.error.EngineUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Followers whose connection breaks, on an engine whose clock stands still, so that all lines have the same time. */
class FollowerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final FakeEngine engine = new FakeEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    @DisplayName("a connection that breaks again and again costs no line and repeats none, though all have one time")
    void cutAgainAndAgain() {
        IsolatedEnvironment web = engine.run(FakeEngine.spec("web"));
        IntStream.range(0, 20).forEach(i -> engine.driver.writes("web", "line " + i));
        engine.driver.cutsLogs(7, 2);
        List<String> seen = new CopyOnWriteArrayList<>();

        try (LogFollower follower = web.follow(LogQuery.all(), line -> seen.add(line.text()))) {
            engine.driver.exits("web", 0);
            assertThat(follower.awaitEnd(PATIENCE)).isTrue();
        }

        assertThat(seen)
                .isEqualTo(IntStream.range(0, 20).mapToObj(i -> "line " + i).toList());
    }

    @Test
    @DisplayName("an engine that ends the delivery with the main process costs none of the last lines")
    void endedTooSoon() {
        IsolatedEnvironment web = engine.run(FakeEngine.spec("web"));
        IntStream.range(0, 20).forEach(i -> engine.driver.writes("web", "line " + i));
        engine.driver.exits("web", 0);
        engine.driver.endsFollowing(7);
        List<String> seen = new CopyOnWriteArrayList<>();

        try (LogFollower follower = web.follow(LogQuery.all(), line -> seen.add(line.text()))) {
            assertThat(follower.awaitEnd(PATIENCE)).isTrue();
        }

        assertThat(seen)
                .isEqualTo(IntStream.range(0, 20).mapToObj(i -> "line " + i).toList());
    }

    @Test
    @DisplayName("what runs and breaks off within one time is told once over restarts")
    void restartsWithinOneTime() {
        IsolatedEnvironment web = engine.run(FakeEngine.spec("web"));
        List<String> seen = new CopyOnWriteArrayList<>();
        try (LogFollower follower = web.follow(LogQuery.all().acrossRestarts(), line -> seen.add(line.text()))) {
            for (int run = 0; run < 5; run++) {
                engine.driver.writes("web", "same");
                engine.driver.writes("web", "run " + run);
                engine.driver.exits("web", 0);
                web.start();
            }
            engine.driver.writes("web", "last");
            Eventually.is(() -> seen.contains("last"));
            web.remove();
            assertThat(follower.awaitEnd(PATIENCE)).isTrue();
        }

        assertThat(seen)
                .containsExactly(
                        "same", "run 0", "same", "run 1", "same", "run 2", "same", "run 3", "same", "run 4", "last");
    }

    @Test
    @DisplayName("an engine that is away for the call timeout ends the delivery with that")
    void engineAway() {
        FakeEngine impatient = new FakeEngine(Duration.ofMillis(200));
        try (impatient) {
            IsolatedEnvironment web = impatient.run(FakeEngine.spec("web"));
            impatient.driver.writes("web", "line");
            impatient.driver.cutsLogs(0, Integer.MAX_VALUE);

            try (LogFollower follower = web.follow(LogQuery.all(), line -> {})) {
                assertThatThrownBy(() -> follower.awaitEnd(PATIENCE)).isInstanceOf(EngineUnavailableException.class);
            }
        }
    }

    @Test
    @DisplayName("a line that was cut off by the end of its run is gone on with, not repeated")
    void continuedLine() {
        List<LogLine> stored = new ArrayList<>();
        List<LogLine> told = new ArrayList<>();
        FakeDriver driver = new FakeDriver(engine.time) {
            @Override
            public void readLines(
                    String id,
                    LogQuery query,
                    boolean follow,
                    Consumer<LogLine> sink,
                    io.cofferdam.concurrent.Deadline deadline) {
                stored.forEach(sink);
            }
        };
        SeamTail tail = new SeamTail(driver, "id", LogQuery.all(), engine.time);
        stored.add(line("whole", true));
        stored.add(line("part", false));
        tail.read(told::add, io.cofferdam.concurrent.Deadline.none());

        stored.set(1, line("part and rest", true));
        stored.add(line("next", true));
        tail.read(told::add, io.cofferdam.concurrent.Deadline.none());
        tail.read(told::add, io.cofferdam.concurrent.Deadline.none());

        assertThat(told)
                .containsExactly(line("whole", true), line("part", false), line(" and rest", true), line("next", true));
    }

    private LogLine line(String text, boolean complete) {
        return new LogLine(LogLine.Stream.STDOUT, engine.time.instant(), text, complete);
    }
}
