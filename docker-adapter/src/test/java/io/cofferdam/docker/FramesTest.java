package io.cofferdam.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.environment.LogLine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames, time stamps and lines, in whatever pieces they come. */
class FramesTest {

    private static final String STAMP = "2026-01-02T03:04:05.678901234Z ";
    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901234Z");

    private static byte[] frame(int stream, byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(new byte[] {
            (byte) stream,
            0,
            0,
            0,
            (byte) (content.length >>> 24),
            (byte) (content.length >>> 16),
            (byte) (content.length >>> 8),
            (byte) content.length
        });
        out.write(content);
        return out.toByteArray();
    }

    private static byte[] frame(int stream, String content) throws IOException {
        return frame(stream, content.getBytes(UTF_8));
    }

    private static byte[] all(byte[]... parts) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.write(part);
        }
        return out.toByteArray();
    }

    /** Gives at most so many bytes at a time, as a slow network does. */
    private static InputStream inPieces(byte[] bytes, int size) {
        ByteArrayInputStream whole = new ByteArrayInputStream(bytes);
        return new InputStream() {
            @Override
            public int read() {
                return whole.read();
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                return whole.read(into, offset, Math.min(length, size));
            }
        };
    }

    private static List<LogLine> lines(byte[] bytes, int size, boolean framed) throws IOException {
        List<LogLine> lines = new ArrayList<>();
        TimedLines stdout = new TimedLines(LogLine.Stream.STDOUT, framed, lines::add);
        TimedLines stderr = new TimedLines(LogLine.Stream.STDERR, framed, lines::add);
        Frames.Sink sink = (stream, first, piece, offset, length) ->
                (stream == LogLine.Stream.STDOUT ? stdout : stderr).accept(first, piece, offset, length);
        if (framed) {
            Frames.read(inPieces(bytes, size), sink);
        } else {
            Frames.readUnframed(inPieces(bytes, size), sink);
        }
        stdout.end();
        stderr.end();
        return lines;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 9, 31, 1024, 100_000})
    @DisplayName("lines keep their stream and time, however the bytes are cut")
    void lines(int size) throws IOException {
        byte[] stream = all(frame(1, STAMP + "größer\n"), frame(2, STAMP + "wrong\n"), frame(1, STAMP + "no end"));

        assertThat(lines(stream, size, true))
                .containsExactly(
                        new LogLine(LogLine.Stream.STDOUT, AT, "größer", true),
                        new LogLine(LogLine.Stream.STDERR, AT, "wrong", true),
                        new LogLine(LogLine.Stream.STDOUT, AT, "no end", false));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 1024})
    @DisplayName("a line and a character that span frames are put together, without the time stamps in between")
    void acrossFrames(int size) throws IOException {
        byte[] character = "ä".getBytes(UTF_8);
        byte[] stream = all(
                frame(1, all((STAMP + "a").getBytes(UTF_8), new byte[] {character[0]})),
                frame(2, STAMP + "between\n"),
                frame(1, all(STAMP.getBytes(UTF_8), new byte[] {character[1]}, "b\n".getBytes(UTF_8))));

        assertThat(lines(stream, size, true).stream().map(LogLine::text)).containsExactly("between", "aäb");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 1024})
    @DisplayName("the stream of a terminal has no frames, and a time stamp at the start of each line")
    void terminal(int size) throws IOException {
        byte[] stream = (STAMP + "one\r\n" + STAMP + "two\r\n").getBytes(UTF_8);

        assertThat(lines(stream, size, false))
                .containsExactly(
                        new LogLine(LogLine.Stream.STDOUT, AT, "one", true),
                        new LogLine(LogLine.Stream.STDOUT, AT, "two", true));
    }

    @Test
    @DisplayName("output that has no time stamp is not lost")
    void withoutStamp() throws IOException {
        byte[] stream = all(frame(1, "no stamp here\n"), frame(1, "x"), frame(1, "\n"));

        assertThat(lines(stream, 1024, true).stream().map(LogLine::text)).containsExactly("no stamp here", "x");
    }

    @Test
    @DisplayName("ten megabytes without a line end arrive whole, in pieces")
    void longLine() throws IOException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        String entry = "x".repeat(16 * 1024);
        for (int i = 0; i < 640; i++) {
            stream.write(frame(1, STAMP + entry));
        }

        List<LogLine> lines = lines(stream.toByteArray(), 32 * 1024, true);

        assertThat(lines).allMatch(line -> !line.complete() && line.text().length() <= LogLine.MAX_LENGTH);
        assertThat(lines.stream().mapToLong(line -> line.text().length()).sum()).isEqualTo(640L * 16 * 1024);
    }

    @Test
    @DisplayName("content is given as bytes, each piece before the buffer is used again")
    void exactBytes() throws IOException {
        byte[] odd = {'a', (byte) 0xFF, 0, '\r', '\n', (byte) 0xC3};
        ByteArrayOutputStream copy = new ByteArrayOutputStream();

        Frames.read(
                inPieces(all(frame(1, odd), frame(1, odd)), 3),
                Frames.Sink.of((stream, bytes, offset, length) -> copy.write(bytes, offset, length)));

        assertThat(copy.toByteArray()).isEqualTo(all(odd, odd));
    }

    @Test
    @DisplayName("a stream that ends within a frame is broken, not short")
    void cut() throws IOException {
        byte[] whole = frame(1, "0123456789");
        byte[] half = java.util.Arrays.copyOf(whole, 12);

        assertThatThrownBy(() -> Frames.read(new ByteArrayInputStream(half), (s, f, b, o, l) -> {}))
                .isInstanceOf(EOFException.class);
        assertThatThrownBy(() ->
                        Frames.read(new ByteArrayInputStream("plain text".getBytes(UTF_8)), (s, f, b, o, l) -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no frames");
    }
}
