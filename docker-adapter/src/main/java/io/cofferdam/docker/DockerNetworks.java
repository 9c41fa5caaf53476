package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Retry;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.SubnetPool;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.Problem;
import io.cofferdam.resource.Network;
import io.cofferdam.resource.NetworkSpec;
import io.cofferdam.resource.Networks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The engine's bridge networks that carry our label. Network names are not unique on Docker engines, and their check for
 * duplicates has a gap. The names of bridge devices are unique and are checked without one, so each network's bridge gets
 * a name made from the network's: of several creators in several JVMs exactly one succeeds, and the others find its network.
 */
final class DockerNetworks implements Networks {

    /** Marks a network as ours; its value is the name without the prefix. */
    static final String LABEL = Labels.PREFIX + "network";

    private static final String BRIDGE = "com.docker.network.bridge.name";

    /** Ranges for engines whose own choice collides with a route of the host: private (RFC 1918), seldom used. */
    private static final SubnetPool FALLBACK = SubnetPool.of("10.200.0.0/13", 24);

    private final EngineHttp http;
    private final EngineConfig config;
    private final String engineId;

    /** Identifiers of networks that were ensured or found, so that creating a member takes one call. */
    private final Map<String, String> ids = new ConcurrentHashMap<>();

    private final Retry untilSettled = Retry.builder()
            .maxAttempts(Integer.MAX_VALUE)
            .delay(Duration.ofMillis(10), Duration.ofMillis(250))
            .retryOn(Unsettled.class::isInstance)
            .build();

    DockerNetworks(EngineHttp http, EngineConfig config, String engineId) {
        this.http = http;
        this.config = config;
        this.engineId = engineId;
    }

