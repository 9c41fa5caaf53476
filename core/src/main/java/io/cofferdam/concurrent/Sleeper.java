package io.cofferdam.concurrent;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Lets a thread pause. Handed in wherever there are pauses, so that a test need not make them. */
@FunctionalInterface
public interface Sleeper {

    /**
     * Pauses the calling thread.
     *
     * @param time how long; zero or less returns at once
     * @throws InterruptedException if the thread was interrupted before or during the pause; its flag is cleared
     */
    void sleep(Duration time) throws InterruptedException;

    /**
     * Pauses for real.
     *
     * @return a sleeper that calls {@link Thread#sleep(long)}
     */
    static Sleeper system() {
        return time -> TimeUnit.NANOSECONDS.sleep(Deadline.in(time).remainingNanos());
    }
}
