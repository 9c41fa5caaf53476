package io.cofferdam.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Snapshot;
import io.cofferdam.error.EngineException;
import io.cofferdam.format.SpecJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The portable form of a snapshot: a tar archive, compressed by gzip or not, of these members in this order.
 *
 * <pre>
 * cofferdam-snapshot.json   the manifest: format, version, name, environment, engine, created, spec, labels, volumes
 * root/…                    the environment's own files
 * volumes/N/…               the content of the Nth volume of the manifest, from 0
 * cofferdam-end.json        how many members and bytes of files came before: without it the archive was cut off
 * </pre>
 *
 * <p>Files, directories, symbolic and hard links, with permissions, numbers of owners and times. Symbolic links are
 * relative and stay in their tree, or absolute and counted from the environment's root.
 */
final class SnapshotArchive {

    static final String MANIFEST = "cofferdam-snapshot.json";
    static final String END = "cofferdam-end.json";
    static final int VERSION = 1;

    private static final String FORMAT = "cofferdam-snapshot";
    private static final ObjectMapper JSON = new ObjectMapper();

    private SnapshotArchive() {}

    /**
     * What a manifest says.
     *
     * @param name the snapshot's name
     * @param spec what the environment was made from
     * @param labels the caller's labels
     * @param volumes the volumes, in the order of their trees
     */
    record Manifest(
            String name, EnvironmentSpec spec, Map<String, String> labels, List<SavedSnapshot.SavedVolume> volumes) {}

    static byte[] manifest(Snapshot snapshot, EnvironmentSpec spec, List<SavedSnapshot.SavedVolume> volumes) {
        ObjectNode node = JSON.createObjectNode();
        node.put("format", FORMAT);
        node.put("version", VERSION);
        node.put("name", snapshot.name());
        node.put("environment", snapshot.environment());
        node.put("engine", snapshot.engine());
        node.put("created", snapshot.created().toString());
        node.set("spec", tree(SpecJson.write(spec)));
        node.set("labels", SnapshotLabels.json(snapshot.labels()));
        ArrayNode list = node.putArray("volumes");
        volumes.forEach(
                volume -> list.addObject().put("volume", volume.volume()).put("target", volume.target()));
        return bytes(node);
    }

    static byte[] end(long members, long bytes) {
        return bytes(JSON.createObjectNode().put("members", members).put("bytes", bytes));
    }

    /** Reads a manifest that is not trusted. */
    static Manifest manifest(byte[] json) throws TarInput.Malformed {
        JsonNode node;
        try {
            node = JSON.readTree(json);
        } catch (java.io.IOException noJson) {
            throw new TarInput.Malformed("its manifest is no JSON");
        }
        if (node == null || !node.path("format").asText("").equals(FORMAT)) {
            throw new TarInput.Malformed("it is no snapshot of an environment");
        }
        int version = node.path("version").asInt(0);
        if (version != VERSION) {
            throw new TarInput.Malformed("it is of version " + version + " of the format, and this library reads "
                    + VERSION + " only; use the version of the library that wrote it, or a later one");
        }
        List<SavedSnapshot.SavedVolume> volumes = new ArrayList<>();
        for (JsonNode volume : node.path("volumes")) {
            String target = volume.path("target").asText("");
            String name = volume.path("volume").asText("");
            if (!target.startsWith("/") || target.matches("/*|.*/\\.\\.(/.*)?") || target.indexOf('\0') >= 0) {
                throw new TarInput.Malformed("its manifest has a volume at '" + target + "'");
            }
            if (!name.isEmpty() && !name.matches("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}")) {
                throw new TarInput.Malformed("its manifest has a volume with the name '" + name + "'");
            }
            volumes.add(new SavedSnapshot.SavedVolume(name, target));
        }
        try {
            return new Manifest(
                    node.path("name").asText(""),
                    SpecJson.read(node.path("spec").toString(), Map.of()),
                    SnapshotLabels.map(node.path("labels")),
                    volumes);
        } catch (EngineException broken) {
            Throwable cause = broken.getCause();
            throw new TarInput.Malformed(
                    "its specification is broken: " + (cause == null ? broken.getMessage() : cause.getMessage()));
        }
    }

    static long members(byte[] end) throws TarInput.Malformed {
        return number(end, "members");
    }

    static long bytes(byte[] end) throws TarInput.Malformed {
        return number(end, "bytes");
    }

    private static long number(byte[] end, String field) throws TarInput.Malformed {
        try {
            return JSON.readTree(end).path(field).asLong(-1);
        } catch (java.io.IOException noJson) {
            throw new TarInput.Malformed("its end is damaged");
        }
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("what was written cannot be read", impossible);
        }
    }

    private static byte[] bytes(JsonNode node) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree that cannot be written", impossible);
        }
    }
}
