package io.cofferdam.examples.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Durations of the same thing done many times, in nanoseconds, in the order they were taken. */
final class Samples {

    private static final int RESAMPLES = 2000;

    private final long[] nanos;
    private int count;

    Samples(int capacity) {
        nanos = new long[capacity];
    }

    void add(long duration) {
        nanos[count++] = duration;
    }

    int count() {
        return count;
    }

    /** In milliseconds. */
    double quantile(double share) {
        return quantile(Arrays.copyOf(nanos, count), share) / 1e6;
    }

    double median() {
        return quantile(0.5);
    }

    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("n", count);
        document.put("medianMs", round(median()));
        document.put("p25Ms", round(quantile(0.25)));
        document.put("p75Ms", round(quantile(0.75)));
        document.put("p99Ms", round(quantile(0.99)));
        return document;
    }

    /** For people: {@code 12.3 ms (11.9 to 12.8)}, the median and the middle half. */
    String shown() {
        return String.format("%.2f ms (middle half %.2f to %.2f)", median(), quantile(0.25), quantile(0.75));
    }

    /** The ratio of the medians with its 95 % interval, by resampling; the samples stay paired as they were taken. */
    static double[] ratio(Samples ours, Samples raw) {
        Random random = new Random(1); // the same samples give the same interval
        double[] ratios = new double[RESAMPLES];
        long[] some = new long[ours.count];
        long[] other = new long[ours.count];
        for (int i = 0; i < RESAMPLES; i++) {
            for (int k = 0; k < ours.count; k++) {
                int pick = random.nextInt(ours.count);
                some[k] = ours.nanos[pick];
                other[k] = raw.nanos[pick];
            }
            ratios[i] = (double) quantile(some, 0.5) / quantile(other, 0.5);
        }
        Arrays.sort(ratios);
        return new double[] {
            ours.median() / raw.median(), ratios[(int) (RESAMPLES * 0.025)], ratios[(int) (RESAMPLES * 0.975)]
        };
    }

    static double round(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    private static long quantile(long[] values, double share) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1, Math.round(share * (sorted.length - 1)))];
    }
}
