package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What an engine says of one of its snapshots.
 *
 * @param name its name
 * @param id its identifier; another snapshot of the same name has another one
 * @param created when it was made
 * @param size about how many bytes it takes
 * @param volumes the volumes in it, in the order of their trees
 * @param labels all its labels, as they were given
 */
@Experimental
public record SavedSnapshot(
        String name, String id, Instant created, long size, List<SavedVolume> volumes, Map<String, String> labels) {

    /**
     * A volume of a snapshot.
     *
     * @param volume its name without prefix; empty for one without a name, which an image asked for
     * @param target where it is mounted
     */
    public record SavedVolume(String volume, String target) {
        public SavedVolume {
            Objects.requireNonNull(volume, "volume");
            Objects.requireNonNull(target, "target");
        }
    }

    public SavedSnapshot {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(created, "created");
        volumes = List.copyOf(volumes);
        labels = Map.copyOf(labels);
    }
}
