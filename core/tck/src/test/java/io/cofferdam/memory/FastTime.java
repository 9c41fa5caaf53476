package io.cofferdam.memory;

import io.cofferdam.concurrent.Cancellable;
import io.cofferdam.concurrent.Scheduler;
import io.cofferdam.concurrent.Threads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A time that runs faster than the real one, and begins long after it, so that mixing the two up does not go unnoticed. It stands
 * still when something is due that has not begun: however busy the machine is, nothing is late by this time.
 */
final class FastTime extends Clock {

    private static final Instant BEGINNING = Instant.parse("2040-01-01T00:00:00Z");

    /** Nobody tells that threads have been closed that something was to begin on. */
    private static final long LOOK_MILLIS = 100;

    /** What is to be done when; on a thread of its own unless there are none, and then time stands still until it is done. */
    private record Task(
            Instant due,
            long number,
            Runnable work,
            @Nullable Threads threads) {}

    private final int speed;
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparing(Task::due).thenComparing(Task::number));
    private long scheduled;

    /** From when on it runs: in reality, and by itself. */
    private long sinceNanos = System.nanoTime();

    private Instant since = BEGINNING;

    /** When it stands still, because something begins. */
    @Nullable
    private Instant standing;

    FastTime(int speed) {
        this.speed = speed;
    }

    @Override
    public synchronized Instant instant() {
        if (standing != null) {
            return standing;
        }
        Instant running = running();
        Task first = tasks.peek();
        return first != null && first.due.isBefore(running) ? first.due : running;
    }

    private Instant running() {
        return since.plusNanos((System.nanoTime() - sinceNanos) * speed);
    }

    /** Runs what is due, until it is interrupted. */
    void run() {
        try {
            while (true) {
                begin(next());
                synchronized (this) {
                    since = Objects.requireNonNull(standing);
                    sinceNanos = System.nanoTime();
                    standing = null;
                }
            }
        } catch (InterruptedException switchedOff) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Task next() throws InterruptedException {
        while (true) {
            Task first = tasks.peek();
            if (first == null) {
                wait();
                continue;
            }
            long left = Duration.between(running(), first.due).toNanos();
            if (left <= 0) {
                tasks.remove();
                standing = first.due;
                return first;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left / speed + 1);
        }
    }

    private static void begin(Task task) throws InterruptedException {
        if (task.threads == null) {
            task.work.run();
            return;
        }
        CountDownLatch begun = new CountDownLatch(1);
        try {
            task.threads.start("due", () -> {
                begun.countDown();
                task.work.run();
            });
        } catch (RejectedExecutionException closed) {
            return;
        }
        while (!task.threads.isClosed() && begun.getCount() > 0) {
            if (begun.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    /** A scheduler that goes by this time, on threads of its own. */
    Scheduler on(Threads threads) {
        return (delay, work) -> add(delay, work, threads);
    }

    /** A scheduler of what is done at once and during which time stands still. */
    Scheduler standingStill() {
        return (delay, work) -> add(delay, work, null);
    }

    private synchronized Cancellable add(Duration delay, Runnable work, @Nullable Threads threads) {
        Task task = new Task(instant().plus(delay.isNegative() ? Duration.ZERO : delay), scheduled++, work, threads);
        tasks.add(task);
        notifyAll();
        return () -> {
            synchronized (this) {
                return tasks.remove(task);
            }
        };
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
