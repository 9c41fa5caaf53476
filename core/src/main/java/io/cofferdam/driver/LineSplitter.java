package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.LogLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Turns the bytes of one stream into lines, whatever pieces they come in: a line or a character may span pieces. A line
 * longer than {@link LogLine#MAX_LENGTH} bytes is delivered in pieces, never cut inside a well-formed UTF-8 character. A
 * carriage return before the line feed belongs to the line end. Not thread-safe.
 */
@Experimental
public final class LineSplitter {

    private final LogLine.Stream stream;
    private final Consumer<LogLine> sink;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream(256);
    private Instant pendingSince = Instant.EPOCH;

    /**
     * Makes a splitter.
     *
     * @param stream the stream whose bytes come
     * @param sink gets the lines
     */
    public LineSplitter(LogLine.Stream stream, Consumer<LogLine> sink) {
        this.stream = stream;
        this.sink = sink;
    }

    /**
     * Takes a piece.
     *
     * @param at when it was written
     * @param bytes holds the piece; copied
     * @param offset where it begins
     * @param length how long it is
     */
    public void accept(Instant at, byte[] bytes, int offset, int length) {
        int start = offset;
        int end = offset + length;
        for (int i = offset; i < end; i++) {
            if (bytes[i] == '\n') {
                append(at, bytes, start, i - start);
                deliver(true);
                start = i + 1;
            }
        }
        append(at, bytes, start, end - start);
    }

    /** Delivers what came after the last line end, as an incomplete line. To be called when the stream has ended. */
    public void end() {
        if (pending.size() > 0) {
            deliver(false);
        }
    }

    private void append(Instant at, byte[] bytes, int offset, int length) {
        int from = offset;
        int left = length;
        while (left > 0) {
            if (pending.size() == 0) {
                pendingSince = at;
            }
            int part = Math.min(left, LogLine.MAX_LENGTH - pending.size());
            pending.write(bytes, from, part);
            from += part;
            left -= part;
            if (pending.size() >= LogLine.MAX_LENGTH && left > 0) {
                deliverPiece(at);
            }
        }
        if (length == 0 && pending.size() == 0) {
            pendingSince = at;
        }
    }

    private void deliverPiece(Instant at) {
        byte[] all = pending.toByteArray();
        int cut = wholeCharacters(all);
        pending.reset();
        pending.write(all, cut, all.length - cut);
        sink.accept(new LogLine(stream, pendingSince, new String(all, 0, cut, StandardCharsets.UTF_8), false));
        pendingSince = at;
    }

    private void deliver(boolean complete) {
        byte[] all = pending.toByteArray();
        pending.reset();
        int length = all.length;
        if (complete && length > 0 && all[length - 1] == '\r') {
            length--;
        }
        sink.accept(new LogLine(stream, pendingSince, new String(all, 0, length, StandardCharsets.UTF_8), complete));
    }

    /** How many bytes there are before a UTF-8 character that is cut off at the end; all of them if there is none. */
    private static int wholeCharacters(byte[] bytes) {
        for (int back = 1; back <= 3 && back <= bytes.length; back++) {
            int value = bytes[bytes.length - back] & 0xFF;
            if (value >= 0xC0) {
                int needed = value >= 0xF0 ? 4 : value >= 0xE0 ? 3 : 2;
                return needed > back ? bytes.length - back : bytes.length;
            }
            if (value < 0x80) {
                return bytes.length;
            }
        }
        return bytes.length;
    }
}
