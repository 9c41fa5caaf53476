package io.cofferdam.examples.load;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * What came of requests.
 *
 * @param samples the requests, in the order they began in
 * @param time for how long they were sent and waited for
 */
public record LoadReport(List<Sample> samples, Duration time) {

    public LoadReport {
        samples = samples.stream().sorted(Comparator.comparing(Sample::began)).toList();
    }

    /**
     * How many there were.
     *
     * @return the number of requests
     */
    public int requests() {
        return samples.size();
    }

    /**
     * How many failed.
     *
     * @return the number of requests without a whole answer of a status from 200 to 399
     */
    public long failed() {
        return samples.stream().filter(sample -> !sample.succeeded()).count();
    }

    /**
     * How many were sent a second time.
     *
     * @return the number of requests whose first connection was closed before any byte of an answer came
     */
    public long retried() {
        return samples.stream().filter(Sample::isRetried).count();
    }

    /**
     * What went wrong, and how often.
     *
     * @return numbers by {@code refused}, {@code connect-timeout}, {@code timeout}, {@code closed-before-answer}, {@code
     *     closed-in-answer}, {@code status-NNN}
     */
    public Map<String, Long> failures() {
        return count(sample -> sample.failure());
    }

    /**
     * Which versions answered, and how often.
     *
     * @return numbers by version
     */
    public Map<String, Long> versions() {
        return count(Sample::version);
    }

    /**
     * How many answers a version gave to requests that began after a moment.
     *
     * @param version the version
     * @param after the moment
     * @return their number
     */
    public long answersOf(String version, Instant after) {
        return samples.stream()
                .filter(sample ->
                        sample.version().equals(version) && sample.began().isAfter(after))
                .count();
    }

    /**
     * How long requests took that were answered well, the work they asked for included, counted from when they were planned to be sent.
     *
     * @param share for example 0.99
     * @return milliseconds; 0 without requests
     */
    public double latency(double share) {
        return quantile(share, Sample::nanos);
    }

    /**
     * How much longer requests took than the work they asked for.
     *
     * @param share for example 0.99
     * @return milliseconds; 0 without requests
     */
    public double overhead(double share) {
        return quantile(share, sample -> sample.nanos() - sample.workMillis() * 1_000_000L);
    }

    /**
     * All of it for programs.
     *
     * @return a tree of maps, texts and numbers
     */
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("requests", requests());
        document.put("seconds", time.toMillis() / 1000.0);
        document.put("failed", failed());
        document.put("retried", retried());
        document.put("failures", failures());
        document.put("latencyMs", quantiles(this::latency));
        document.put("overheadMs", quantiles(this::overhead));
        document.put("lagMs", quantiles(share -> quantile(share, Sample::lagNanos)));
        Map<String, Object> versions = new LinkedHashMap<>();
        versions().forEach((version, answers) -> {
            List<Instant> began = samples.stream()
                    .filter(sample -> sample.version().equals(version))
                    .map(Sample::began)
                    .toList();
            Map<String, Object> of = new LinkedHashMap<>();
            of.put("answers", answers);
            of.put("firstBegan", began.get(0).toString());
            of.put("lastBegan", began.get(began.size() - 1).toString());
            versions.put(version, of);
        });
        document.put("versions", versions);
        return document;
    }

    private Map<String, Long> count(Function<Sample, String> key) {
        return samples.stream()
                .map(key)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.groupingBy(text -> text, TreeMap::new, Collectors.counting()));
    }

    private static Map<String, Object> quantiles(Function<Double, Double> of) {
        Map<String, Object> quantiles = new LinkedHashMap<>();
        quantiles.put("p50", of.apply(0.5));
        quantiles.put("p95", of.apply(0.95));
        quantiles.put("p99", of.apply(0.99));
        quantiles.put("p999", of.apply(0.999));
        quantiles.put("max", of.apply(1.0));
        return quantiles;
    }

    private double quantile(double share, ToLongFunction<Sample> of) {
        long[] sorted = samples.stream()
                .filter(Sample::succeeded)
                .mapToLong(of)
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return 0;
        }
        int place = (int) Math.ceil(share * sorted.length) - 1;
        return Math.round(sorted[Math.max(0, place)] / 1e4) / 100.0;
    }
}
