package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.EnvironmentSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A snapshot to make.
 *
 * @param name its name
 * @param spec what the environment was made from; of an import, with the image to lay the files over
 * @param volumes the named volumes to save, or to make of an import's trees
 * @param labels all labels it is to carry
 */
@Experimental
public record SnapshotRequest(
        String name, EnvironmentSpec spec, List<SavedSnapshot.SavedVolume> volumes, Map<String, String> labels) {

    public SnapshotRequest {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(spec, "spec");
        volumes = List.copyOf(volumes);
        labels = Map.copyOf(labels);
    }
}