    /** Another creator is ahead; its network will be there in a moment. */
    private static final class Unsettled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unsettled(Throwable cause) {
            super(cause.getMessage(), cause, false, false);
        }
    }

    @Override
    public Network ensure(String name, Map<String, String> labels) {
        Deadline deadline = Deadline.in(config.callTimeout());
        Operation operation = Operation.of("create", "creating", "network '" + name + "'");
        return untilSettled.call(deadline, operation.doing(), () -> {
            Optional<Network> existing = find(operation, name, deadline);
            return existing.isPresent() ? existing.get() : make(operation, name, labels, false, deadline);
        });
    }

    /** Makes a network that must not exist yet. */
    Network create(NetworkSpec spec, Map<String, String> labels, Deadline deadline) {
        Operation operation = Operation.of("create", "creating", "network '" + spec.name() + "'");
        return untilSettled.call(deadline, operation.doing(), () -> {
            if (find(operation, spec.name(), deadline).isPresent()) {
                throw new NameTakenException(
                        operation.failed("there is one of that name; remove it or choose another name"));
            }
            return spec.subnet().isPresent()
                    ? makeAt(operation, spec, Subnet.parse(spec.subnet().get()).orElseThrow(), labels, deadline)
                    : make(operation, spec.name(), labels, spec.internal(), deadline);
        });
    }

    private Network makeAt(
            Operation operation, NetworkSpec spec, Subnet subnet, Map<String, String> labels, Deadline deadline) {
        for (Subnet used : inUse(operation, deadline)) {
            if (used.overlaps(subnet)) {
                throw overlapping(
                        spec, subnet, "overlaps " + used + ", which a network or a route of this host has", null);
            }
        }
        try {
            String id =
                    create(operation, spec.name(), labels, bridgeName(spec.name()), subnet, spec.internal(), deadline);
            return remembered(
                    spec.name(), http.json(operation, HttpRequest.get("/networks/" + Query.segment(id)), deadline));
        } catch (Refusal refusal) {
            if (isAhead(refusal)) {
                throw new Unsettled(refusal);
            }
            throw refusal.reason().contains("overlaps")
                    ? overlapping(spec, subnet, "overlaps another network's", refusal)
                    : refusal;
        }
    }

    private static InvalidInputException overlapping(
            NetworkSpec spec, Subnet subnet, String how, @Nullable Refusal cause) {
        InvalidInputException invalid = new InvalidInputException(
                "network '" + spec.name() + "'",
                List.of(new Problem("subnet", subnet + " " + how, "choose another one, or leave it out")));
        return cause == null ? invalid : (InvalidInputException) invalid.initCause(cause);
    }

    private static boolean isAhead(Refusal refusal) {
        return refusal.reason().contains("same bridge name") || refusal.status() == 409;
    }

    private Network make(
            Operation operation, String name, Map<String, String> labels, boolean internal, Deadline deadline) {
        Subnets subnets = new Subnets(config.subnetPool().orElse(null), FALLBACK);
        String bridge = bridgeName(name);
        while (true) {
            Optional<Subnet> chosen = subnets.next(() -> inUse(operation, deadline));
            String id;
            try {
                id = create(operation, name, labels, bridge, chosen.orElse(null), internal, deadline);
            } catch (Refusal refusal) {
                String reason = refusal.reason();
                if (isAhead(refusal)) {
                    throw new Unsettled(refusal);
                }
                if (reason.contains("overlaps") && chosen.isPresent()) {
                    continue;
                }
                throw reason.contains("non-overlapping") || reason.contains("fully subnetted")
                        ? new EngineException(
                                operation.failed("the engine has no free address range left (" + reason
                                        + "); remove networks, or set a subnet pool"),
                                refusal)
                        : refusal;
            }
            JsonNode made = http.json(operation, HttpRequest.get("/networks/" + Query.segment(id)), deadline);
            if (chosen.isEmpty() && collides(made, bridge)) {
                delete(operation, id, deadline);
                subnets.avoidEngineChoice();
                continue;
            }
            return remembered(name, made);
        }
    }

    private String create(
            Operation operation,
            String name,
            Map<String, String> labels,
            String bridge,
            @Nullable Subnet subnet,
            boolean internal,
            Deadline deadline) {
        ObjectNode body = Json.object();
        body.put("Name", engineName(name)).put("Driver", "bridge").put("CheckDuplicate", true);
        body.put("Internal", internal);
        ObjectNode all = body.putObject("Labels");
        labels.forEach(all::put);
        all.put(LABEL, name);
        body.putObject("Options").put(BRIDGE, bridge);
        if (subnet != null) {
            body.putObject("IPAM").putArray("Config").addObject().put("Subnet", subnet.toString());
        }
        return http.json(operation, HttpRequest.post("/networks/create", body), deadline)
                .path("Id")
                .asText("");
    }

    /** Unique on the engine and at most 15 characters, the longest name of a device; the same in every JVM. */
    private String bridgeName(String name) {
        return "cfd" + Digests.sha256(engineId + "\n" + engineName(name)).substring(0, 12);
    }

    private List<Subnet> inUse(Operation operation, Deadline deadline) {
        List<Subnet> used = new ArrayList<>();
        for (JsonNode network : http.json(operation, HttpRequest.get("/networks"), deadline)) {
            network.path("IPAM")
                    .path("Config")
                    .forEach(
                            part -> Subnet.parse(part.path("Subnet").asText("")).ifPresent(used::add));
        }
        if (http.address().isLocal()) {
            HostRoutes.read().forEach(route -> used.add(route.range()));
        }
        return used;
    }

    /** Whether the range that the engine chose is also reached by another way from this host. */
    private boolean collides(JsonNode made, String bridge) {
        Optional<Subnet> range = subnet(made).flatMap(Subnet::parse);
        return http.address().isLocal()
                && range.isPresent()
                && HostRoutes.read().stream()
                        .anyMatch(route ->
                                !route.device().equals(bridge) && route.range().overlaps(range.get()));
    }

    @Override
    public Optional<Network> find(String name) {
        Operation operation = Operation.of("find", "finding", "network '" + name + "'");
        try {
            return find(operation, name, Deadline.in(config.callTimeout()));
        } catch (NameTakenException foreign) {
            return Optional.empty();
        }
    }

    private Optional<Network> find(Operation operation, String name, Deadline deadline) {
        // The engine's filter matches parts of names, too.
        Map<String, Collection<String>> filters = Map.of("name", List.of(engineName(name)));
        List<JsonNode> named = new ArrayList<>();
        for (JsonNode network :
                http.json(operation, HttpRequest.get("/networks?filters=" + Json.filters(filters)), deadline)) {
            if (engineName(name).equals(network.path("Name").asText(""))) {
                named.add(network);
            }
        }
        Optional<JsonNode> ours = named.stream()
                .filter(network -> name.equals(label(network)))
                .min(Comparator.comparing(
                                (JsonNode network) -> network.path("Created").asText(""))
                        .thenComparing(network -> network.path("Id").asText("")));
        if (ours.isEmpty() && !named.isEmpty()) {
            throw new NameTakenException(operation.failed("the engine has a network '" + engineName(name)
                    + "' that this library did not make; remove it, or set another prefix for networks"));
        }
        if (ours.isEmpty()) {
            ids.remove(name);
        }
        return ours.map(network -> remembered(name, network));
    }

    /** The identifier of a network that was ensured. */
    String id(String name, Deadline deadline) {
        String known = ids.get(name);
        if (known != null) {
            return known;
        }
        Operation operation = Operation.of("find", "finding", "network '" + name + "'");
        return find(operation, name, deadline)
                .map(Network::id)
                .orElseThrow(() ->
                        new NotFoundException(operation.failed("the engine has no such network; create it first")));
    }

    @Override
    public List<Network> list(LabelSelector selector) {
        Operation operation = Operation.of("list", "listing", "networks");
        Deadline deadline = Deadline.in(config.callTimeout());
        Map<String, Collection<String>> filters = Map.of("label", LabelFilter.of(selector, LABEL));
        List<Network> networks = new ArrayList<>();
        for (JsonNode network :
                http.json(operation, HttpRequest.get("/networks?filters=" + Json.filters(filters)), deadline)) {
            String name = label(network);
            if (engineName(name).equals(network.path("Name").asText(""))) {
                networks.add(network(name, network));
            }
        }
        networks.sort(Comparator.comparing(Network::name));
        return networks;
    }

    @Override
    public List<Network.Member> members(String name) {
        Operation operation = Operation.of("inspect", "inspecting", "network '" + name + "'");
        Deadline deadline = Deadline.in(config.callTimeout());
        Network network = find(operation, name, deadline)
                .orElseThrow(() -> new NotFoundException(operation.failed("the engine has no such network")));
        Map<String, Collection<String>> filters =
                Map.of("network", List.of(network.id()), "label", List.of(Labels.ENVIRONMENT));
        List<Network.Member> members = new ArrayList<>();
        for (JsonNode entry : http.json(
                operation, HttpRequest.get("/containers/json?all=1&filters=" + Json.filters(filters)), deadline)) {
            try {
                // A list tells no names.
                member(
                                network,
                                http.json(
                                        operation,
                                        HttpRequest.get(
                                                Containers.path(entry.path("Id").asText(""), "/json")),
                                        deadline))
                        .ifPresent(members::add);
            } catch (Refusal refusal) {
                if (refusal.status() != 404) {
                    throw refusal;
                }
            }
        }
        members.sort(Comparator.comparing(Network.Member::environment).thenComparing(Network.Member::id));
        return members;
    }

    private Optional<Network.Member> member(Network network, JsonNode container) {
        String id = container.path("Id").asText("");
        for (var entry : container.path("NetworkSettings").path("Networks").properties()) {
            JsonNode endpoint = entry.getValue();
            // One that never ran is known by what it asked for.
            if (endpoint.path("NetworkID").asText("").equals(network.id())
                    || entry.getKey().equals(network.id())
                    || entry.getKey().equals(engineName(network.name()))) {
                String environment = container
                        .path("Config")
                        .path("Labels")
                        .path(Labels.ENVIRONMENT)
                        .asText("");
                Set<String> names = new LinkedHashSet<>(List.of(environment));
                endpoint.path("Aliases").forEach(alias -> names.add(alias.asText("")));
                names.removeIf(id::startsWith);
                return Optional.of(new Network.Member(
                        environment, id, endpoint.path("IPAddress").asText(""), List.copyOf(names)));
            }
        }
        return Optional.empty();
    }

    /**
     * Takes a container out of a network of that name that is gone. The engine binds a container to the identifier of its
     * network: by its first start, and by its creation already if the network is gone by then.
     */
    void leaveLost(Operation operation, JsonNode container, String network, Deadline deadline) {
        String current = id(network, deadline);
        boolean ofStack = network.equals(
                container.path("Config").path("Labels").path(Labels.STACK).asText(""));
        String first = container.path("HostConfig").path("NetworkMode").asText("");
        for (var endpoint : container.path("NetworkSettings").path("Networks").properties()) {
            String key = endpoint.getKey();
            String bound = key.equals(engineName(network))
                    ? endpoint.getValue().path("NetworkID").asText("")
                    : ofStack && key.equals(first) ? first : "";
            if (!bound.isEmpty() && !bound.equals(current)) {
                leave(operation, key, container.path("Id").asText(""), deadline);
            }
        }
    }

    private void leave(Operation operation, String key, String container, Deadline deadline) {
        ObjectNode body = Json.object().put("Container", container).put("Force", true);
        try {
            http.run(operation, HttpRequest.post("/networks/" + Query.segment(key) + "/disconnect", body), deadline);
        } catch (Refusal refusal) {
            if (!refusal.reason().contains("is not connected to")) {
                throw Faults.container(operation, refusal);
            }
        }
    }

    /** Makes a container a member. */
    void connect(Operation operation, String container, CreateRequest.Membership membership, Deadline deadline) {
        ObjectNode body = Json.object().put("Container", container);
        ArrayNode aliases = body.putObject("EndpointConfig").putArray("Aliases");
        membership.names().forEach(aliases::add);
        change(operation, membership.network(), "/connect", body, "already exists in network", deadline);
    }

    /** Takes a container out. */
    void disconnect(Operation operation, String container, String network, Deadline deadline) {
        ObjectNode body = Json.object().put("Container", container).put("Force", true);
        change(operation, network, "/disconnect", body, "is not connected to", deadline);
    }

    private void change(
            Operation operation, String network, String verb, ObjectNode body, String done, Deadline deadline) {
        try {
            String id = id(network, deadline);
            http.run(operation, HttpRequest.post("/networks/" + Query.segment(id) + verb, body), deadline);
        } catch (Refusal refusal) {
            if (refusal.reason().contains(done)) {
                return;
            }
            if (refusal.status() == 404 && refusal.reason().contains("network")) {
                ids.remove(network);
                throw new NotFoundException(
                        operation.failed("there is no network '" + network + "' any more; create it first"), refusal);
            }
            throw Faults.container(operation, refusal);
        }
    }

    @Override
    public boolean remove(String name) {
        Operation operation = Operation.of("remove", "removing", "network '" + name + "'");
        Deadline deadline = Deadline.in(config.callTimeout());
        Optional<Network> network = find(name);
        if (network.isEmpty()) {
            return true;
        }
        String id = network.get().id();
        // The engine itself counts running containers only.
        Map<String, Collection<String>> members = Map.of("network", List.of(id, engineName(name)));
        if (!http.json(operation, HttpRequest.get("/containers/json?all=1&filters=" + Json.filters(members)), deadline)
                .isEmpty()) {
            return false;
        }
        ids.remove(name, id);
        return delete(operation, id, deadline);
    }

    private boolean delete(Operation operation, String id, Deadline deadline) {
        try {
            http.run(operation, HttpRequest.delete("/networks/" + Query.segment(id)), deadline);
            return true;
        } catch (Refusal refusal) {
            if (refusal.reason().contains("active endpoints")) {
                return false;
            }
            if (refusal.status() == 404) {
                return true;
            }
            throw refusal;
        }
    }

    private Network remembered(String name, JsonNode network) {
        ids.put(name, network.path("Id").asText(""));
        return network(name, network);
    }

    private static Network network(String name, JsonNode network) {
        return new Network(
                network.path("Id").asText(""),
                name,
                subnet(network).orElse(null),
                true,
                Json.strings(network.path("Labels")),
                network.path("Internal").asBoolean(false),
                Json.instant(network.path("Created")));
    }

    private static Optional<String> subnet(JsonNode network) {
        return Optional.of(network.path("IPAM")
                        .path("Config")
                        .path(0)
                        .path("Subnet")
                        .asText(""))
                .filter(range -> !range.isEmpty());
    }

    private static String label(JsonNode network) {
        return network.path("Labels").path(LABEL).asText("");
    }

    private String engineName(String name) {
        return config.networkPrefix() + name;
    }
}
