package io.cofferdam.concurrent;

/**
 * A source of elapsed time. It tells how much time lies between two readings, and nothing about the date; it never goes
 * backwards. Implementations are safe for use by many threads.
 */
@FunctionalInterface
public interface Ticker {

    /**
     * Reads the time.
     *
     * @return nanoseconds since an arbitrary origin, which may be negative and may wrap around: only differences count
     */
    long nanoTime();

    /**
     * The clock of this Java runtime.
     *
     * @return a ticker that reads {@link System#nanoTime()}
     */
    static Ticker system() {
        return System::nanoTime;
    }
}
