package io.cofferdam.resource;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an engine says of one of its images.
 *
 * @param id the engine's identifier of the content
 * @param references the names it goes by, for example {@code redis:7}, and those with a digest
 * @param created when it was made
 * @param obtained when the engine was last given it, by a pull or a tag; null if the engine does not tell
 * @param size bytes on disk, shared layers included
 * @param architecture for example {@code amd64}
 * @param operatingSystem for example {@code linux}
 * @param labels its labels
 * @param defaults how it wants to be run
 */
public record Image(
        String id,
        List<String> references,
        Instant created,
        @Nullable Instant obtained,
        long size,
        String architecture,
        String operatingSystem,
        Map<String, String> labels,
        ImageDefaults defaults) {

    public Image {
        Objects.requireNonNull(id, "id");
        references = List.copyOf(references);
        Objects.requireNonNull(created, "created");
        Objects.requireNonNull(architecture, "architecture");
        Objects.requireNonNull(operatingSystem, "operatingSystem");
        labels = Map.copyOf(labels);
        Objects.requireNonNull(defaults, "defaults");
    }

    /**
     * An image of which less is known.
     *
     * @param id the engine's identifier of the content
     * @param references the names it goes by
     * @param created when it was made
     * @param size bytes on disk, shared layers included
     * @param architecture for example {@code amd64}
     * @param operatingSystem for example {@code linux}
     * @param labels its labels
     */
    public Image(
            String id,
            List<String> references,
            Instant created,
            long size,
            String architecture,
            String operatingSystem,
            Map<String, String> labels) {
        this(id, references, created, null, size, architecture, operatingSystem, labels, ImageDefaults.NONE);
    }

    /**
     * Its names, without those that have a digest.
     *
     * @return for example {@code redis:7}
     */
    public List<String> tags() {
        return references.stream().filter(reference -> !reference.contains("@")).toList();
    }

    /**
     * What registries know it by.
     *
     * @return repositories with a digest, for example {@code redis@sha256:…}; empty for one that was never pulled or pushed
     */
    public List<String> digests() {
        return references.stream().filter(reference -> reference.contains("@")).toList();
    }

    /**
     * When the engine was last given it, by a pull or a tag.
     *
     * @return empty if the engine does not tell
     */
    public Optional<Instant> lastObtained() {
        return Optional.ofNullable(obtained);
    }
}
