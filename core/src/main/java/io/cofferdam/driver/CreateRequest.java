package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.EnvironmentSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A unit to make.
 *
 * @param name the name it is to have on the engine; differs from the environment's name while an update is under way
 * @param spec what it is to be, complete: its name set, default limits applied
 * @param labels all labels it is to carry, the library's and the caller's
 * @param membership the network it joins, or null for the engine's default connection
 * @param further more networks it joins; empty without {@link io.cofferdam.engine.Capability#SEVERAL_NETWORKS}
 */
@Experimental
public record CreateRequest(
        String name,
        EnvironmentSpec spec,
        Map<String, String> labels,
        @Nullable Membership membership,
        List<Membership> further) {

    /**
     * How a unit joins a network.
     *
     * @param network the network's name without the configured prefix, as {@link io.cofferdam.resource.Networks#ensure} took it
     * @param names by which names the other members reach the unit
     */
    public record Membership(String network, List<String> names) {
        public Membership {
            Objects.requireNonNull(network, "network");
            names = List.copyOf(names);
        }
    }

    public CreateRequest {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(spec, "spec");
        labels = Map.copyOf(labels);
        further = List.copyOf(further);
    }

    /**
     * A unit in one network at most.
     *
     * @param name the name it is to have on the engine
     * @param spec what it is to be, complete
     * @param labels all labels it is to carry
     * @param membership the network it joins, or null for the engine's default connection
     */
    public CreateRequest(
            String name, EnvironmentSpec spec, Map<String, String> labels, @Nullable Membership membership) {
        this(name, spec, labels, membership, List.of());
    }

    /**
     * The network the unit joins.
     *
     * @return empty for the engine's default connection
     */
    public Optional<Membership> network() {
        return Optional.ofNullable(membership);
    }
}
