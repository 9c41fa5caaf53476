package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.resource.Volume;
import io.cofferdam.resource.Volumes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** The engine's volumes that carry our label. */
final class DockerVolumes implements Volumes {

    /** Marks a volume as ours; its value is the name without the prefix. */
    static final String LABEL = Labels.PREFIX + "volume";

    /** Tells the creator of a volume from others who wanted one of the same name at the same time. */
    private static final String MAKER = Labels.PREFIX + "maker";

    private final EngineHttp http;
    private final EngineConfig config;

    DockerVolumes(EngineHttp http, EngineConfig config) {
        this.http = http;
        this.config = config;
    }

    @Override
    public Volume ensure(String name, Map<String, String> labels) {
        Deadline deadline = Deadline.in(config.callTimeout());
        return find(name, deadline).orElseGet(() -> make(name, labels, deadline));
    }

    /** Makes a volume that must not exist yet. */
    Volume create(String name, Map<String, String> labels, Deadline deadline) {
        Operation operation = Operation.of("create", "creating", "volume '" + name + "'");
        Map<String, String> marked = new HashMap<>(labels);
        String mark = UUID.randomUUID().toString();
        marked.put(MAKER, mark);
        // Of several creators at once all are answered with the volume of the first.
        if (find(name, deadline).isPresent()
                || !mark.equals(make(name, marked, deadline).labels().get(MAKER))) {
            throw new NameTakenException(
                    operation.failed("there is one of that name; remove it or choose another name"));
        }
        return find(name, deadline)
                .orElseThrow(() ->
                        new NameTakenException(operation.failed("it was removed at the same time; create it again")));
    }

    @Override
    public Map<String, Long> sizes(LabelSelector selector) {
        Operation operation = Operation.of("measure", "measuring", "volumes");
        Deadline deadline = Deadline.in(config.callTimeout());
        Set<String> wanted = new HashSet<>();
        list(selector).forEach(volume -> wanted.add(volume.name()));
        Map<String, Long> sizes = new TreeMap<>();
        // Engines from API 1.42 on look at nothing else then.
        for (JsonNode volume : http.json(operation, HttpRequest.get("/system/df?type=volume"), deadline)
                .path("Volumes")) {
            String name = Json.strings(volume.path("Labels")).getOrDefault(LABEL, "");
            long size = volume.path("UsageData").path("Size").asLong(-1);
            if (wanted.contains(name)
                    && size >= 0
                    && engineName(name).equals(volume.path("Name").asText(""))) {
                sizes.put(name, size);
            }
        }
        return sizes;
    }

    /** Makes a volume for a mount; false if it was there. */
    boolean makeIfMissing(String name, Deadline deadline) {
        if (find(name, deadline).isPresent()) {
            return false;
        }
        make(name, Map.of(), deadline);
        return true;
    }

    private Volume make(String name, Map<String, String> labels, Deadline deadline) {
        Operation operation = Operation.of("create", "creating", "volume '" + name + "'");
        ObjectNode body = Json.object().put("Name", engineName(name));
        ObjectNode all = body.putObject("Labels");
        labels.forEach(all::put);
        all.put(LABEL, name);
        folder(name).ifPresent(folder -> folder.make(operation, body));
        // The engine answers with the volume that is there already, whoever made it.
        return ours(
                operation,
                name,
                http.json(operation, HttpRequest.post("/volumes/create", body).asRepeatable(), deadline));
    }

    @Override
    public Optional<Volume> find(String name) {
        try {
            return find(name, Deadline.in(config.callTimeout()));
        } catch (NameTakenException foreign) {
            return Optional.empty();
        }
    }

    private Optional<Volume> find(String name, Deadline deadline) {
        Operation operation = Operation.of("find", "finding", "volume '" + name + "'");
        try {
            return Optional.of(ours(operation, name, http.json(operation, HttpRequest.get(path(name)), deadline)));
        } catch (Refusal refusal) {
            if (refusal.status() == 404) {
                return Optional.empty();
            }
            throw refusal;
        }
    }

    private Volume ours(Operation operation, String name, JsonNode volume) {
        Map<String, String> labels = Json.strings(volume.path("Labels"));
        if (!name.equals(labels.get(LABEL))) {
            throw new NameTakenException(operation.failed("the engine has a volume '" + engineName(name)
                    + "' that this library did not make; remove it, or set another prefix for volumes"));
        }
        return new Volume(name, labels, Json.instant(volume.path("CreatedAt")));
    }

    @Override
    public List<Volume> list(LabelSelector selector) {
        Operation operation = Operation.of("list", "listing", "volumes");
        Deadline deadline = Deadline.in(config.callTimeout());
        Map<String, Collection<String>> filters = Map.of("label", LabelFilter.of(selector, LABEL));
        List<Volume> volumes = new ArrayList<>();
        for (JsonNode volume : http.json(
                        operation, HttpRequest.get("/volumes?filters=" + Json.filters(filters)), deadline)
                .path("Volumes")) {
            Map<String, String> labels = Json.strings(volume.path("Labels"));
            String name = labels.getOrDefault(LABEL, "");
            if (engineName(name).equals(volume.path("Name").asText(""))) {
                volumes.add(new Volume(name, labels, Json.instant(volume.path("CreatedAt"))));
            }
        }
        volumes.sort(Comparator.comparing(Volume::name));
        return volumes;
    }

    @Override
    public void remove(String name) {
        Deadline deadline = Deadline.in(config.callTimeout());
        Operation operation = Operation.of("remove", "removing", "volume '" + name + "'");
        if (find(name).isEmpty()) {
            return;
        }
        try {
            http.run(operation, HttpRequest.delete(path(name)), deadline);
            folder(name).ifPresent(folder -> folder.delete(operation));
        } catch (Refusal refusal) {
            if (refusal.status() == 409) {
                throw new WrongStateException(
                        operation.failed("an environment uses it; remove that first (" + refusal.reason() + ")"),
                        refusal);
            }
            if (refusal.status() != 404) {
                throw refusal;
            }
        }
    }

    /** Where the volume is kept, if that is configured. */
    private Optional<VolumeFolder> folder(String name) {
        return config.volumeDirectory().map(base -> new VolumeFolder(base.resolve(engineName(name))));
    }

    private String path(String name) {
        return "/volumes/" + Query.segment(engineName(name));
    }

    /** What the engine calls a volume. */
    String engineName(String name) {
        return config.volumePrefix() + name;
    }
}
