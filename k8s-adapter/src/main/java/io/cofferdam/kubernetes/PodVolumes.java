package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.resource.Volume;
import io.cofferdam.resource.Volumes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Named volumes, which are claims of storage of the cluster's default class. */
final class PodVolumes implements Volumes {

    static final String VOLUME = "volume";

    private final Api api;
    private final Paths paths;
    private final EngineConfig config;
    private final String size;
    private final OwnerLease lease;

    PodVolumes(Api api, Paths paths, EngineConfig config, String size, OwnerLease lease) {
        this.api = api;
        this.paths = paths;
        this.config = config;
        this.size = size;
        this.lease = lease;
    }

    private String claimName(String name) {
        return Marks.objectName(config.volumePrefix() + name);
    }

    private static Operation operation(String verb, String gerund, String name) {
        return Operation.of(verb, gerund, "volume '" + name + "'");
    }

    private Deadline deadline() {
        return Deadline.in(config.callTimeout());
    }

    boolean makeIfMissing(String name, Deadline deadline) {
        try {
            create(name, Map.of(), deadline);
            return true;
        } catch (NameTakenException there) {
            return false;
        }
    }

    Volume create(String name, Map<String, String> labels, Deadline deadline) {
        Operation operation = operation("create", "creating", name);
        lease.expect(labels, deadline);
        ObjectNode claim = Json.object().put("apiVersion", "v1").put("kind", "PersistentVolumeClaim");
        ObjectNode metadata = claim.putObject("metadata").put("name", claimName(name));
        metadata.set("labels", Marks.labels(labels, VOLUME));
        metadata.putObject("annotations")
                .put(Marks.LABELS, Marks.annotation(labels))
                .put(Marks.NAME, name);
        UnitBody.claimSpec(claim, size);
        try {
            return volume(api.post(operation, paths.claims(), claim, deadline));
        } catch (Refusal refusal) {
            throw Faults.of(operation, refusal);
        }
    }

    private static Volume volume(JsonNode claim) {
        return new Volume(
                Marks.annotation(claim, Marks.NAME),
                Marks.read(claim),
                Json.instant(claim.path("metadata").path("creationTimestamp")));
    }

    @Override
    public Volume ensure(String name, Map<String, String> labels) {
        Deadline deadline = deadline();
        try {
            return create(name, labels, deadline);
        } catch (NameTakenException there) {
            return find(name).orElseThrow(() -> there);
        }
    }

    @Override
    public Optional<Volume> find(String name) {
        Operation operation = operation("find", "finding", name);
        try {
            JsonNode claim = api.get(operation, paths.claim(claimName(name)), deadline());
            boolean ours = Marks.label(claim, Marks.ROLE).equals(VOLUME);
            boolean going = claim.path("metadata").has("deletionTimestamp");
            return ours && !going ? Optional.of(volume(claim)) : Optional.empty();
        } catch (Refusal refusal) {
            if (refusal.status() == 404) {
                return Optional.empty();
            }
            throw Faults.of(operation, refusal);
        }
    }

    @Override
    public List<Volume> list(LabelSelector selector) {
        Operation operation = Operation.of("list", "listing", "volumes");
        List<Volume> volumes = new ArrayList<>();
        try {
            String path = Paths.selecting(paths.claims(), Marks.selector(selector, VOLUME));
            for (JsonNode claim : api.get(operation, path, deadline()).path("items")) {
                Volume volume = volume(claim);
                if (selector.matches(volume.labels()) && !claim.path("metadata").has("deletionTimestamp")) {
                    volumes.add(volume);
                }
            }
        } catch (Refusal refusal) {
            throw Faults.of(operation, refusal);
        }
        volumes.sort(java.util.Comparator.comparing(Volume::name));
        return volumes;
    }

    @Override
    public void remove(String name) {
        Operation operation = operation("remove", "removing", name);
        if (find(name).isEmpty()) {
            return;
        }
        List<String> users = users(operation, claimName(name));
        if (!users.isEmpty()) {
            throw new WrongStateException(
                    operation.failed("it is used by '" + String.join("', '", users) + "'; remove that first"));
        }
        try {
            api.delete(operation, paths.claim(claimName(name)), null, deadline());
        } catch (Refusal refusal) {
            if (refusal.status() != 404) {
                CofferdamException failure = Faults.of(operation, refusal);
                throw failure;
            }
        }
    }

    /** Environments whose pods name the claim, whether they run or not. */
    private List<String> users(Operation operation, String claim) {
        List<String> users = new ArrayList<>();
        try {
            String path = Paths.selecting(paths.configMaps(), Marks.selector(UnitBody.ENVIRONMENT));
            for (JsonNode record : api.get(operation, path, deadline()).path("items")) {
                for (JsonNode volume : Units.podSpec(record).path("volumes")) {
                    if (volume.path("persistentVolumeClaim")
                            .path("claimName")
                            .asText("")
                            .equals(claim)) {
                        users.add(Marks.annotation(record, Marks.NAME));
                    }
                }
            }
        } catch (Refusal refusal) {
            throw Faults.of(operation, refusal);
        }
        return users;
    }
}
