package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.resource.Image;
import io.cofferdam.resource.ImageDefaults;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Reads what the engine says of an image. */
final class ImageFacts {

    private ImageFacts() {}

    static Image image(JsonNode image) {
        Set<String> references = new LinkedHashSet<>();
        image.path("RepoTags").forEach(tag -> references.add(tag.asText("")));
        image.path("RepoDigests").forEach(digest -> references.add(digest.asText("")));
        references.removeIf(reference -> reference.contains("<none>"));
        JsonNode config = image.path("Config");
        return new Image(
                image.path("Id").asText(""),
                List.copyOf(references),
                Objects.requireNonNullElse(Json.instant(image.path("Created")), Instant.EPOCH),
                Json.instant(image.path("Metadata").path("LastTagTime")),
                image.path("Size").asLong(0),
                image.path("Architecture").asText(""),
                image.path("Os").asText(""),
                Json.strings(config.path("Labels")),
                new ImageDefaults(
                        words(config.path("Entrypoint")),
                        words(config.path("Cmd")),
                        variables(config.path("Env")),
                        names(config.path("ExposedPorts")),
                        names(config.path("Volumes")),
                        config.path("User").asText(""),
                        config.path("WorkingDir").asText(""),
                        config.path("StopSignal").asText(""),
                        words(config.path("Healthcheck").path("Test"))));
    }

    private static List<String> words(JsonNode array) {
        List<String> words = new ArrayList<>();
        array.forEach(word -> words.add(word.asText("")));
        return words;
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new LinkedHashSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Map<String, String> variables(JsonNode array) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String variable : words(array)) {
            int equals = variable.indexOf('=');
            variables.put(
                    equals < 0 ? variable : variable.substring(0, equals),
                    equals < 0 ? "" : variable.substring(equals + 1));
        }
        return variables;
    }
}
