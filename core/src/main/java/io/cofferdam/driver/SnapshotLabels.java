package io.cofferdam.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Snapshot;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.format.SpecJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What is noted with a snapshot, as labels, so that any JVM can read it. */
final class SnapshotLabels {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The rule of environments' names; it also fits tags of images. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private SnapshotLabels() {}

    static void check(String name, Map<String, String> labels) {
        List<Problem> problems = new ArrayList<>();
        if (!NAME.matcher(name).matches()) {
            problems.add(new Problem(
                    "name",
                    "'" + name + "' is no name",
                    "use 1 to 63 of a-z, 0-9 and '-', beginning and ending with a letter or digit"));
        }
        for (String label : labels.keySet()) {
            if (label.isBlank() || label.startsWith(Labels.PREFIX)) {
                problems.add(new Problem(
                        "labels", "'" + label + "' is blank or begins with " + Labels.PREFIX, "choose another label"));
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("snapshot '" + name + "'", problems);
        }
    }

    /**
     * All labels of a new snapshot.
     *
     * @param owner whose session it goes with; empty if it is kept
     */
    static Map<String, String> of(String name, EnvironmentSpec spec, Map<String, String> labels, String owner) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put(Labels.SNAPSHOT, name);
        all.put(Labels.SNAPSHOT_OF, spec.name().orElse(name));
        all.put(Labels.SPEC, SpecJson.write(spec));
        all.put(Labels.SNAPSHOT_LABELS, json(labels).toString());
        if (!owner.isEmpty()) {
            all.put(Labels.OWNER, owner);
            all.put(Labels.LIFETIME, "session");
        }
        return all;
    }

    static ObjectNode json(Map<String, String> labels) {
        ObjectNode node = JSON.createObjectNode();
        labels.forEach(node::put);
        return node;
    }

    static Map<String, String> map(JsonNode node) {
        Map<String, String> map = new LinkedHashMap<>();
        node.properties()
                .forEach(entry -> map.put(entry.getKey(), entry.getValue().asText()));
        return map;
    }

    static Snapshot read(SavedSnapshot saved, String engine) {
        Map<String, String> labels = saved.labels();
        try {
            return new Snapshot(
                    saved.name(),
                    saved.id(),
                    labels.getOrDefault(Labels.SNAPSHOT_OF, ""),
                    engine,
                    saved.created(),
                    saved.size(),
                    SpecJson.read(labels.getOrDefault(Labels.SPEC, "{}"), Map.of()),
                    saved.volumes().stream()
                            .map(SavedSnapshot.SavedVolume::volume)
                            .filter(volume -> !volume.isEmpty())
                            .toList(),
                    map(JSON.readTree(labels.getOrDefault(Labels.SNAPSHOT_LABELS, "{}"))));
        } catch (JsonProcessingException broken) {
            throw new EngineException(
                    "could not read the labels of snapshot '" + saved.name() + "' (" + engine
                            + "): it was made by an incompatible version of this library or changed by somebody else;"
                            + " remove it",
                    broken);
        }
    }

    /** The specification of a snapshot with the values of its secret variables. */
    static EnvironmentSpec withSecrets(Snapshot snapshot, Map<String, String> values) {
        EnvironmentSpec.Builder spec = snapshot.spec().toBuilder();
        List<Problem> problems = new ArrayList<>();
        for (String secret : snapshot.spec().secretNames()) {
            String value = values.get(secret);
            if (value == null) {
                problems.add(new Problem(
                        "env." + secret,
                        "its value is secret, so the snapshot does not hold it, and '" + snapshot.environment()
                                + "' does not have it any more",
                        "set it in a specification made from the snapshot's and fork that"));
            } else {
                spec.secretEnv(secret, value);
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("snapshot '" + snapshot.name() + "'", problems);
        }
        return spec.build();
    }

    /** What begins as a snapshot has its image and no template. */
    static EnvironmentSpec onSnapshot(EnvironmentSpec spec, Snapshot snapshot) {
        EnvironmentSpec.Builder builder = spec.toBuilder().withoutTemplate();
        snapshot.spec().image().ifPresent(builder::withImage);
        return builder.build();
    }
}
