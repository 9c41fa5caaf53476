package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.PlacedFile;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Files that a pod is given before it starts, such as those of secrets and configs: a Secret named after their content, which
 * goes with the environment, and of which each file is mounted at its own path. Clusters give such files to root; those of
 * other users are therefore readable by all users of the pod.
 */
final class UnitFiles {

    private static final String VOLUME = "files-";
    private static final int READ_BY_ALL = 0444;

    private final Api api;
    private final Paths paths;
    private final Units units;

    UnitFiles(Api api, Paths paths, Units units) {
        this.api = api;
        this.paths = paths;
        this.units = units;
    }

    /** Adds files to the pod of the next start; one at the same path is replaced. */
    void place(String id, List<PlacedFile> files, Deadline deadline) {
        if (files.isEmpty()) {
            return;
        }
        Operation operation = Operation.of("place", "placing", "files in '" + id + "'");
        JsonNode record = units.record(operation, id, deadline);
        String hash = hash(files);
        String secret = id + "-" + VOLUME + hash;
        try {
            make(operation, record, secret, files, deadline);
            ObjectNode patch = Json.object();
            patch.putObject("data").put("pod", Json.write(mounted(record, secret, VOLUME + hash, files)));
            api.patch(operation, paths.configMap(id), patch, deadline);
        } catch (Refusal refusal) {
            throw Faults.of(operation, refusal);
        }
    }

    private void make(Operation operation, JsonNode record, String name, List<PlacedFile> files, Deadline deadline) {
        ObjectNode secret = Json.object().put("apiVersion", "v1").put("kind", "Secret");
        ObjectNode metadata = secret.putObject("metadata").put("name", name);
        metadata.set("labels", Json.copy(record.path("metadata").path("labels")));
        metadata.putObject("annotations").put(Marks.LABELS, Marks.annotation(record, Marks.LABELS));
        metadata.putArray("ownerReferences").add(UnitBody.owner(record));
        secret.put("type", "Opaque");
        ObjectNode data = secret.putObject("data");
        for (int i = 0; i < files.size(); i++) {
            data.put(key(i), Base64.getEncoder().encodeToString(files.get(i).content()));
        }
        try {
            api.post(operation, paths.secrets(), secret, deadline);
        } catch (Refusal refusal) {
            if (!refusal.reason().equals("AlreadyExists")) {
                throw refusal;
            }
        }
    }

    private static String key(int index) {
        return "file." + index;
    }

    private static ObjectNode mounted(JsonNode record, String secret, String volume, List<PlacedFile> files) {
        ObjectNode pod = Json.copy(Units.podSpec(record));
        ArrayNode volumes = pod.withArrayProperty("volumes");
        removeNamed(volumes, volume);
        ObjectNode source = volumes.addObject().put("name", volume).putObject("secret");
        source.put("secretName", secret);
        ArrayNode items = source.putArray("items");
        ArrayNode mounts = ((ObjectNode) pod.path("containers").path(0)).withArrayProperty("volumeMounts");
        Set<String> targets = new HashSet<>();
        files.forEach(file -> targets.add(file.target()));
        for (int i = mounts.size() - 1; i >= 0; i--) {
            if (targets.contains(mounts.path(i).path("mountPath").asText(""))) {
                mounts.remove(i);
            }
        }
        for (int i = 0; i < files.size(); i++) {
            PlacedFile file = files.get(i);
            items.addObject()
                    .put("key", key(i))
                    .put("path", key(i))
                    .put("mode", (file.uid() == 0 ? file.mode() : file.mode() | READ_BY_ALL) & 0777);
            mounts.addObject()
                    .put("name", volume)
                    .put("mountPath", file.target())
                    .put("subPath", key(i))
                    .put("readOnly", true);
        }
        return pod;
    }

    private static void removeNamed(ArrayNode volumes, String name) {
        for (int i = volumes.size() - 1; i >= 0; i--) {
            if (volumes.path(i).path("name").asText("").equals(name)) {
                volumes.remove(i);
            }
        }
    }

    private static String hash(List<PlacedFile> files) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (PlacedFile file : files) {
            byte[] content = file.content();
            all.writeBytes((file + " " + content.length + "\n").getBytes(StandardCharsets.UTF_8));
            all.writeBytes(content);
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(all.toByteArray()), 0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java runtime has SHA-256", impossible);
        }
    }
}
