package io.cofferdam.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.driver.SavedSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The directory of one snapshot. It gets its name when it is complete.
 *
 * <pre>
 * snapshot.json   what it is
 * maker           the JVM that makes it, while it is not complete
 * frozen          the environment that is frozen meanwhile, while it is not complete
 * session         the JVM whose session it goes with, if it does
 * root/           the environment's files, without its mounts
 * volumes/N/      the content of the Nth volume
 * </pre>
 *
 * @param path the directory
 */
record SnapshotDirectory(Path path) {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Path description() {
        return path.resolve("snapshot.json");
    }

    Path maker() {
        return path.resolve("maker");
    }

    Path frozen() {
        return path.resolve("frozen");
    }

    Path session() {
        return path.resolve("session");
    }

    Path root() {
        return path.resolve("root");
    }

    Path volumes() {
        return path.resolve("volumes");
    }

    Path volume(int number) {
        return volumes().resolve(Integer.toString(number));
    }

    void write(SavedSnapshot saved) throws IOException {
        ObjectNode node = JSON.createObjectNode();
        node.put("format", 1);
        node.put("name", saved.name());
        node.put("id", saved.id());
        node.put("created", saved.created().toString());
        node.put("size", saved.size());
        ArrayNode volumes = node.putArray("volumes");
        saved.volumes()
                .forEach(volume ->
                        volumes.addObject().put("volume", volume.volume()).put("target", volume.target()));
        ObjectNode labels = node.putObject("labels");
        saved.labels().forEach(labels::put);
        AtomicFile.write(description(), node.toString());
    }

    Optional<SavedSnapshot> read() {
        return AtomicFile.read(description()).map(json -> {
            try {
                JsonNode node = JSON.readTree(json);
                List<SavedSnapshot.SavedVolume> volumes = new ArrayList<>();
                node.path("volumes")
                        .forEach(volume -> volumes.add(new SavedSnapshot.SavedVolume(
                                volume.path("volume").asText(),
                                volume.path("target").asText())));
                Map<String, String> labels = new LinkedHashMap<>();
                node.path("labels")
                        .properties()
                        .forEach(label ->
                                labels.put(label.getKey(), label.getValue().asText()));
                return new SavedSnapshot(
                        node.path("name").asText(),
                        node.path("id").asText(),
                        Instant.parse(node.path("created").asText()),
                        node.path("size").asLong(),
                        volumes,
                        labels);
            } catch (JsonProcessingException | RuntimeException e) {
                throw Failures.of("reading " + description(), e);
            }
        });
    }
}
