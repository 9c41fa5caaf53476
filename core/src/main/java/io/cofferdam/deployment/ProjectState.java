package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a store keeps of one project beyond its deployments.
 *
 * @param project the project's name
 * @param stable the id of the last deployment that ended fully healthy and was not removed since, or null
 * @param data what the engine keeps: shares of the traffic, the colour in use; JSON that only the engine reads
 */
@Experimental
public record ProjectState(String project, @Nullable String stable, String data) {

    public ProjectState {
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(data, "data");
    }

    /**
     * The last deployment that ended fully healthy.
     *
     * @return the id of its record; empty if there is none to go back to
     */
    public Optional<String> stableId() {
        return Optional.ofNullable(stable);
    }
}
