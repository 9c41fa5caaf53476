package io.cofferdam.resource;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an engine says of one of its named volumes.
 *
 * @param name its name without the configured prefix
 * @param labels its labels
 * @param created when it was made, or null if the engine does not tell
 */
public record Volume(
        String name, Map<String, String> labels, @Nullable Instant created) {

    public Volume {
        Objects.requireNonNull(name, "name");
        labels = Map.copyOf(labels);
    }

    /**
     * A volume of which nobody knows when it was made.
     *
     * @param name its name without the configured prefix
     * @param labels its labels
     */
    public Volume(String name, Map<String, String> labels) {
        this(name, labels, null);
    }

    /**
     * When it was made.
     *
     * @return empty if the engine does not tell
     */
    public Optional<Instant> createdAt() {
        return Optional.ofNullable(created);
    }
}
