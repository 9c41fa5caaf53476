package io.cofferdam.concurrent;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The scheduler of a group of threads: one thread, made on first use, that starts a thread per task. */
final class Timer implements Scheduler {

    private final Threads threads;
    private @Nullable ScheduledThreadPoolExecutor executor;
    private boolean stopped;

    Timer(Threads threads) {
        this.threads = threads;
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
        // A deadline saturates, so that an absurdly long delay is a long delay and not an arithmetic error.
        long nanos = Deadline.in(delay).remainingNanos();
        // Whoever is first decides: the future alone is not done before the task may have run already.
        AtomicBoolean isDecided = new AtomicBoolean();
        Future<?> future = executor().schedule(() -> begin(task, isDecided), nanos, TimeUnit.NANOSECONDS);
        return () -> {
            boolean isCancelled = isDecided.compareAndSet(false, true);
            boolean unused = isCancelled && future.cancel(false);
            return isCancelled;
        };
    }

    private void begin(Runnable task, AtomicBoolean isDecided) {
        if (!isDecided.compareAndSet(false, true)) {
            return;
        }
        try {
            threads.start("timer-task", task);
        } catch (RejectedExecutionException e) {
            if (!threads.isClosed()) {
                throw e;
            }
            // The group closed while this task came due: it is forgotten like those still waiting.
        }
    }

    private synchronized ScheduledThreadPoolExecutor executor() {
        if (stopped) {
            throw new RejectedExecutionException("could not schedule a task: its threads are closed");
        }
        if (executor == null) {
            executor = new ScheduledThreadPoolExecutor(1, threads.factory("timer"));
            executor.setRemoveOnCancelPolicy(true);
        }
        return executor;
    }

    synchronized void stop() {
        stopped = true;
        if (executor != null) {
            executor.shutdownNow();
        }
    }
}
