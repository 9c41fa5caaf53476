package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.HealthStatus;
import java.util.Objects;

/**
 * What the orchestrator found out about a unit by itself.
 *
 * @param health the verdict of its health check
 * @param restarts how often it was started again by its restart policy
 */
@Experimental
public record Verdict(HealthStatus health, int restarts) {

    public Verdict {
        Objects.requireNonNull(health, "health");
    }
}
