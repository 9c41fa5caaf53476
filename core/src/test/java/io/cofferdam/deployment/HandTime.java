package io.cofferdam.deployment;

import io.cofferdam.concurrent.Cancellable;
import io.cofferdam.concurrent.Scheduler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** A time that is moved by hand, and the scheduler that goes by it: what is due is done by whoever moves it. */
final class HandTime extends Clock implements Scheduler {

    private record Task(Instant due, long number, Runnable work) {}

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparing(Task::due).thenComparing(Task::number));
    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private long scheduled;

    @Override
    public synchronized Cancellable schedule(Duration delay, Runnable work) {
        Task task = new Task(now.plus(delay), scheduled++, work);
        tasks.add(task);
        notifyAll();
        return () -> {
            synchronized (this) {
                return tasks.remove(task);
            }
        };
    }

    /** Waits until something is scheduled for so long after now. */
    synchronized void awaitScheduled(Duration delay) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (tasks.stream().noneMatch(task -> task.due().equals(now.plus(delay)))) {
            if (System.nanoTime() > end) {
                throw new AssertionError("nothing is scheduled for " + now.plus(delay) + ", but: " + tasks);
            }
            wait(100);
        }
    }

    /** Lets time pass, and what comes due in it happen, each thing at its own time. */
    void pass(Duration time) {
        Instant end = instant().plus(time);
        for (Task task = due(end); task != null; task = due(end)) {
            task.work().run();
        }
        synchronized (this) {
            now = end;
        }
    }

    private synchronized @Nullable Task due(Instant end) {
        if (tasks.isEmpty() || tasks.peek().due().isAfter(end)) {
            return null;
        }
        Task task = tasks.remove();
        now = task.due().isAfter(now) ? task.due() : now;
        return task;
    }

    @Override
    public synchronized Instant instant() {
        return now;
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
