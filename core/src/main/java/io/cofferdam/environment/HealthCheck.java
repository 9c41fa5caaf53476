package io.cofferdam.environment;

import java.time.Duration;
import java.util.Objects;

/**
 * How an environment's health is watched while it runs. The meaning of the parts is that of the Compose
 * specification's {@code healthcheck}.
 *
 * @param probe the question that is asked
 * @param interval time between two probes, more than 0
 * @param timeout longest time one probe may take, more than 0
 * @param retries failures in a row, at least 1, that make a healthy environment unhealthy
 * @param startPeriod time after the start during which failures do not count; 0 or more
 */
public record HealthCheck(Probe probe, Duration interval, Duration timeout, int retries, Duration startPeriod) {

    public HealthCheck {
        Objects.requireNonNull(probe, "probe");
        Objects.requireNonNull(interval, "interval");
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(startPeriod, "startPeriod");
    }

    /**
     * A health check every 10 seconds, with 5 seconds for an answer, 3 retries and no start period.
     *
     * @param probe the question that is asked
     * @return the health check
     */
    public static HealthCheck of(Probe probe) {
        return new HealthCheck(probe, Duration.ofSeconds(10), Duration.ofSeconds(5), 3, Duration.ZERO);
    }

    /**
     * This health check with another time between probes.
     *
     * @param time more than 0
     * @return the new health check
     */
    public HealthCheck withInterval(Duration time) {
        return new HealthCheck(probe, time, timeout, retries, startPeriod);
    }

    /**
     * This health check with another time for an answer.
     *
     * @param time more than 0
     * @return the new health check
     */
    public HealthCheck withTimeout(Duration time) {
        return new HealthCheck(probe, interval, time, retries, startPeriod);
    }

    /**
     * This health check with another number of failures that count.
     *
     * @param count at least 1
     * @return the new health check
     */
    public HealthCheck withRetries(int count) {
        return new HealthCheck(probe, interval, timeout, count, startPeriod);
    }

    /**
     * This health check with another start period.
     *
     * @param time 0 or more
     * @return the new health check
     */
    public HealthCheck withStartPeriod(Duration time) {
        return new HealthCheck(probe, interval, timeout, retries, time);
    }
}
