package io.cofferdam.concurrent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Time that a test moves by hand: a ticker, a scheduler whose tasks run on the thread that moves it, and a sleeper that
 * moves it itself and remembers the pauses.
 */
public final class ManualTime implements Ticker, Scheduler, Sleeper {

    private record Task(long at, long number, Runnable body) {}

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::number));
    private final List<Duration> pauses = new ArrayList<>();
    private final long origin;
    private long elapsed;
    private long scheduled;

    public ManualTime() {
        this(0);
    }

    public ManualTime(long origin) {
        this.origin = origin;
    }

    @Override
    public synchronized long nanoTime() {
        return origin + elapsed;
    }

    @Override
    public synchronized Cancellable schedule(Duration delay, Runnable body) {
        Task task = new Task(elapsed + Math.max(0, delay.toNanos()), scheduled++, body);
        tasks.add(task);
        return () -> remove(task);
    }

    private synchronized boolean remove(Task task) {
        return tasks.remove(task);
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        synchronized (this) {
            pauses.add(time);
        }
        advance(time);
    }

    /** The pauses made so far. */
    public synchronized List<Duration> pauses() {
        return List.copyOf(pauses);
    }

    /** Moves the time on and runs what comes due, in order, each at its own moment. */
    public void advance(Duration time) {
        long end;
        synchronized (this) {
            end = elapsed + time.toNanos();
        }
        for (Task task = next(end); task != null; task = next(end)) {
            task.body().run();
        }
        synchronized (this) {
            elapsed = end;
        }
    }

    private synchronized Task next(long end) {
        Task task = tasks.peek();
        if (task == null || task.at() > end) {
            return null;
        }
        elapsed = Math.max(elapsed, task.at());
        return tasks.poll();
    }
}
