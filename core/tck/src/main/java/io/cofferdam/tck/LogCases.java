package io.cofferdam.tck;

import static io.cofferdam.environment.LogLine.Stream.STDERR;
import static io.cofferdam.environment.LogLine.Stream.STDOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LogFollower;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Readiness;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the main process writes. */
abstract class LogCases extends Cases {

    private static final int MEGABYTES = 10;

    @Test
    @DisplayName("logs: both streams are told apart, each in its own order")
    void streamsApart() {
        IsolatedEnvironment environment = runToEnd("job", "echo out 1; echo err 1 >&2; echo out 2; echo err 2 >&2");

        assertThat(environment.logs())
                .extracting(LogLine::text)
                .containsExactlyInAnyOrder("out 1", "err 1", "out 2", "err 2");
        if (refusedForOneStream(environment)) {
            return;
        }
        assertThat(lines(environment, LogQuery.all().only(STDOUT))).containsExactly("out 1", "out 2");
        assertThat(lines(environment, LogQuery.all().only(STDERR))).containsExactly("err 1", "err 2");
        assertThat(environment.logs(LogQuery.all().only(STDERR)))
                .allSatisfy(line -> assertThat(line.stream()).isEqualTo(STDERR));
    }

    @Test
    @DisplayName("logs: thousands of lines keep their order and lose none")
    void order() {
        IsolatedEnvironment environment =
                runToEnd("job", "i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done");

        assertThat(stdout(environment))
                .isEqualTo(IntStream.range(0, 5000).mapToObj(i -> "line " + i).toList());
    }

    @Test
    @DisplayName("logs: nothing of one that was never started")
    void neverStarted() {
        assertThat(environments().create(shell("job", IDLE).build()).logs()).isEmpty();
    }

    @Test
    @DisplayName("logs: empty lines are lines; each is complete")
    void emptyLines() {
        IsolatedEnvironment environment = runToEnd("job", "echo; echo a; echo; echo");

        assertThat(environment.logs()).extracting(LogLine::text).containsExactly("", "a", "", "");
        assertThat(environment.logs()).allMatch(LogLine::complete);
    }

    @Test
    @DisplayName("tail: the last lines only; 0 for none")
    void tail() {
        IsolatedEnvironment environment = runToEnd("job", "for i in 1 2 3 4 5; do echo $i; done");

        assertThat(lines(environment, LogQuery.all().withTail(2))).containsExactly("4", "5");
        assertThat(lines(environment, LogQuery.all().withTail(100))).containsExactly("1", "2", "3", "4", "5");
        assertThat(lines(environment, LogQuery.all().withTail(0))).isEmpty();
        if (has(Capability.LOG_STREAMS)) {
            assertThat(lines(environment, LogQuery.all().only(STDERR).withTail(2)))
                    .isEmpty();
        }
    }

    @Test
    @DisplayName("tail: a last line without a line end counts")
    void tailOfAnUnendedLine() {
        IsolatedEnvironment environment = runToEnd("job", "echo 1; echo 2; printf 3");

        assertThat(lines(environment, LogQuery.all().withTail(2))).containsExactly("2", "3");
    }

    @Test
    @DisplayName("tail: of one stream counts the lines of that stream, whatever the other one wrote last")
    void tailOfOneStream() {
        IsolatedEnvironment environment = runToEnd(
                "job",
                "for i in 1 2 3; do echo $i; done; sleep 0.3; for i in a b c; do echo $i >&2; done; printf d >&2");
        if (refusedForOneStream(environment)) {
            return;
        }
        LogQuery output = LogQuery.all().only(STDOUT).withTail(2);
        ByteArrayOutputStream copied = new ByteArrayOutputStream();
        environment.copyLogs(output, copied, copied);
        List<String> followed = new CopyOnWriteArrayList<>();
        try (LogFollower follower = environment.follow(output, line -> followed.add(line.text()))) {
            assertThat(follower.awaitEnd(patience())).isTrue();
        }

        assertThat(lines(environment, output)).containsExactly("2", "3");
        assertThat(copied.toString(StandardCharsets.UTF_8)).isEqualTo("2\n3\n");
        assertThat(followed).containsExactly("2", "3");
        assertThat(lines(environment, LogQuery.all().only(STDERR).withTail(2))).containsExactly("c", "d");
    }

