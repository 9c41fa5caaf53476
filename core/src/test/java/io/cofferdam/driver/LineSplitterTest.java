package io.cofferdam.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.environment.LogLine;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class LineSplitterTest {

    private final List<LogLine> lines = new ArrayList<>();
    private final LineSplitter splitter = new LineSplitter(LogLine.Stream.STDOUT, lines::add);

    @Test
    @DisplayName("a line may come in pieces, and keeps the time of its first")
    void linesSpanPieces() {
        feed(Instant.ofEpochSecond(1), "one\ntw");
        feed(Instant.ofEpochSecond(2), "o\r\n\nthree");
        splitter.end();

        assertThat(lines)
                .containsExactly(
                        line(1, "one", true), line(1, "two", true), line(2, "", true), line(2, "three", false));
    }

    @Test
    @DisplayName("a character may come in pieces")
    void charactersSpanPieces() {
        byte[] bytes = "ä€😀\n".getBytes(StandardCharsets.UTF_8);
        for (byte each : bytes) {
            splitter.accept(Instant.EPOCH, new byte[] {each}, 0, 1);
        }

        assertThat(lines).extracting(LogLine::text).containsExactly("ä€😀");
    }

    @Test
    @DisplayName("bytes that are no UTF-8 become replacement characters and harm nothing else")
    void invalidBytes() {
        splitter.accept(Instant.EPOCH, new byte[] {'a', (byte) 0xFF, (byte) 0xC3, '\n', 'b', '\n'}, 0, 6);

        assertThat(lines).extracting(LogLine::text).containsExactly("a\uFFFD\uFFFD", "b");
    }

    @Test
    @DisplayName("ten megabytes without a line end come in pieces of bounded size that add up")
    void endlessLine() {
        String text = "x€".repeat(2_500_000);
        feed(Instant.EPOCH, text);
        splitter.end();

        assertThat(lines)
                .allSatisfy(line -> assertThat(line.text().getBytes(StandardCharsets.UTF_8).length)
                        .isLessThanOrEqualTo(LogLine.MAX_LENGTH));
        assertThat(lines).noneMatch(LogLine::complete);
        assertThat(lines.stream().map(LogLine::text).collect(Collectors.joining()))
                .isEqualTo(text);
    }

    @RepeatedTest(20)
    @DisplayName("however the bytes are cut, the lines are the same")
    void anyCut() {
        Random random = new Random();
        String text = random.ints(2000, 0, 300)
                .mapToObj(c -> c < 30 ? "\n" : Character.toString(c + 0x20AC - 30))
                .collect(Collectors.joining());
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; ) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(17));
            splitter.accept(Instant.EPOCH, bytes, at, length);
            at += length;
        }
        splitter.end();

        assertThat(lines.stream().map(LogLine::text).toList())
                .isEqualTo(text.lines().toList());
    }

    private void feed(Instant at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        splitter.accept(at, bytes, 0, bytes.length);
    }

    private static LogLine line(long second, String text, boolean complete) {
        return new LogLine(LogLine.Stream.STDOUT, Instant.ofEpochSecond(second), text, complete);
    }
}
