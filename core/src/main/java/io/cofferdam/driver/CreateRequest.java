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
 * @param origin the snapshot it begins as, or null; only asked of engines with snapshots
 */
@Experimental
public record CreateRequest(
        String name,
        EnvironmentSpec spec,
        Map<String, String> labels,
        @Nullable Membership membership,
        List<Membership> further,
        @Nullable Origin origin) {

    /**
     * What a unit begins as, instead of its image or template.
     *
     * @param snapshot the identifier of the snapshot
     * @param fillsVolumes whether the named volumes that are mounted where the snapshot has one are made with that content;
     *     {@link io.cofferdam.error.NameTakenException} if one exists. If not, volumes are mounted as they are
     */
    public record Origin(String snapshot, boolean fillsVolumes) {
        public Origin {
            Objects.requireNonNull(snapshot, "snapshot");
        }
    }

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
        this(name, spec, labels, membership, List.of(), null);
    }

    /**
     * A unit that begins as its image or template.
     *
     * @param name the name it is to have on the engine
     * @param spec what it is to be, complete
     * @param labels all labels it is to carry
     * @param membership the network it joins, or null for the engine's default connection
     * @param further more networks it joins
     */
    public CreateRequest(
            String name,
            EnvironmentSpec spec,
            Map<String, String> labels,
            @Nullable Membership membership,
            List<Membership> further) {
        this(name, spec, labels, membership, further, null);
    }

    /** The same, beginning as a snapshot; null for none. */
    CreateRequest from(@Nullable Origin snapshot) {
        return new CreateRequest(name, spec, labels, membership, further, snapshot);
    }

    /**
     * The snapshot the unit begins as.
     *
     * @return empty to begin as its image or template
     */
    public Optional<Origin> snapshot() {
        return Optional.ofNullable(origin);
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
