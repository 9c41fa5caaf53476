package io.cofferdam.concurrent;

import io.cofferdam.error.OperationTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The moment at which an operation has to be over, or {@linkplain #none() none}. One deadline is handed down through all
 * the steps of an operation, so that together they keep to what the caller granted; a timeout handed down would start
 * again with each step.
 *
 * <p>Time is measured by a monotonic {@link Ticker}: a change of the system's date moves no deadline. Immutable and safe
 * for use by many threads; none of the methods blocks.
 */
public final class Deadline {

    /** Half the range of a nanosecond counter (146 years), so that differences of two readings cannot overflow. */
    private static final long LONGEST_NANOS = Long.MAX_VALUE / 2;

    private static final Duration LONGEST = Duration.ofNanos(LONGEST_NANOS);

    private static final Deadline NONE = new Deadline(Ticker.system(), 0, null);

    private final Ticker ticker;
    private final long at;
    private final @Nullable Duration granted;

    private Deadline(Ticker ticker, long at, @Nullable Duration granted) {
        this.ticker = ticker;
        this.at = at;
        this.granted = granted;
    }

    /**
     * A deadline that lies the given time ahead.
     *
     * @param time the time granted; zero or less gives a deadline that has expired already, more than 146 years count as
     *     146 years
     * @return the deadline
     */
    public static Deadline in(Duration time) {
        return in(time, Ticker.system());
    }

    /**
     * A deadline that lies the given time ahead on the given clock.
     *
     * @param time the time granted; zero or less gives a deadline that has expired already, more than 146 years count as
     *     146 years
     * @param ticker what tells how much time has passed
     * @return the deadline
     */
    public static Deadline in(Duration time, Ticker ticker) {
        Objects.requireNonNull(time, "time");
        return new Deadline(ticker, ticker.nanoTime() + nanos(time), time);
    }

    /**
     * The deadline that never expires. An operation under it can still be ended by an interrupt.
     *
     * @return the absence of a deadline
     */
    public static Deadline none() {
        return NONE;
    }

    /**
     * Tells whether this is {@link #none()}.
     *
     * @return true if this deadline never expires
     */
    public boolean isNone() {
        return granted == null;
    }

    /**
     * The time left.
     *
     * @return never negative; zero once expired; 146 years for {@link #none()}
     */
    public Duration remaining() {
        return Duration.ofNanos(remainingNanos());
    }

    /**
     * The time left, in the unit that {@code java.util.concurrent} waits in.
     *
     * @return nanoseconds, never negative; zero once expired; half of {@link Long#MAX_VALUE} for {@link #none()}
     */
    public long remainingNanos() {
        return isNone() ? LONGEST_NANOS : Math.max(0, at - ticker.nanoTime());
    }

    /**
     * Tells whether no time is left.
     *
     * @return true once {@link #remaining()} is zero; from then on always
     */
    public boolean isExpired() {
        return remainingNanos() == 0;
    }

    /**
     * The one of two deadlines that expires first.
     *
     * @param other the other deadline; it may be on another clock, then the time left on each decides
     * @return this deadline or the other one; this one if both expire together
     */
    public Deadline earlier(Deadline other) {
        if (other.isNone()) {
            return this;
        }
        if (isNone()) {
            return other;
        }
        long difference = ticker == other.ticker ? other.at - at : other.remainingNanos() - remainingNanos();
        return difference < 0 ? other : this;
    }

    /**
     * This deadline, or one that lies the given time ahead if that is sooner: for a step of an operation that has a limit
     * of its own.
     *
     * @param time the most time from now on; zero or less gives a deadline that has expired already
     * @return the earlier of the two, on the same clock
     */
    public Deadline cappedAt(Duration time) {
        return earlier(in(time, ticker));
    }

    /**
     * Fails if this deadline has expired; for loops that do their waiting elsewhere.
     *
     * @param what the operation, as the subject of a sentence: {@code "starting 'web'"}
     * @throws OperationTimeoutException if no time is left
     */
    public void check(String what) {
        if (isExpired()) {
            throw timeout(what, null);
        }
    }

    /**
     * The failure to throw when this deadline has passed. It reads {@code <what> did not finish within 30 s}.
     *
     * @param what the operation, as the subject of a sentence: {@code "starting 'web'"}
     * @param cause the last failure seen meanwhile, or null if there was none
     * @return a new exception, not thrown yet
     */
    public OperationTimeoutException timeout(String what, @Nullable Throwable cause) {
        return new OperationTimeoutException(what + " did not finish within " + describe(), cause);
    }

    /** The time once granted, for messages: {@code 1.5 s}. */
    private String describe() {
        return granted == null ? "any time" : inWords(granted);
    }

    static String inWords(Duration time) {
        if (time.compareTo(Duration.ofSeconds(1)) < 0) {
            return time.toMillis() + " ms";
        }
        String tenths = time.toMillisPart() < 100 ? "" : "." + time.toMillisPart() / 100;
        return time.toSeconds() + tenths + " s";
    }

    private static long nanos(Duration time) {
        if (time.isNegative()) {
            return 0;
        }
        return time.compareTo(LONGEST) >= 0 ? LONGEST_NANOS : time.toNanos();
    }

    /** Says how much time is left, for logs. */
    @Override
    public String toString() {
        return granted == null
                ? "no deadline"
                : TimeUnit.NANOSECONDS.toMillis(remainingNanos()) + " ms left of " + describe();
    }
}
