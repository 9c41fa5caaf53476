package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.resource.LayerProgress;
import io.cofferdam.resource.LayerProgress.Phase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads what the engine tells while it pulls or pushes, to its end. */
final class LayerReader {

    private static final Map<String, Phase> PHASES = Map.ofEntries(
            Map.entry("Pulling fs layer", Phase.WAITING),
            Map.entry("Waiting", Phase.WAITING),
            Map.entry("Preparing", Phase.WAITING),
            Map.entry("Downloading", Phase.DOWNLOADING),
            Map.entry("Verifying Checksum", Phase.VERIFYING),
            Map.entry("Download complete", Phase.DOWNLOADED),
            Map.entry("Extracting", Phase.EXTRACTING),
            Map.entry("Pushing", Phase.PUSHING),
            Map.entry("Pull complete", Phase.DONE),
            Map.entry("Pushed", Phase.DONE),
            Map.entry("Already exists", Phase.PRESENT),
            Map.entry("Layer already exists", Phase.PRESENT));

    private final String image;
    private final Consumer<LayerProgress> progress;
    private String error = "";
    private String digest = "";
    private long size;

    LayerReader(String image, Consumer<LayerProgress> progress) {
        this.image = image;
        this.progress = progress;
    }

    LayerReader read(InputStream body) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.isBlank()) {
                take(Json.read(line.getBytes(StandardCharsets.UTF_8)));
            }
        }
        return this;
    }

    private void take(JsonNode message) {
        error = message.path("errorDetail")
                .path("message")
                .asText(message.path("error").asText(error));
        JsonNode aux = message.path("aux");
        digest = aux.path("Digest").asText(digest);
        size = aux.path("Size").asLong(size);
        Phase phase = phase(message.path("status").asText(""));
        String layer = message.path("id").asText("");
        if (phase != null && !layer.isEmpty()) {
            JsonNode detail = message.path("progressDetail");
            progress.accept(new LayerProgress(
                    image,
                    layer,
                    phase,
                    detail.path("current").asLong(0),
                    detail.path("total").asLong(0)));
        }
    }

    private static @Nullable Phase phase(String status) {
        if (status.startsWith("Retrying in")) {
            return Phase.RETRYING;
        }
        return status.startsWith("Mounted from") ? Phase.PRESENT : PHASES.get(status);
    }

    /** Why it failed; empty if the engine said nothing of that. */
    String error() {
        return error;
    }

    /** What the registry knows a pushed image by; empty if nothing was pushed. */
    String digest() {
        return digest;
    }

    /** Bytes of the manifest of a pushed image. */
    long size() {
        return size;
    }
}
