package io.cofferdam.docker;

import io.cofferdam.driver.LineSplitter;
import io.cofferdam.environment.LogLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.function.Consumer;

/**
 * Turns the output of one stream with time stamps into lines. The engine stores output in entries of up to 16 KiB, puts a
 * time stamp and a blank before each, and sends each as one frame, or with a terminal one after the other; a line may have
 * several entries. Not thread-safe.
 */
final class TimedLines {

    /** The longest time stamp: nanoseconds and an offset from UTC. */
    private static final int MAX_STAMP = 40;

    private final LineSplitter lines;
    private final boolean framed;
    private final ByteArrayOutputStream stamp = new ByteArrayOutputStream(MAX_STAMP);
    private boolean inStamp = true;
    private Instant at = Instant.EPOCH;

    TimedLines(LogLine.Stream stream, boolean framed, Consumer<LogLine> sink) {
        this.lines = new LineSplitter(stream, sink);
        this.framed = framed;
    }

    void accept(boolean first, byte[] bytes, int offset, int length) {
        if (framed && first) {
            notAStamp();
            inStamp = true;
        }
        int from = offset;
        int end = offset + length;
        while (from < end) {
            from = inStamp ? stamp(bytes, from, end) : content(bytes, from, end);
        }
    }

    void end() {
        notAStamp();
        lines.end();
    }

    private int stamp(byte[] bytes, int from, int end) {
        int next = from;
        while (next < end) {
            byte value = bytes[next++];
            if (value == ' ') {
                read();
                return next;
            }
            stamp.write(value);
            if (stamp.size() >= MAX_STAMP || value == '\n') {
                notAStamp();
                return next;
            }
        }
        return next;
    }

    private void read() {
        try {
            at = OffsetDateTime.parse(stamp.toString(StandardCharsets.US_ASCII)).toInstant();
            stamp.reset();
        } catch (DateTimeParseException text) {
            stamp.write(' ');
            notAStamp();
        }
        inStamp = false;
    }

    /** What was taken for a time stamp is output. */
    private void notAStamp() {
        byte[] text = stamp.toByteArray();
        stamp.reset();
        inStamp = false;
        if (text.length > 0) {
            lines.accept(at, text, 0, text.length);
            inStamp = !framed && text[text.length - 1] == '\n';
        }
    }

    private int content(byte[] bytes, int from, int end) {
        int to = end;
        if (!framed) {
            for (int i = from; i < end; i++) {
                if (bytes[i] == '\n') {
                    to = i + 1;
                    inStamp = true;
                    break;
                }
            }
        }
        lines.accept(at, bytes, from, to - from);
        return to;
    }
}
