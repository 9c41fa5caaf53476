package io.cofferdam.examples.load;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests that are being sent. Thread-safe. */
public final class Load implements AutoCloseable {

    private static final Pattern VERSION = Pattern.compile("\"version\"\\s*:\\s*\"([^\"]*)\"");

    private final LoadProbe probe;
    private final Connections connections;
    private final Queue<Sample> samples = new ConcurrentLinkedQueue<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final long start = System.nanoTime();
    private final Instant startedAt = Instant.now();
    private final ExecutorService requests;
    private final Thread pacer;
    private volatile boolean isStopped;

    Load(LoadProbe probe) {
        this.probe = probe;
        connections = new Connections(probe.target());
        requests = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(null, work, "load", 128 * 1024);
            thread.setDaemon(true);
            return thread;
        });
        pacer = new Thread(this::pace, "load-pacer");
        pacer.setDaemon(true);
        pacer.start();
    }

    /**
     * What came of the requests that are over by now.
     *
     * @return the report
     */
    public LoadReport report() {
        return new LoadReport(new ArrayList<>(samples), Duration.ofNanos(System.nanoTime() - start));
    }

    /**
     * Begins no further request, and waits for those that have begun.
     *
     * @return what came of all
     * @throws InterruptedException if the thread is interrupted
     */
    public LoadReport stop() throws InterruptedException {
        isStopped = true;
        pacer.join();
        requests.shutdown();
        // Each request has a timeout of its own.
        if (!requests.awaitTermination(1, TimeUnit.HOURS)) {
            throw new IllegalStateException(underWay + " requests do not end");
        }
        return report();
    }

    /** Ends it at once; requests under way are cut off. */
    @Override
    public void close() {
        isStopped = true;
        connections.close();
        requests.shutdownNow();
    }

    private void pace() {
        Random random = new Random(probe.seed());
        long period = TimeUnit.SECONDS.toNanos(1) / probe.rate();
        for (long number = 0; !isStopped; number++) {
            long due = start + number * period;
            for (long left = due - System.nanoTime(); left > 0 && !isStopped; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            int work = random.nextInt((int) probe.work().toMillis() + 1);
            if (!isStopped) {
                underWay.incrementAndGet();
                requests.execute(() -> {
                    try {
                        samples.add(send(due, work));
                    } finally {
                        underWay.decrementAndGet();
                    }
                });
            }
        }
    }

    private Sample send(long due, int work) {
        long sent = System.nanoTime();
        Duration limit = probe.timeout().plusMillis(work);
        boolean isRetry = false;
        while (true) {
            Outcome outcome = attempt(work, limit.minusNanos(System.nanoTime() - sent), isRetry);
            if (!isRetry && outcome.failure().equals("closed-before-answer")) {
                // What proxies and browsers do too: nothing of it was answered, and it may be asked twice.
                isRetry = true;
            } else {
                long end = System.nanoTime();
                return new Sample(
                        startedAt.plusNanos(sent - start),
                        sent - due,
                        end - due,
                        work,
                        outcome.status(),
                        outcome.version(),
                        outcome.failure(),
                        isRetry);
            }
        }
    }

    private record Outcome(int status, String version, String failure) {
        static Outcome failed(String failure) {
            return new Outcome(0, "", failure);
        }
    }

    private Outcome attempt(int work, Duration left, boolean fresh) {
        Connection connection;
        try {
            connection = connections.take(fresh, left);
        } catch (SocketTimeoutException late) {
            return Outcome.failed("connect-timeout");
        } catch (IOException refused) {
            return Outcome.failed("refused");
        }
        try {
            Connection.Answer answer = connection.get(path(work), left);
            connections.give(connection);
            Matcher version = VERSION.matcher(answer.body());
            return new Outcome(
                    answer.status(),
                    version.find() ? version.group(1) : "",
                    answer.status() >= 200 && answer.status() < 400 ? "" : "status-" + answer.status());
        } catch (SocketTimeoutException late) {
            connection.close();
            return Outcome.failed("timeout");
        } catch (IOException | NumberFormatException broken) {
            connection.close();
            return Outcome.failed(connection.hasAnswered() ? "closed-in-answer" : "closed-before-answer");
        }
    }

    private String path(int work) {
        String target = probe.target().getRawPath();
        String query = probe.target().getRawQuery();
        String path = (target.isEmpty() ? "/" : target) + (query == null ? "" : "?" + query);
        return path.endsWith("=") ? path + work : path;
    }
}
