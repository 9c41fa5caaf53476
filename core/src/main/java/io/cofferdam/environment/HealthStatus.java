package io.cofferdam.environment;

/** What the health check of an environment last said. */
public enum HealthStatus {
    /** There is no health check. */
    NONE,
    /** It has not said yes yet, and may still; an environment that is starting is not ready. */
    STARTING,
    /** The last probe said yes. */
    HEALTHY,
    /** As many probes in a row as the check allows said no. */
    UNHEALTHY
}
