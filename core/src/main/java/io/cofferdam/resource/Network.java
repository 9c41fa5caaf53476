package io.cofferdam.resource;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an engine says of one of its networks.
 *
 * @param id the engine's identifier
 * @param name its name
 * @param subnetRange its address range in CIDR form, or null if the engine does not tell
 * @param isolated whether the engine keeps others out, save through published ports
 * @param labels its labels
 */
public record Network(
        String id, String name, @Nullable String subnetRange, boolean isolated, Map<String, String> labels) {

    public Network {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        labels = Map.copyOf(labels);
    }

    /**
     * Its address range.
     *
     * @return CIDR form, or empty if the engine does not tell
     */
    public Optional<String> subnet() {
        return Optional.ofNullable(subnetRange);
    }
}
