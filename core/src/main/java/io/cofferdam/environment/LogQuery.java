package io.cofferdam.environment;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Which part of an environment's output is wanted.
 *
 * @param stdout whether the standard output is
 * @param stderr whether the standard error is
 * @param lastLines how many of the last lines, 0 or more, or null for all
 * @param from the earliest time, or null for the beginning
 */
public record LogQuery(
        boolean stdout,
        boolean stderr,
        @Nullable Integer lastLines,
        @Nullable Instant from) {

    private static final LogQuery ALL = new LogQuery(true, true, null, null);

    /**
     * Checks the ranges.
     *
     * @param stdout whether the standard output is
     * @param stderr whether the standard error is
     * @param lastLines how many of the last lines, 0 or more, or null for all
     * @param from the earliest time, or null for the beginning
     * @throws IllegalArgumentException if neither stream is wanted, or the number of lines is negative
     */
    public LogQuery {
        if (!stdout && !stderr) {
            throw new IllegalArgumentException("a log query needs the standard output, the standard error or both");
        }
        if (lastLines != null && lastLines < 0) {
            throw new IllegalArgumentException("a log query's tail is 0 lines or more, not " + lastLines);
        }
    }

    /**
     * All of both streams.
     *
     * @return the query
     */
    public static LogQuery all() {
        return ALL;
    }

    /**
     * This query, for the last lines only.
     *
     * @param lines 0 or more
     * @return the new query
     */
    public LogQuery withTail(int lines) {
        return new LogQuery(stdout, stderr, lines, from);
    }

    /**
     * This query, from a time on.
     *
     * @param time the earliest time
     * @return the new query
     */
    public LogQuery withSince(Instant time) {
        return new LogQuery(stdout, stderr, lastLines, time);
    }

    /**
     * This query for one stream.
     *
     * @param stream the stream
     * @return the new query
     */
    public LogQuery only(LogLine.Stream stream) {
        return new LogQuery(stream == LogLine.Stream.STDOUT, stream == LogLine.Stream.STDERR, lastLines, from);
    }

    /**
     * How many of the last lines.
     *
     * @return empty for all
     */
    public OptionalInt tail() {
        return lastLines == null ? OptionalInt.empty() : OptionalInt.of(lastLines);
    }

    /**
     * The earliest time.
     *
     * @return empty for the beginning
     */
    public Optional<Instant> since() {
        return Optional.ofNullable(from);
    }
}
