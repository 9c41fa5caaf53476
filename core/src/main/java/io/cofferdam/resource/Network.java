package io.cofferdam.resource;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an engine says of one of its networks.
 *
 * @param id the engine's identifier
 * @param name its name without the configured prefix
 * @param subnetRange its address range in CIDR form, or null if the engine does not tell
 * @param isolated whether the engine keeps others out, save through published ports
 * @param labels its labels
 * @param internal whether its members reach nothing outside it either
 * @param created when it was made, or null if the engine does not tell
 */
public record Network(
        String id,
        String name,
        @Nullable String subnetRange,
        boolean isolated,
        Map<String, String> labels,
        boolean internal,
        @Nullable Instant created) {

    /**
     * One environment in a network.
     *
     * @param environment its name
     * @param id the engine's identifier of the unit
     * @param address its address there; empty while it has none, as some engines give them at the start
     * @param names by which names the other members reach it, its own name first
     */
    public record Member(String environment, String id, String address, List<String> names) {

        public Member {
            Objects.requireNonNull(environment, "environment");
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(address, "address");
            names = List.copyOf(names);
        }
    }

    public Network {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        labels = Map.copyOf(labels);
    }

    /**
     * A network that is open to the outside, of which nobody knows when it was made.
     *
     * @param id the engine's identifier
     * @param name its name without the configured prefix
     * @param subnetRange its address range in CIDR form, or null if the engine does not tell
     * @param isolated whether the engine keeps others out, save through published ports
     * @param labels its labels
     */
    public Network(String id, String name, @Nullable String subnetRange, boolean isolated, Map<String, String> labels) {
        this(id, name, subnetRange, isolated, labels, false, null);
    }

    /**
     * Its address range.
     *
     * @return CIDR form, or empty if the engine does not tell
     */
    public Optional<String> subnet() {
        return Optional.ofNullable(subnetRange);
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
