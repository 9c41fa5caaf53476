package io.cofferdam.driver;

import io.cofferdam.concurrent.Cancellable;
import io.cofferdam.concurrent.Scheduler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock that stands still until it is moved, and the scheduler that goes by it: tasks run on whoever moves it. */
final class FakeTime extends Clock implements Scheduler {

    private record Task(Instant due, long number, Runnable work) {}

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparing(Task::due).thenComparing(Task::number));
    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private long scheduled;

    @Override
    public synchronized Cancellable schedule(Duration delay, Runnable work) {
        Task task = new Task(now.plus(delay.isNegative() ? Duration.ZERO : delay), scheduled++, work);
        tasks.add(task);
        return () -> {
            synchronized (this) {
                return tasks.remove(task);
            }
        };
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

    /** How many tasks wait. */
    synchronized int pending() {
        return tasks.size();
    }

    private synchronized Task due(Instant end) {
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
