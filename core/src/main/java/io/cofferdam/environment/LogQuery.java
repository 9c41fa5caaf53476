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
 * @param followsRestarts whether a follower goes on when the environment ends, until it is removed
 */
public record LogQuery(
        boolean stdout,
        boolean stderr,
        @Nullable Integer lastLines,
        @Nullable Instant from,
        boolean followsRestarts) {

    private static final LogQuery ALL = new LogQuery(true, true, null, null, false);

    /**
     * Checks the ranges.
     *
     * @param stdout whether the standard output is
     * @param stderr whether the standard error is
     * @param lastLines how many of the last lines, 0 or more, or null for all
     * @param from the earliest time, or null for the beginning
     * @param followsRestarts whether a follower goes on when the environment ends, until it is removed
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
     * A query whose followers end with the environment.
     *
     * @param stdout whether the standard output is
     * @param stderr whether the standard error is
     * @param lastLines how many of the last lines, 0 or more, or null for all
     * @param from the earliest time, or null for the beginning
     * @throws IllegalArgumentException if neither stream is wanted, or the number of lines is negative
     */
    public LogQuery(boolean stdout, boolean stderr, @Nullable Integer lastLines, @Nullable Instant from) {
        this(stdout, stderr, lastLines, from, false);
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
        return new LogQuery(stdout, stderr, lines, from, followsRestarts);
    }

    /**
     * This query, from a time on.
     *
     * @param time the earliest time
     * @return the new query
     */
    public LogQuery withSince(Instant time) {
        return new LogQuery(stdout, stderr, lastLines, time, followsRestarts);
    }

    /**
     * This query, whose followers do not end when the environment does: they wait until it is started again, by whomever,
     * and end when it is removed. When it is replaced by {@link IsolatedEnvironment#update} they deliver the rest of what
     * it wrote, then what its replacement writes. No line is left out and none is told twice, as long as the engine keeps
     * the lines. Changes nothing for {@link IsolatedEnvironment#logs}.
     *
     * @return the new query
     */
    public LogQuery acrossRestarts() {
        return new LogQuery(stdout, stderr, lastLines, from, true);
    }

    /**
     * This query for one stream.
     *
     * @param stream the stream
     * @return the new query
     */
    public LogQuery only(LogLine.Stream stream) {
        return new LogQuery(
                stream == LogLine.Stream.STDOUT, stream == LogLine.Stream.STDERR, lastLines, from, followsRestarts);
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
