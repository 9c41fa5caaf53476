package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.driver.Unit;
import io.cofferdam.driver.Verdict;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Mount;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.Problem;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes, finds and removes environments: their records, and what belongs to these. */
final class Units {

    private static final Logger LOG = LoggerFactory.getLogger(Units.class);

    private static final Duration REMOVAL = Duration.ofSeconds(10);
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

    /** A claim of a name without an environment is somebody's who is about to make it, or who died of it. */
    private static final Duration CLAIM_AGE = Duration.ofSeconds(60);

    private final Api api;
    private final Paths paths;
    private final UnitBody body;
    private final String volumeSize;
    private final PodVolumes volumes;
    private final PortForwards forwards;
    private final StackNames names;
    private final ClusterNetworks networks;
    private final OwnerLease lease;

    Units(
            Api api,
            Paths paths,
            UnitBody body,
            String volumeSize,
            PodVolumes volumes,
            PortForwards forwards,
            StackNames names,
            ClusterNetworks networks,
            OwnerLease lease) {
        this.api = api;
        this.paths = paths;
        this.body = body;
        this.volumeSize = volumeSize;
        this.volumes = volumes;
        this.forwards = forwards;
        this.names = names;
        this.networks = networks;
        this.lease = lease;
    }

    String create(CreateRequest request, Deadline deadline) {
        Operation operation = Operation.of(
                "create",
                "creating",
                "'" + request.name() + "' from image '" + request.spec().image().orElse("") + "'");
        check(request);
        lease.expect(request.labels(), deadline);
        String id = newId(request.name());
        List<Runnable> undo = new ArrayList<>();
        request.network().ifPresent(membership -> networks.join(operation, membership.network(), id, deadline));
        try {
            claimName(operation, id, request, deadline, undo);
            for (Mount mount : request.spec().mounts()) {
                if (mount instanceof Mount.Volume volume && volumes.makeIfMissing(volume.volume(), deadline)) {
                    undo.add(() -> volumes.remove(volume.volume()));
                }
            }
            JsonNode record = api.post(operation, paths.configMaps(), body.record(id, request), deadline);
            // Its other objects go with it, by their owner.
            undo.add(() -> delete(operation, paths.configMap(id), null, Deadline.in(REMOVAL)));
            ObjectNode owner = UnitBody.owner(record);
            ObjectNode secret = body.secret(id, request, owner);
            if (secret != null) {
                api.post(operation, paths.secrets(), secret, deadline);
            }
            for (ObjectNode claim : body.claims(id, request, owner, volumeSize)) {
                api.post(operation, paths.claims(), claim, deadline);
            }
            return id;
        } catch (Refusal refusal) {
            CofferdamException failure = Faults.of(operation, refusal);
            undo(undo, failure);
            throw failure;
        } catch (RuntimeException failure) {
            undo(undo, failure);
            throw failure;
        }
    }

    private static void check(CreateRequest request) {
        if (request.spec().image().isEmpty()) {
            throw new InvalidInputException(
                    "environment '" + request.name() + "'",
                    List.of(new Problem("image", "there is none, and a pod is made from one", "set an image")));
        }
    }

