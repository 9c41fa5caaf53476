package io.cofferdam.examples.load;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;

/**
 * Sends requests at a steady rate, whether or not earlier ones were answered, so that a service that stands still is seen to do so.
 * Immutable; each method gives a changed copy.
 *
 * <pre>{@code
 * try (Load load = LoadProbe.of(URI.create("http://127.0.0.1:8080/slow?ms=")).rate(200).work(Duration.ofSeconds(2)).start()) {
 *     switchTraffic();
 *     LoadReport report = load.stop();
 *     report.failed();                                          // 0
 *     report.answersOf("1", switchedAt.plusSeconds(1));         // 0
 * }
 * }</pre>
 *
 * @param target where requests go; if it ends with {@code =}, the milliseconds of work that are asked for are written behind it
 * @param rate requests for each second, 1 to 10000
 * @param work the longest work that is asked for; each request asks for a random part of it
 * @param timeout how long an answer may take beyond the work
 * @param seed the same seed asks for the same work
 */
public record LoadProbe(URI target, int rate, Duration work, Duration timeout, long seed) {

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if one is outside its range
     */
    public LoadProbe {
        Objects.requireNonNull(target, "target");
        if (!"http".equals(target.getScheme()) || target.getHost() == null) {
            throw new IllegalArgumentException("'" + target + "' is no address of the form http://HOST:PORT/PATH");
        }
        if (rate < 1 || rate > 10_000) {
            throw new IllegalArgumentException(rate + " requests a second are not between 1 and 10000");
        }
        if (work.isNegative()) {
            throw new IllegalArgumentException("a work of " + work + " is less than none");
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("a timeout of " + timeout + " is not more than 0");
        }
    }

    /**
     * 200 requests a second, of up to two seconds of work if the target ends with {@code =}, answered within ten seconds more.
     *
     * @param target where requests go
     * @return the probe
     */
    public static LoadProbe of(URI target) {
        Duration work = target.toString().endsWith("=") ? Duration.ofSeconds(2) : Duration.ZERO;
        return new LoadProbe(target, 200, work, Duration.ofSeconds(10), 1);
    }

    /**
     * The same probe with another rate.
     *
     * @param value requests for each second, 1 to 10000
     * @return the probe
     */
    public LoadProbe rate(int value) {
        return new LoadProbe(target, value, work, timeout, seed);
    }

    /**
     * The same probe asking for other work.
     *
     * @param value the longest that is asked for, 0 or more
     * @return the probe
     */
    public LoadProbe work(Duration value) {
        return new LoadProbe(target, rate, value, timeout, seed);
    }

    /**
     * The same probe with another patience.
     *
     * @param value how long an answer may take beyond the work, more than 0
     * @return the probe
     */
    public LoadProbe timeout(Duration value) {
        return new LoadProbe(target, rate, work, value, seed);
    }

    /**
     * The same probe asking for another row of work.
     *
     * @param value any number
     * @return the probe
     */
    public LoadProbe seed(long value) {
        return new LoadProbe(target, rate, work, timeout, value);
    }

    /**
     * Begins to send.
     *
     * @return the load; send until it is stopped
     */
    public Load start() {
        return new Load(this);
    }

    /**
     * Sends for a time, and waits for all answers.
     *
     * @param time for how long requests begin
     * @return what came of it
     * @throws InterruptedException if the thread is interrupted
     */
    public LoadReport run(Duration time) throws InterruptedException {
        try (Load load = start()) {
            Thread.sleep(time.toMillis());
            return load.stop();
        }
    }
}
