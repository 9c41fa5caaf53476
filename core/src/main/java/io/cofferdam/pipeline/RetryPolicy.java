package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How often a step is tried, and after which failures.
 *
 * @param attempts how many attempts there are at the most, the first one included; 1 to 100
 * @param backoff how long to wait before the second attempt; not negative
 * @param factor how much longer each further wait is than the one before; 1 to 100
 * @param longest the longest wait
 * @param on the faults after which there is another attempt
 */
@Experimental
public record RetryPolicy(int attempts, Duration backoff, int factor, Duration longest, Set<FaultClass> on) {

    private static final Set<FaultClass> USUAL = EnumSet.of(FaultClass.INFRASTRUCTURE, FaultClass.TIMEOUT);

    public RetryPolicy {
        if (attempts < 1 || attempts > 100) {
            throw new IllegalArgumentException("there are 1 to 100 attempts, not " + attempts);
        }
        if (backoff.isNegative() || longest.isNegative() || factor < 1 || factor > 100) {
            throw new IllegalArgumentException("waits are not negative, and a factor is 1 to 100");
        }
        on = Set.copyOf(on);
    }

    /**
     * One attempt.
     *
     * @return the policy of steps that say nothing
     */
    public static RetryPolicy never() {
        return new RetryPolicy(1, Duration.ZERO, 1, Duration.ZERO, USUAL);
    }

    /**
     * Several attempts after faults of the infrastructure and timeouts, with waits of 1 s, 2 s, 4 s and so on up to 1 min.
     *
     * @param count how many, 1 to 100
     * @return the policy
     */
    public static RetryPolicy attempts(int count) {
        return new RetryPolicy(count, Duration.ofSeconds(1), 2, Duration.ofMinutes(1), USUAL);
    }

    /**
     * The same with other faults.
     *
     * @param faults the faults after which there is another attempt
     * @return the changed policy
     */
    public RetryPolicy on(FaultClass... faults) {
        return new RetryPolicy(attempts, backoff, factor, longest, Set.of(faults));
    }

    /**
     * The same with another first wait.
     *
     * @param first how long to wait before the second attempt
     * @return the changed policy
     */
    public RetryPolicy withBackoff(Duration first) {
        return new RetryPolicy(attempts, first, factor, longest, on);
    }

    /** How long to wait after the given number of attempts. */
    Duration waitAfter(int done) {
        double millis = backoff.toMillis() * Math.pow(factor, done - 1.0);
        return millis >= longest.toMillis() ? longest : Duration.ofMillis((long) millis);
    }

    /** As files write it. */
    Map<String, @Nullable Object> written() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("attempts", (long) attempts);
        map.put("backoff", Data.written(backoff));
        map.put("factor", (long) factor);
        map.put("max_backoff", Data.written(longest));
        map.put("on", on.stream().sorted().map(FaultClass::toString).toList());
        return map;
    }

    /** Reads what fits the shape of a step's retry. */
    static RetryPolicy read(@Nullable Object value) {
        if (value == null) {
            return never();
        }
        if (!(value instanceof Map<?, ?> map)) {
            Long count = Data.whole(value);
            return attempts(count == null ? 1 : count.intValue());
        }
        Long count = Data.whole(map.get("attempts"));
        RetryPolicy usual = attempts(count == null ? 3 : count.intValue());
        Duration first = Data.time(map.get("backoff"));
        Duration longest = Data.time(map.get("max_backoff"));
        Long factor = Data.whole(map.get("factor"));
        Set<FaultClass> faults = EnumSet.noneOf(FaultClass.class);
        Object on = map.get("on");
        for (Object fault : on instanceof List<?> list ? list : on == null ? List.of() : List.of(on)) {
            String word = String.valueOf(fault);
            if (word.equals("any")) {
                faults.addAll(EnumSet.allOf(FaultClass.class));
            } else {
                faults.add(FaultClass.valueOf(word.toUpperCase(Locale.ROOT)));
            }
        }
        return new RetryPolicy(
                usual.attempts,
                first == null ? usual.backoff : first,
                factor == null ? usual.factor : factor.intValue(),
                longest == null ? usual.longest : longest,
                on == null ? USUAL : faults);
    }
}
