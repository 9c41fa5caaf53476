package io.cofferdam.concurrent;

import java.time.Duration;

/**
 * Runs something later. The one for real use is {@link Threads#scheduler()}; a test brings one whose clock it moves by
 * hand. Safe for use by many threads.
 */
@FunctionalInterface
public interface Scheduler {

    /**
     * Runs a task once, after a delay. Returns at once; the task runs on another thread, and a slow task delays no other.
     * What a task throws is logged and goes no further.
     *
     * @param delay how long to wait; zero or less means as soon as possible
     * @param task what to run
     * @return the means to call it off
     * @throws java.util.concurrent.RejectedExecutionException if what runs the tasks has been closed
     */
    Cancellable schedule(Duration delay, Runnable task);
}
