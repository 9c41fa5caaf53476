package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.EnvironmentStatus;
import java.util.Map;
import java.util.Objects;

/**
 * What an engine says of one unit.
 *
 * @param status the facts; {@link EnvironmentStatus#name()} is the value of the label
 *     {@link io.cofferdam.environment.Labels#ENVIRONMENT}
 * @param engineName its name on the engine; differs from the environment's while an update is under way
 * @param env the environment variables it was made with, values included; may be empty in lists
 */
@Experimental
public record Unit(EnvironmentStatus status, String engineName, Map<String, String> env) {

    public Unit {
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(engineName, "engineName");
        env = Map.copyOf(env);
    }

    /** The facts without variables, whose values may be secrets. */
    @Override
    public String toString() {
        return "Unit[" + engineName + ", " + status.id() + ", " + status.state() + "]";
    }
}
