package io.cofferdam.examples.bench;

import io.cofferdam.event.Event;
import io.cofferdam.event.EventBus;
import io.cofferdam.event.Overflow;
import io.cofferdam.event.Subscription;
import io.cofferdam.event.SubscriptionOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures the event bus: how long {@code publish} takes while one subscriber is stuck and another is healthy, and how
 * many events a second reach one subscriber. The measurements take turns, a few unmeasured rounds first; each line is the
 * median of the rounds, with the lowest and the highest.
 *
 * <p>{@code java … EventBusBenchmark [--json] [rounds]}
 */
public final class EventBusBenchmark {

    private static final int WARM_UP_ROUNDS = 5;
    private static final int DEFAULT_ROUNDS = 15;

    private static final int PUBLISHED_FLAT_OUT = 500_000;
    private static final int PUBLISHED_PACED = 5_000;
    private static final Duration PACE = Duration.ofNanos(100_000);
    private static final int DELIVERED = 4_000_000;

    private record Measured(Instant at, long number) implements Event {}

    private EventBusBenchmark() {}

    /**
     * Runs it.
     *
     * @param args {@code --json} for one JSON object instead of lines; a number for the rounds
     * @throws InterruptedException if interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        boolean json = Arrays.asList(args).contains("--json");
        int rounds = Arrays.stream(args)
                .filter(arg -> !arg.startsWith("--"))
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElse(DEFAULT_ROUNDS);
        Map<String, List<Double>> results = new LinkedHashMap<>();
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            Map<String, Double> result = new LinkedHashMap<>();
            publishBesideStuck("flat out", PUBLISHED_FLAT_OUT, Duration.ZERO, result);
            publishBesideStuck("every 100 us", PUBLISHED_PACED, PACE, result);
            result.put("delivered to one subscriber, 1 publisher [million events/s]", deliver(1));
            result.put("delivered to one subscriber, 2 publishers [million events/s]", deliver(2));
            if (round >= 0) {
                result.forEach((name, value) ->
                        results.computeIfAbsent(name, any -> new ArrayList<>()).add(value));
            }
        }
        print(results, rounds, json);
    }

    private static void publishBesideStuck(String how, int events, Duration pace, Map<String, Double> result)
            throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        long[] nanos = new long[events];
        try (EventBus bus = EventBus.create()) {
            bus.subscribe(Measured.class, event -> {
                stuck.countDown();
                awaitUninterruptibly(release);
            });
            Subscription healthy = bus.subscribe(Measured.class, event -> {});
            bus.publish(new Measured(Instant.EPOCH, -1));
            stuck.await();
            long next = System.nanoTime();
            for (int i = 0; i < events; i++) {
                Event event = new Measured(Instant.EPOCH, i);
                next += pace.toNanos();
                while (!pace.isZero() && next - System.nanoTime() > 0) {
                    LockSupport.parkNanos(next - System.nanoTime());
                }
                long begin = System.nanoTime();
                bus.publish(event);
                nanos[i] = System.nanoTime() - begin;
            }
            release.countDown();
            healthy.close();
        }
        Arrays.sort(nanos);
        for (String percentile : List.of("50", "99", "99.9")) {
            String name = "publish beside a stuck subscriber, " + how + ", p" + percentile + " [us]";
            result.put(name, nanos[(int) (events * Double.parseDouble(percentile) / 100)] / 1e3);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static double deliver(int publishers) throws InterruptedException {
        long[] sum = new long[1];
        long begin = System.nanoTime();
        try (EventBus bus = EventBus.create()) {
            SubscriptionOptions lossless =
                    SubscriptionOptions.defaults().withOverflow(Overflow.block(Duration.ofSeconds(30)));
            Subscription subscription = bus.subscribe(Measured.class, lossless, event -> sum[0] += event.number());
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < publishers; i++) {
                Thread thread = new Thread(() -> publish(bus, DELIVERED / publishers), "publisher-" + i);
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            subscription.close();
            if (subscription.delivered() != DELIVERED) {
                throw new IllegalStateException("not all events were delivered: " + subscription);
            }
        }
        return DELIVERED / 1e6 / ((System.nanoTime() - begin) / 1e9);
    }

    private static void publish(EventBus bus, int events) {
        for (int i = 0; i < events; i++) {
            bus.publish(new Measured(Instant.EPOCH, i));
        }
    }

    private static void print(Map<String, List<Double>> results, int rounds, boolean json) {
        String java = System.getProperty("java.version");
        List<String> lines = new ArrayList<>();
        results.forEach((name, values) -> {
            values.sort(null);
            String median = format(values.get(values.size() / 2));
            String lowest = format(values.get(0));
            String highest = format(values.get(values.size() - 1));
            lines.add(
                    json
                            ? String.format(
                                    "\"%s\":{\"median\":%s,\"lowest\":%s,\"highest\":%s}",
                                    name, median, lowest, highest)
                            : String.format("%-68s %s (%s to %s)", name, median, lowest, highest));
        });
        if (json) {
            System.out.println("{\"java\":\"" + java + "\",\"processors\":"
                    + Runtime.getRuntime().availableProcessors() + ",\"rounds\":" + rounds + ",\"results\":{"
                    + String.join(",", lines) + "}}");
        } else {
            System.out.println("Java " + java + ", " + Runtime.getRuntime().availableProcessors() + " processors, "
                    + rounds + " rounds: median (lowest to highest)");
            lines.forEach(System.out::println);
        }
    }

    private static String format(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
