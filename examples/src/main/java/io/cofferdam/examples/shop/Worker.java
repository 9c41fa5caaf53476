package io.cofferdam.examples.shop;

import io.cofferdam.examples.shop.Shop.Running;
import io.cofferdam.examples.shop.Shop.Settings;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Takes orders from the queue, one at a time. */
final class Worker implements Running {

    /** How long an order takes. */
    private static final long WORK_MILLIS = 100;

    /** How long to wait before the queue is asked again that could not be reached. */
    private static final long PAUSE_MILLIS = 500;

    private final String name;
    private final QueueClient queue;
    private final Thread thread;
    private final Object moment = new Object();
    private QueueClient.@Nullable Session waiting;
    private volatile boolean isDraining;
    private volatile boolean isConnected;

    Worker(Settings settings, QueueClient queue) {
        name = settings.instance() + ":" + settings.version();
        this.queue = queue;
        thread = new Thread(this::work, "work");
        thread.start();
    }

    @Override
    public boolean isHealthy() {
        return isConnected;
    }

    @Override
    public boolean drain(Duration grace) {
        isDraining = true;
        try {
            synchronized (moment) {
                if (waiting != null) {
                    waiting.close();
                }
            }
            thread.join(grace.toMillis());
        } catch (IOException unclosable) {
            return false;
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    private void work() {
        while (!isDraining) {
            try (QueueClient.Session session = queue.open()) {
                isConnected = true;
                while (!isDraining) {
                    String job = take(session);
                    if (job.startsWith("JOB ")) {
                        Thread.sleep(WORK_MILLIS);
                        session.ask("DONE");
                    }
                }
            } catch (IOException unreachable) {
                isConnected = false;
                pause();
            } catch (InterruptedException ended) {
                return;
            }
        }
    }

    /** While it waits for an order it may be cut off; an order that was handed out meanwhile goes to somebody else. */
    private String take(QueueClient.Session session) throws IOException {
        synchronized (moment) {
            waiting = session;
        }
        try {
            return isDraining ? "NONE" : session.ask("TAKE " + name);
        } finally {
            synchronized (moment) {
                waiting = null;
            }
        }
    }

    private void pause() {
        try {
            if (!isDraining) {
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
