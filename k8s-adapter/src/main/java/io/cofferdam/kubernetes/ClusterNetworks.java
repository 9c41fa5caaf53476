package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.resource.Network;
import io.cofferdam.resource.Networks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Networks of a cluster, which has one for all pods: what is made here is a name with labels and members, and no border.
 * That the border is missing is told by the capabilities.
 */
final class ClusterNetworks implements Networks {

    static final String NETWORK = "network";

    private final Api api;
    private final Paths paths;
    private final EngineConfig config;
    private final OwnerLease lease;

    ClusterNetworks(Api api, Paths paths, EngineConfig config, OwnerLease lease) {
        this.api = api;
        this.paths = paths;
        this.config = config;
        this.lease = lease;
    }

    private String objectName(String name) {
        return Marks.objectName(config.networkPrefix() + "network-" + name);
    }

    private Deadline deadline() {
        return Deadline.in(config.callTimeout());
    }

    private static Operation operation(String verb, String gerund, String name) {
        return Operation.of(verb, gerund, "network '" + name + "'");
    }

    Network create(String name, Map<String, String> labels, Deadline deadline) {
        Operation operation = operation("create", "creating", name);
        lease.expect(labels, deadline);
        ObjectNode object = Json.object().put("apiVersion", "v1").put("kind", "ConfigMap");
        ObjectNode metadata = object.putObject("metadata").put("name", objectName(name));
        metadata.set("labels", Marks.labels(labels, NETWORK));
        metadata.putObject("annotations")
                .put(Marks.LABELS, Marks.annotation(labels))
                .put(Marks.NAME, name);
        try {
            return network(api.post(operation, paths.configMaps(), object, deadline));
        } catch (Refusal refusal) {
            throw Faults.of(operation, refusal);
        }
    }

    private static Network network(JsonNode object) {
        return new Network(
                object.path("metadata").path("uid").asText(""),
                Marks.annotation(object, Marks.NAME),
                null,
                false,
                Marks.read(object),
                false,
                Json.instant(object.path("metadata").path("creationTimestamp")));
    }

    @Override
    public Network ensure(String name, Map<String, String> labels) {
        Optional<Network> there = find(name);
        if (there.isPresent()) {
            return there.get();
        }
        try {
            return create(name, labels, deadline());
        } catch (NameTakenException meanwhile) {
            return find(name).orElseThrow(() -> meanwhile);
        }
    }

    @Override
    public Optional<Network> find(String name) {
        Operation operation = operation("find", "finding", name);
        try {
            JsonNode object = api.get(operation, paths.configMap(objectName(name)), deadline());
            return Marks.label(object, Marks.ROLE).equals(NETWORK) ? Optional.of(network(object)) : Optional.empty();
        } catch (Refusal refusal) {
            if (refusal.status() == 404) {
                return Optional.empty();
            }
            throw Faults.of(operation, refusal);
        }
    }

    @Override
    public List<Network> list(LabelSelector selector) {
        Operation operation = Operation.of("list", "listing", "networks");
        List<Network> networks = new ArrayList<>();
        try {
            String path = Paths.selecting(paths.configMaps(), Marks.selector(selector, NETWORK));
            for (JsonNode object : api.get(operation, path, deadline()).path("items")) {
                Network network = network(object);
                boolean ofThisPrefix = Marks.name(object).equals(objectName(network.name()));
                if (ofThisPrefix && selector.matches(network.labels())) {
                    networks.add(network);
                }
            }
        } catch (Refusal refusal) {
            throw Faults.of(operation, refusal);
        }
        networks.sort(Comparator.comparing(Network::name));
        return networks;
    }

    @Override
    public List<Network.Member> members(String name) {
        Operation operation = operation("list", "listing the members of", name);
        List<Network.Member> members = new ArrayList<>();
        try {
            String selector = Marks.selector(UnitBody.ENVIRONMENT) + "," + StackNames.NETWORK + "=" + Marks.value(name);
            for (JsonNode pod : api.get(operation, Paths.selecting(paths.pods(), selector), deadline())
                    .path("items")) {
                if (StackNames.network(pod).equals(name)
                        && Runs.main(pod).phase() == Runs.Phase.RUNNING
                        && !pod.path("metadata").has("deletionTimestamp")) {
                    String environment = Marks.read(pod).getOrDefault(Labels.ENVIRONMENT, "");
                    members.add(new Network.Member(
                            environment,
                            Marks.label(pod, Marks.UNIT),
                            pod.path("status").path("podIP").asText(""),
                            StackNames.names(pod)));
                }
            }
        } catch (Refusal refusal) {
            throw Faults.of(operation, refusal);
        }
        return members;
    }

    @Override
    public boolean remove(String name) {
        Operation operation = operation("remove", "removing", name);
        try {
            JsonNode object = api.get(operation, paths.configMap(objectName(name)), deadline());
            if (!Marks.label(object, Marks.ROLE).equals(NETWORK)) {
                return true;
            }
            if (!members(name).isEmpty()) {
                return false;
            }
            ObjectNode options = Json.object();
            options.putObject("preconditions")
                    .put(
                            "resourceVersion",
                            object.path("metadata").path("resourceVersion").asText(""));
            api.delete(operation, paths.configMap(objectName(name)), options, deadline());
            return true;
        } catch (Refusal refusal) {
            if (refusal.status() == 404) {
                return true;
            }
            if (refusal.status() == 409) {
                return false; // somebody joined meanwhile
            }
            throw Faults.of(operation, refusal);
        }
    }

    /**
     * Notes that a member is about to start, so that whoever is removing the network at this moment does not.
     *
     * @throws io.cofferdam.error.NotFoundException if there is no such network any more
     */
    void join(Operation operation, String name, String id, Deadline deadline) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").putObject("annotations").put("cofferdam.io/joined", id + " " + UUID.randomUUID());
        try {
            api.patch(operation, paths.configMap(objectName(name)), patch, deadline);
        } catch (Refusal refusal) {
            throw Faults.of(operation, refusal);
        }
    }
}