    @Test
    @DisplayName("since: lines written from that time on")
    void since() {
        IsolatedEnvironment environment = runToEnd("job", "echo early; sleep 1.2; echo late; echo later");
        List<LogLine> all = environment.logs();
        Instant between = all.get(1).at().minusMillis(200);

        assertThat(lines(environment, LogQuery.all().withSince(between))).containsExactly("late", "later");
        assertThat(lines(environment, LogQuery.all().withSince(all.get(0).at().minusSeconds(60))))
                .hasSize(3);
        assertThat(lines(environment, LogQuery.all().withSince(Instant.now().plusSeconds(3600))))
                .isEmpty();
        assertThat(lines(environment, LogQuery.all().withSince(between).withTail(1)))
                .containsExactly("later");
    }

    @Test
    @DisplayName("logs: of both runs of one that was restarted")
    void severalRuns() {
        IsolatedEnvironment environment = runToEnd("job", "echo run; echo error >&2");

        environment.start();
        environment.awaitExit(patience());

        assertThat(lines(environment, LogQuery.all())).containsExactlyInAnyOrder("run", "error", "run", "error");
        if (refusedForOneStream(environment)) {
            return;
        }
        assertThat(stdout(environment)).containsExactly("run", "run");
        assertThat(lines(environment, LogQuery.all().only(STDERR))).containsExactly("error", "error");
    }

    @Test
    @DisplayName("logs: a last line without line end is told, as incomplete")
    void noLineEnd() {
        IsolatedEnvironment environment = runToEnd("job", "echo whole; printf part");

        assertThat(environment.logs()).extracting(LogLine::text).containsExactly("whole", "part");
        assertThat(environment.logs()).extracting(LogLine::complete).containsExactly(true, false);
    }

    @Test
    @DisplayName("logs: 10 MB without a line end come in pieces of at most 64 KiB, and nothing is lost")
    void endlessLine() {
        int bytes = MEGABYTES * 1_000_000;
        IsolatedEnvironment environment = runToEnd("job", "head -c " + bytes + " /dev/zero | tr '\\0' x");

        List<LogLine> pieces = environment.logs();

        assertThat(pieces).allSatisfy(piece -> {
            assertThat(piece.text().length()).isBetween(1, LogLine.MAX_LENGTH);
            assertThat(piece.complete()).isFalse();
        });
        assertThat(pieces.stream().mapToLong(piece -> piece.text().length()).sum())
                .isEqualTo(bytes);
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        environment.copyLogs(LogQuery.all(), copy, copy);
        assertThat(copy.size()).isEqualTo(bytes);
    }

