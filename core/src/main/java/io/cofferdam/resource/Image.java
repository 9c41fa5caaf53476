package io.cofferdam.resource;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What an engine says of one of its images.
 *
 * @param id the engine's identifier of the content
 * @param references the names it goes by, for example {@code redis:7}
 * @param created when it was made
 * @param size bytes on disk, shared layers included
 * @param architecture for example {@code amd64}
 * @param operatingSystem for example {@code linux}
 * @param labels its labels
 */
public record Image(
        String id,
        List<String> references,
        Instant created,
        long size,
        String architecture,
        String operatingSystem,
        Map<String, String> labels) {

    public Image {
        Objects.requireNonNull(id, "id");
        references = List.copyOf(references);
        Objects.requireNonNull(created, "created");
        Objects.requireNonNull(architecture, "architecture");
        Objects.requireNonNull(operatingSystem, "operatingSystem");
        labels = Map.copyOf(labels);
    }
}