    private void undo(List<Runnable> steps, RuntimeException failure) {
        boolean interrupted = Thread.interrupted();
        for (int i = steps.size() - 1; i >= 0; i--) {
            try {
                steps.get(i).run();
            } catch (CofferdamException left) {
                failure.addSuppressed(left);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static String newId(String name) {
        StringBuilder id = new StringBuilder(Marks.readable(name, 40)).append('-');
        for (int i = 0; i < 6; i++) {
            id.append(ALPHABET.charAt(ThreadLocalRandom.current().nextInt(ALPHABET.length())));
        }
        return id.toString();
    }

    /** A Service of that name is the claim: the cluster lets there be one only. */
    private void claimName(
            Operation operation, String id, CreateRequest request, Deadline deadline, List<Runnable> undo) {
        ObjectNode service = body.service(id, request.name(), request.spec(), request);
        String name = Marks.name(service);
        claim(operation, name, service, request.name(), deadline);
        undo.add(() -> releaseName(operation, id, name, Deadline.in(REMOVAL)));
    }

    private void claim(Operation operation, String name, JsonNode service, String wanted, Deadline deadline) {
        for (int attempt = 0; ; attempt++) {
            try {
                api.post(operation, paths.services(), service, deadline);
                return;
            } catch (Refusal refusal) {
                if (refusal.status() != 409 || !refusal.reason().equals("AlreadyExists")) {
                    throw refusal;
                }
                if (attempt > 0 || !isForsaken(operation, name, deadline)) {
                    throw new NameTakenException(
                            operation.failed("there is something named '" + wanted
                                    + "' on the cluster already; choose another name, or remove that"),
                            refusal);
                }
                delete(operation, paths.service(name), null, deadline);
            }
        }
    }

    private boolean isForsaken(Operation operation, String name, Deadline deadline) {
        try {
            JsonNode service = api.get(operation, paths.service(name), deadline);
            Instant made = Json.instant(service.path("metadata").path("creationTimestamp"));
            String unit = Marks.label(service, Marks.UNIT);
            if (!Marks.label(service, Marks.MANAGED).equals(Marks.MANAGED_VALUE)
                    || unit.isEmpty()
                    || made == null
                    || made.plus(CLAIM_AGE).isAfter(Instant.now())) {
                return false;
            }
            api.get(operation, paths.configMap(unit), deadline);
            return false;
        } catch (Refusal refusal) {
            return refusal.status() == 404;
        }
    }

    private void releaseName(Operation operation, String id, String service, Deadline deadline) {
        try {
            JsonNode there = api.get(operation, paths.service(service), deadline);
            if (Marks.label(there, Marks.UNIT).equals(id)) {
                delete(operation, paths.service(service), null, deadline);
            }
        } catch (Refusal refusal) {
            if (refusal.status() != 404) {
                throw Faults.of(operation, refusal);
            }
        }
    }

    /** The record of an environment of ours, by its identifier. */
    JsonNode record(Operation operation, String id, Deadline deadline) {
        try {
            JsonNode record = api.get(operation, paths.configMap(id), deadline);
            if (Marks.label(record, Marks.ROLE).equals(UnitBody.ENVIRONMENT)) {
                return record;
            }
            throw new NotFoundException(operation.failed("it was not made by this library"));
        } catch (Refusal refusal) {
            if (refusal.status() == 404) {
                throw new NotFoundException(operation.failed("it does not exist"), refusal);
            }
            throw Faults.of(operation, refusal);
        }
    }

    private JsonNode recordByIdOrName(Operation operation, String id, Deadline deadline) {
        if (id.matches("[a-z][a-z0-9-]*-[" + ALPHABET + "]{6}")) {
            try {
                return record(operation, id, deadline);
            } catch (NotFoundException perhapsAName) {
                LOG.trace("'{}' is no identifier", id);
            }
        }
        String selector = Marks.selector(UnitBody.ENVIRONMENT) + "," + Marks.NAME + "=" + Marks.value(id);
        for (JsonNode record : list(operation, Paths.selecting(paths.configMaps(), selector), deadline)) {
            if (Marks.annotation(record, Marks.NAME).equals(id)) {
                return record;
            }
        }
        throw new NotFoundException(operation.failed("it does not exist"));
    }

    Runs runs(Operation operation, String id, Deadline deadline) {
        String selector = Marks.selector(UnitBody.ENVIRONMENT) + "," + Marks.UNIT + "=" + id;
        return new Runs(list(operation, Paths.selecting(paths.pods(), selector), deadline));
    }

    private List<JsonNode> list(Operation operation, String path, Deadline deadline) {
        try {
            List<JsonNode> items = new ArrayList<>();
            api.get(operation, path, deadline).path("items").forEach(items::add);
            return items;
        } catch (Refusal refusal) {
            throw Faults.of(operation, refusal);
        }
    }

    Unit inspect(String id, Deadline deadline) {
        Operation operation = Operation.of("inspect", "inspecting", "'" + id + "'");
        JsonNode record = recordByIdOrName(operation, id, deadline);
        Runs runs = runs(operation, Marks.name(record), deadline);
        return unit(record, runs, env(operation, record, deadline), true);
    }

    private Map<String, String> env(Operation operation, JsonNode record, Deadline deadline) {
        JsonNode variables = podSpec(record).path("containers").path(0).path("env");
        if (variables.isEmpty()) {
            return Map.of();
        }
        Map<String, String> env = new LinkedHashMap<>();
        try {
            JsonNode data = api.get(operation, paths.secret(Marks.name(record)), deadline)
                    .path("data");
            for (JsonNode variable : variables) {
                String key = variable.path("valueFrom")
                        .path("secretKeyRef")
                        .path("key")
                        .asText("");
                env.put(
                        variable.path("name").asText(""),
                        new String(
                                Base64.getDecoder().decode(data.path(key).asText("")),
                                java.nio.charset.StandardCharsets.UTF_8));
            }
            return env;
        } catch (Refusal refusal) {
            if (refusal.status() == 404) {
                return Map.of();
            }
            throw Faults.of(operation, refusal);
        }
    }

    static JsonNode podSpec(JsonNode record) {
        try {
            return Json.read(record.path("data").path("pod").asText("{}"));
        } catch (IOException spoiled) {
            return Json.object();
        }
    }

    List<Unit> list(LabelSelector selector, Deadline deadline) {
        Operation operation = Operation.of("list", "listing", "environments");
        String text = Marks.selector(selector, UnitBody.ENVIRONMENT);
        List<JsonNode> records = list(operation, Paths.selecting(paths.configMaps(), text), deadline);
        records.removeIf(record -> !selector.matches(Marks.read(record)));
        if (records.isEmpty()) {
            return List.of();
        }
        Map<String, List<JsonNode>> pods = new HashMap<>();
        for (JsonNode pod : list(operation, Paths.selecting(paths.pods(), text), deadline)) {
            pods.computeIfAbsent(Marks.label(pod, Marks.UNIT), key -> new ArrayList<>())
                    .add(pod);
        }
        return records.stream()
                .map(record ->
                        unit(record, new Runs(pods.getOrDefault(Marks.name(record), List.of())), Map.of(), false))
                .toList();
    }

    /** What record and pods together say; serves published ports that nobody serves if that is wanted. */
    private Unit unit(JsonNode record, Runs runs, Map<String, String> env, boolean serves) {
        Map<String, String> labels = Marks.read(record);
        Runs.Main main = runs.told().map(Runs::main).orElse(null);
        JsonNode ended = ended(record);
        EnvironmentState state;
        Integer exit = null;
        Instant started = null;
        Instant finished = null;
        boolean outOfMemory = false;
        if (main != null && main.phase() == Runs.Phase.RUNNING) {
            state = EnvironmentState.RUNNING;
            started = main.started();
        } else if (main != null && main.phase() == Runs.Phase.ENDED) {
            state = EnvironmentState.EXITED;
            exit = main.exitCode();
            started = main.started();
            finished = main.finished();
            outOfMemory = main.outOfMemory();
        } else if (ended.has("exitCode")) {
            state = EnvironmentState.EXITED;
            exit = ended.path("exitCode").asInt(137);
            started = Json.instant(ended.path("started"));
            finished = Json.instant(ended.path("finished"));
        } else {
            state = EnvironmentState.CREATED;
        }
        Verdict verdict = verdict(record);
        EnvironmentStatus status = new EnvironmentStatus(
                Marks.name(record),
                labels.getOrDefault(Labels.ENVIRONMENT, ""),
                state,
                verdict.health(),
                exit,
                Objects.requireNonNullElse(
                        Json.instant(record.path("metadata").path("creationTimestamp")), Instant.EPOCH),
                started,
                finished,
                verdict.restarts(),
                outOfMemory,
                record.path("data").path("image").asText(""),
                state == EnvironmentState.RUNNING
                        ? forwards.endpoints(record, address(runs).orElse(""), serves)
                        : List.of(),
                labels);
        return new Unit(status, Marks.annotation(record, Marks.NAME), env);
    }

    private static JsonNode ended(JsonNode record) {
        return annotated(record, Marks.ENDED);
    }

    private static Verdict verdict(JsonNode record) {
        JsonNode verdict = annotated(record, Marks.VERDICT);
        HealthStatus health = HealthStatus.NONE;
        for (HealthStatus each : HealthStatus.values()) {
            if (each.name().equals(verdict.path("health").asText(""))) {
                health = each;
            }
        }
        return new Verdict(health, verdict.path("restarts").asInt(0));
    }

    private static JsonNode annotated(JsonNode record, String name) {
        try {
            String text = Marks.annotation(record, name);
            return text.isEmpty() ? Json.object() : Json.read(text);
        } catch (IOException spoiled) {
            return Json.object();
        }
    }

    /** The address of the pod that runs. */
    static Optional<String> address(Runs runs) {
        return runs.last()
                .map(pod -> pod.path("status").path("podIP").asText(""))
                .filter(ip -> !ip.isEmpty());
    }

    /** Changes which members of its network it knows by name. */
    void recolour(String id, Set<String> colours, Deadline deadline) {
        Operation operation = Operation.of("change", "changing", "whom '" + id + "' knows by name");
        JsonNode record = record(operation, id, deadline);
        String network = StackNames.network(record);
        if (network.isEmpty()) {
            throw new NotFoundException(operation.failed("it is in no network"));
        }
        try {
            ObjectNode patch = StackNames.recoloured(colours);
            api.patch(operation, paths.configMap(id), patch, deadline);
            for (JsonNode pod : runs(operation, id, deadline).pods()) {
                api.patch(operation, paths.pod(Marks.name(pod)), patch, deadline);
            }
        } catch (Refusal refusal) {
            throw Faults.of(operation, refusal);
        }
        names.arrived(network, operation, deadline);
    }

    void rename(String id, String name, Deadline deadline) {
        Operation operation = Operation.of("rename", "renaming", "'" + id + "' to '" + name + "'");
        JsonNode record = record(operation, id, deadline);
        String before = Marks.annotation(record, Marks.NAME);
        if (before.equals(name)) {
            return;
        }
        try {
            JsonNode old = api.get(operation, paths.service(Marks.objectName(before)), deadline);
            ObjectNode service = Json.object().put("apiVersion", "v1").put("kind", "Service");
            ObjectNode metadata = service.putObject("metadata").put("name", Marks.objectName(name));
            metadata.set("labels", old.path("metadata").path("labels"));
            ObjectNode annotations = metadata.putObject("annotations");
            annotations.put(Marks.LABELS, Marks.annotation(old, Marks.LABELS)).put(Marks.NAME, name);
            ObjectNode spec = service.putObject("spec");
            spec.set("selector", old.path("spec").path("selector"));
            spec.put("publishNotReadyAddresses", true);
            if (old.path("spec").path("ports").isEmpty()) {
                spec.put("clusterIP", "None");
            } else {
                spec.set("ports", old.path("spec").path("ports"));
            }
            claim(operation, Marks.objectName(name), service, name, deadline);
            ObjectNode patch = Json.object();
            ObjectNode changed = patch.putObject("metadata");
            changed.putObject("labels").put(Marks.NAME, Marks.value(name));
            changed.putObject("annotations").put(Marks.NAME, name);
            api.patch(operation, paths.configMap(id), patch, deadline);
            releaseName(operation, id, Marks.objectName(before), deadline);
        } catch (Refusal refusal) {
            throw Faults.of(operation, refusal);
        }
    }

    /** Remembers something with the record. */
    void annotate(Operation operation, String id, String name, String value, Deadline deadline) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").putObject("annotations").put(name, value);
        try {
            api.patch(operation, paths.configMap(id), patch, deadline);
        } catch (Refusal refusal) {
            throw Faults.of(operation, refusal);
        }
    }

    void remove(String id, Deadline deadline) {
        Operation operation = Operation.of("remove", "removing", "'" + id + "'");
        JsonNode record;
        try {
            record = record(operation, id, deadline);
        } catch (NotFoundException gone) {
            return;
        }
        // What it holds is let go before somebody else may want it.
        boolean holds = podSpec(record).path("volumes").toString().contains("persistentVolumeClaim");
        ObjectNode options = Json.object().put("gracePeriodSeconds", holds ? 1 : 0);
        Runs runs = runs(operation, id, deadline);
        // The record first: without it there is no environment, and nobody takes one whose pods go for one that never
        // ran.
        delete(operation, paths.configMap(id), Json.object().put("propagationPolicy", "Background"), deadline);
        releaseName(operation, id, Marks.objectName(Marks.annotation(record, Marks.NAME)), deadline);
        forwards.close(id);
        for (JsonNode pod : runs.pods()) {
            boolean over = Runs.main(pod).phase() == Runs.Phase.ENDED;
            delete(
                    operation,
                    paths.pod(Marks.name(pod)),
                    over ? Json.object().put("gracePeriodSeconds", 0) : options,
                    deadline);
        }
        names.changed(StackNames.network(record));
    }

    void delete(Operation operation, String path, @Nullable JsonNode options, Deadline deadline) {
        try {
            api.delete(operation, path, options, deadline);
        } catch (Refusal refusal) {
            if (refusal.status() != 404 && refusal.status() != 409) {
                throw Faults.of(operation, refusal);
            }
        }
    }
}
