package io.cofferdam.environment;

import java.time.Instant;
import java.util.Objects;

/**
 * One line an environment wrote.
 *
 * @param stream which stream it came from
 * @param at when it was written, as exactly as the engine knows
 * @param text the line without its line end, decoded as UTF-8; malformed bytes become U+FFFD
 * @param complete false if it is a piece of a longer line that was cut at {@link #MAX_LENGTH}, or had no line end yet
 */
public record LogLine(Stream stream, Instant at, String text, boolean complete) {

    /** The longest piece in bytes that a line is delivered in: 64 KiB. */
    public static final int MAX_LENGTH = 64 * 1024;

    /** A stream of the main process. */
    public enum Stream {
        /** The standard output. */
        STDOUT,
        /** The standard error. */
        STDERR
    }

    public LogLine {
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(text, "text");
    }
}