    @Test
    @DisplayName("logs: malformed UTF-8 becomes U+FFFD; copyLogs gives the bytes as they were written")
    void malformedText() {
        boolean apart = has(Capability.LOG_STREAMS);
        IsolatedEnvironment environment =
                runToEnd("job", "printf 'a\\377b\\n\\303\\244\\n'" + (apart ? "; printf '\\200' >&2" : ""));

        assertThat(stdout(environment)).containsExactly("a\uFFFDb", "ä");
        if (apart) {
            assertThat(lines(environment, LogQuery.all().only(STDERR))).containsExactly("\uFFFD");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        environment.copyLogs(LogQuery.all(), out, err);
        if (apart) {
            assertThat(out.toByteArray())
                    .isEqualTo(new byte[] {'a', (byte) 0xFF, 'b', '\n', (byte) 0xC3, (byte) 0xA4, '\n'});
            assertThat(err.toByteArray()).isEqualTo(new byte[] {(byte) 0x80});
        } else {
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("a\uFFFDb\nä\n");
        }
    }

    @Test
    @DisplayName("logs: a carriage return before the line feed belongs to the line end")
    void carriageReturns() {
        IsolatedEnvironment environment = runToEnd("job", "printf 'dos\\r\\nmid\\rdle\\n'");

        assertThat(stdout(environment)).containsExactly("dos", "mid\rdle");
    }

    @Test
    @DisplayName("copyLogs: only the stream that is asked for")
    void copyOneStream() {
        IsolatedEnvironment environment = runToEnd("job", "echo out; echo err >&2");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        if (refusedForOneStream(environment)) {
            return;
        }

        environment.copyLogs(LogQuery.all().only(STDERR), out, err);

        assertThat(out.size()).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("err\n");
    }

    @Test
    @DisplayName("follow: the past, then each further line as it is written, to the end")
    void follow() throws InterruptedException {
        IsolatedEnvironment environment = environments()
                .run(shell("job", "echo one; until [ -f go ]; do sleep 0.05; done; echo two; echo three >&2")
                        .readyWhen(Readiness.log("one"))
                        .build());
        List<String> seen = new CopyOnWriteArrayList<>();
        CountDownLatch first = new CountDownLatch(1);

        try (LogFollower follower = environment.follow(LogQuery.all(), line -> {
            seen.add(line.text());
            first.countDown();
        })) {
            assertThat(first.await(patience().toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(seen).containsExactly("one");
            assertThat(follower.awaitEnd(Duration.ofMillis(100))).isFalse();
            sh(environment, "touch go");
            assertThat(follower.awaitEnd(patience())).isTrue();
        }
        assertThat(seen).containsExactlyInAnyOrder("one", "two", "three").startsWith("one");
    }

    @Test
    @DisplayName("follow: tail chooses how much of the past")
    void followWithTail() {
        IsolatedEnvironment environment = runToEnd("job", "for i in 1 2 3 4 5; do echo $i; done");
        List<String> seen = new CopyOnWriteArrayList<>();

        try (LogFollower follower = environment.follow(LogQuery.all().withTail(2), line -> seen.add(line.text()))) {
            assertThat(follower.awaitEnd(patience())).isTrue();
        }

        assertThat(seen).containsExactly("4", "5");
    }

    @Test
    @DisplayName("follow: no line is lost when thousands are written meanwhile")
    void followManyLines() {
        IsolatedEnvironment environment = run("job", "i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done");
        List<String> seen = new CopyOnWriteArrayList<>();

        try (LogFollower follower = environment.follow(LogQuery.all(), line -> seen.add(line.text()))) {
            assertThat(follower.awaitEnd(patience())).isTrue();
        }

        assertThat(seen)
                .isEqualTo(IntStream.range(0, 5000).mapToObj(i -> "line " + i).toList());
    }

    @Test
    @DisplayName("LogFollower.close: no line is delivered after the return")
    void closingAFollower() throws InterruptedException {
        IsolatedEnvironment environment = run("job", "while :; do echo tick; sleep 0.01; done");
        List<String> seen = new CopyOnWriteArrayList<>();
        CountDownLatch some = new CountDownLatch(3);
        LogFollower follower = environment.follow(LogQuery.all(), line -> {
            seen.add(line.text());
            some.countDown();
        });
        assertThat(some.await(patience().toSeconds(), TimeUnit.SECONDS)).isTrue();

        follower.close();

        int count = seen.size();
        assertThat(follower.awaitEnd(patience())).isTrue();
        int written = environment.logs().size();
        eventually("it has written more", () -> environment.logs().size() > written + 5);
        assertThat(seen).hasSize(count);
    }

    @Test
    @DisplayName("follow: a consumer that throws ends the delivery with that failure")
    void aConsumerThatThrows() {
        IsolatedEnvironment environment = run("job", "echo one; " + IDLE);
        IllegalStateException failure = new IllegalStateException("the consumer is full");

        try (LogFollower follower = environment.follow(LogQuery.all(), line -> {
            throw failure;
        })) {
            assertThatThrownBy(() -> follower.awaitEnd(patience()))
                    .satisfies(thrown -> assertThat(causes(thrown)).contains(failure));
        }
        assertThat(environment.status().state().isAlive()).isTrue();
    }

    /** Where an engine keeps both streams as one, whoever asks for one of them is refused. */
    private boolean refusedForOneStream(IsolatedEnvironment environment) {
        if (has(Capability.LOG_STREAMS)) {
            return false;
        }
        for (LogLine.Stream stream : LogLine.Stream.values()) {
            LogQuery one = LogQuery.all().only(stream);
            ByteArrayOutputStream copied = new ByteArrayOutputStream();
            assertRefused(Capability.LOG_STREAMS, () -> environment.logs(one));
            assertRefused(Capability.LOG_STREAMS, () -> environment.copyLogs(one, copied, copied));
            assertRefused(Capability.LOG_STREAMS, () -> environment.follow(one, line -> {}));
        }
        return true;
    }

    private static List<Throwable> causes(Throwable thrown) {
        return Stream.iterate(thrown, each -> each != null, Throwable::getCause).toList();
    }
}
