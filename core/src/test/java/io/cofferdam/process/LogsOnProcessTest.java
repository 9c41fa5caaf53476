package io.cofferdam.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.error.OperationTimeoutException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsOnProcessTest {

    private static final LogQuery OUT = LogQuery.all().only(LogLine.Stream.STDOUT);

    @TempDir
    Path temp;

    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench(EngineConfig.builder()
                .stateDirectory(temp.resolve("state"))
                .option(ProcessParts.LOG_LIMIT, "20m")
                .build());
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private String copied(String id, LogQuery query) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bench.driver.copyLogs(
                id, query, (stream, piece, offset, length) -> bytes.write(piece, offset, length), Bench.soon());
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theStreamsAreKeptApart() {
        String id = bench.started("job", "sh", "-c", "echo out; echo err >&2; printf rest");
        bench.awaitExit(id);

        assertThat(bench.lines(id, OUT)).containsExactly("out", "rest");
        assertThat(bench.lines(id, LogQuery.all().only(LogLine.Stream.STDERR))).containsExactly("err");
        assertThat(copied(id, OUT)).isEqualTo("out\nrest");
    }

    @Test
    void theTailIsTheLastLines() {
        String id = bench.started("job", "seq", "1", "1000");
        bench.awaitExit(id);

        assertThat(bench.lines(id, LogQuery.all().withTail(2))).containsExactly("999", "1000");
        assertThat(copied(id, LogQuery.all().withTail(2))).isEqualTo("999\n1000\n");
        assertThat(bench.lines(id, LogQuery.all().withTail(0))).isEmpty();
        assertThat(copied(id, LogQuery.all().withTail(0))).isEmpty();
    }

    @Test
    void whatWasWrittenBeforeATimeIsLeftOut() {
        String id = bench.started("job", "sh", "-c", "echo one; while ! [ -e go ]; do sleep 0.02; done; echo two");
        bench.awaitLine(id, "one"::equals);
        Instant between = Instant.now();
        bench.driver.exec(id, io.cofferdam.environment.ExecSpec.of("touch", "go"), Bench.soon());
        bench.awaitExit(id);

        assertThat(bench.lines(id, LogQuery.all().withSince(between))).containsExactly("two");
        assertThat(copied(id, LogQuery.all().withSince(between))).isEqualTo("two\n");
        assertThat(bench.lines(id, LogQuery.all().withSince(Instant.now()))).isEmpty();
    }

    @Test
    void linesOfBothStreamsComeInTheOrderOfTime() {
        String id = bench.started(
                "job", "sh", "-c", "echo a; sleep 0.1; echo b >&2; sleep 0.1; echo c; sleep 0.1; echo d >&2");
        bench.awaitExit(id);

        assertThat(bench.lines(id, LogQuery.all())).containsExactly("a", "b", "c", "d");
    }

    @Test
    void followingDeliversEachLineOnceUntilTheEnd() {
        String id =
                bench.started("job", "sh", "-c", "i=0; while [ $i -lt 300 ]; do echo $i; i=$((i+1)); done; printf end");
        List<String> lines = new ArrayList<>();

        bench.driver.readLines(id, LogQuery.all(), true, line -> lines.add(line.text()), Bench.soon());

        assertThat(lines).hasSize(301).doesNotHaveDuplicates().endsWith("299", "end");
    }

    @Test
    void followingEndsAtItsDeadline() {
        String id = bench.started("job", "sleep", "1000");

        assertThatThrownBy(() -> bench.driver.readLines(
                        id, LogQuery.all(), true, line -> {}, Deadline.in(Duration.ofMillis(200))))
                .isInstanceOf(OperationTimeoutException.class);
    }

    @Test
    void tenMegabytesWithoutALineEndAreDeliveredInPieces() {
        String id = bench.started("job", "sh", "-c", "head -c 10485760 /dev/zero | tr '\\0' x");
        bench.awaitExit(id);
        List<LogLine> lines = new ArrayList<>();

        bench.driver.readLines(id, LogQuery.all(), false, lines::add, Bench.soon());

        assertThat(lines.stream().mapToInt(line -> line.text().length()).sum()).isEqualTo(10485760);
        assertThat(lines).allMatch(line -> line.text().length() <= LogLine.MAX_LENGTH && !line.complete());
    }

    @Test
    void malformedCharactersAreReplaced() {
        String id = bench.started("job", "printf", "a\\377b\\n");
        bench.awaitExit(id);

        assertThat(bench.lines(id, LogQuery.all())).containsExactly("a\uFFFDb");
    }

    @Test
    void theLogsOfAllRunsAreKept() {
        String id = bench.started("job", "echo", "run");
        bench.awaitExit(id);
        bench.driver.start(id, Bench.soon());
        bench.awaitExit(id);

        assertThat(bench.lines(id, LogQuery.all())).containsExactly("run", "run");
    }

    @Test
    void theDeathOfTheProgramLeavesNoMessageOfTheShell() {
        String id = bench.started("job", "sh", "-c", "kill -9 $$");

        assertThat(bench.awaitExit(id)).isEqualTo(137);
        assertThat(bench.lines(id, LogQuery.all())).isEmpty();
    }

    @Test
    void aLogThatGrowsBeyondItsBoundIsCutAtTheBeginningOfALine() throws Exception {
        try (Bench small = new Bench(EngineConfig.builder()
                .stateDirectory(temp.resolve("small"))
                .option(ProcessParts.LOG_LIMIT, "64k")
                .build())) {
            String id = small.started("job", "sh", "-c", "seq 100000 199999; echo written; exec sleep 1000");
            small.awaitLine(id, "written"::equals);
            Path log = new StateDirectory(temp.resolve("small")).unit(id).log(LogLine.Stream.STDOUT);

            // An earlier cut, made while it grew, is not enough.
            Waiting.soon(() -> LogKeeper.beginning(log) >= 700_008 - 65_536, Bench.soon(), "the last cut");

            List<String> lines = small.lines(id, LogQuery.all());
            assertThat(lines.size()).isBetween(3000, 10000);
            assertThat(lines).endsWith("199999", "written");
            assertThat(lines.get(0)).hasSize(6);
            assertThat((Long) Files.getAttribute(log, "unix:size")).isEqualTo(700_008L);
        }
    }
}
