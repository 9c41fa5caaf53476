package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Protocol;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.environment.ResourceLimits;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes an environment as the cluster's objects. Its record is a ConfigMap, which holds the pod that every start makes
 * anew; the values of its variables are in a Secret; a Service gives it its name and an address that stays.
 */
final class UnitBody {

    static final String ENVIRONMENT = "environment";
    static final String MAIN = "main";

    private final String volumePrefix;
    private final List<String> pullSecrets;

    UnitBody(String volumePrefix, List<String> pullSecrets) {
        this.volumePrefix = volumePrefix;
        this.pullSecrets = pullSecrets;
    }

    /** The object that stands for the environment and owns its others. */
    ObjectNode record(String id, CreateRequest request) {
        ObjectNode record = object("ConfigMap", id, id, request);
        record.withObjectProperty("metadata").withObjectProperty("annotations").put(Marks.NAME, request.name());
        record.withObjectProperty("metadata").withObjectProperty("labels").put(Marks.NAME, Marks.value(request.name()));
        PortForwards.describe(record, request.spec().ports());
        StackNames.describe(record, request);
        ObjectNode data = record.putObject("data");
        data.put("image", request.spec().image().orElse(""));
        data.put("pod", Json.write(podSpec(id, request)));
        return record;
    }

    private static ObjectNode object(String kind, String name, String id, CreateRequest request) {
        ObjectNode object = Json.object().put("apiVersion", "v1").put("kind", kind);
        ObjectNode metadata = object.putObject("metadata").put("name", name);
        ObjectNode labels = Marks.labels(request.labels(), ENVIRONMENT);
        labels.put(Marks.UNIT, id);
        metadata.set("labels", labels);
        metadata.putObject("annotations").put(Marks.LABELS, Marks.annotation(request.labels()));
        return object;
    }

    /** The values of the variables; null if there are none. */
    @Nullable
    ObjectNode secret(String id, CreateRequest request, ObjectNode owner) {
        if (request.spec().env().isEmpty()) {
            return null;
        }
        ObjectNode secret = object("Secret", id, id, request).put("type", "Opaque");
        secret.withObjectProperty("metadata").putArray("ownerReferences").add(owner);
        ObjectNode data = secret.putObject("stringData");
        int index = 0;
        for (String value : request.spec().env().values()) {
            data.put("env." + index++, value);
        }
        return secret;
    }

    /** The claim of the name, and the address. */
    ObjectNode service(String id, String name, EnvironmentSpec spec, CreateRequest labelled) {
        ObjectNode service = object("Service", Marks.objectName(name), id, labelled);
        service.withObjectProperty("metadata").withObjectProperty("annotations").put(Marks.NAME, name);
        ObjectNode body = service.putObject("spec");
        body.putObject("selector").put(Marks.UNIT, id);
        body.put("publishNotReadyAddresses", true);
        ports(body, spec);
        return service;
    }

    static void ports(ObjectNode service, EnvironmentSpec spec) {
        Set<String> seen = new LinkedHashSet<>();
        ArrayNode ports = Json.object().putArray("ports");
        for (PortMapping mapping : spec.ports()) {
            String protocol = mapping.protocol() == Protocol.UDP ? "UDP" : "TCP";
            String name = protocol.toLowerCase(Locale.ROOT) + "-" + mapping.port();
            if (seen.add(name)) {
                ports.addObject()
                        .put("name", name)
                        .put("protocol", protocol)
                        .put("port", mapping.port())
                        .put("targetPort", mapping.port());
            }
        }
        if (ports.isEmpty()) {
            service.put("clusterIP", "None");
        } else {
            service.set("ports", ports);
        }
    }

    /** A claim of storage of its own, as each temporary mount has; it stays as long as the environment does. */
    List<ObjectNode> claims(String id, CreateRequest request, ObjectNode owner, String size) {
        List<ObjectNode> claims = new ArrayList<>();
        int index = 0;
        for (Mount mount : request.spec().mounts()) {
            if (mount instanceof Mount.Temporary) {
                ObjectNode claim = object("PersistentVolumeClaim", id + "-" + index, id, request);
                claim.withObjectProperty("metadata").putArray("ownerReferences").add(owner);
                claimSpec(claim, size);
                claims.add(claim);
            }
            index++;
        }
        return claims;
    }

    static void claimSpec(ObjectNode claim, String size) {
        ObjectNode spec = claim.putObject("spec");
        spec.putArray("accessModes").add("ReadWriteOnce");
        spec.putObject("resources").putObject("requests").put("storage", size);
    }

    static ObjectNode owner(JsonNode record) {
        return Json.object()
                .put("apiVersion", "v1")
                .put("kind", "ConfigMap")
                .put("name", Marks.name(record))
                .put("uid", record.path("metadata").path("uid").asText(""));
    }

    private ObjectNode podSpec(String id, CreateRequest request) {
        EnvironmentSpec spec = request.spec();
        ObjectNode pod = Json.object();
        pod.put("restartPolicy", "Never");
        pod.put("enableServiceLinks", false);
        pod.put("automountServiceAccountToken", false);
        // Processes other than the first one of a process table can be ended by force from inside it.
        pod.put("shareProcessNamespace", true);
        pod.put("hostname", Marks.readable(spec.name().orElse(request.name()), 63));
        pod.put("terminationGracePeriodSeconds", Math.max(1, (spec.stopGrace().toMillis() + 999) / 1000));
        if (spec.lifetime() instanceof Lifetime.Ttl ttl) {
            // The cluster ends it even if nobody else is left to.
            pod.put("activeDeadlineSeconds", Math.max(1, ttl.duration().toSeconds() + 60));
        }
        if (!pullSecrets.isEmpty()) {
            ArrayNode secrets = pod.putArray("imagePullSecrets");
            pullSecrets.forEach(secret -> secrets.addObject().put("name", secret));
        }
        ObjectNode main = pod.putArray("containers").addObject();
        main.put("name", MAIN).put("image", spec.image().orElse(""));
        main.put("imagePullPolicy", pullPolicy(spec.pullPolicy()));
        words(main, spec);
        spec.workingDirectory()
                .ifPresent(
                        directory -> main.put("workingDir", directory.startsWith("/") ? directory : "/" + directory));
        env(main, id, spec);
        limits(main, spec.limits());
        if (spec.hasOpenStdin()) {
            main.put("stdin", true).put("stdinOnce", true);
        }
        if (spec.hasTerminal()) {
            main.put("tty", true);
        }
        mounts(pod, main, id, spec.mounts());
        return pod;
    }

    private static String pullPolicy(PullPolicy policy) {
        return switch (policy) {
            case ALWAYS -> "Always";
            case NEVER -> "Never";
            default -> "IfNotPresent";
        };
    }

    private static void words(ObjectNode main, EnvironmentSpec spec) {
        List<String> entrypoint = spec.entrypoint().orElse(null);
        List<String> command = spec.command();
        if (entrypoint != null && entrypoint.isEmpty() && !command.isEmpty()) {
            strings(main, "command", command);
            return;
        }
        if (entrypoint != null && !entrypoint.isEmpty()) {
            strings(main, "command", entrypoint);
        }
        if (!command.isEmpty()) {
            strings(main, "args", command);
        }
    }

    /** The cluster replaces $(NAME) by variables unless the sign is doubled. */
    private static void strings(ObjectNode node, String field, List<String> words) {
        ArrayNode array = node.putArray(field);
        words.forEach(word -> array.add(word.replace("$", "$$")));
    }

    private static void env(ObjectNode main, String id, EnvironmentSpec spec) {
        if (spec.env().isEmpty()) {
            return;
        }
        ArrayNode env = main.putArray("env");
        int index = 0;
        for (String name : spec.env().keySet()) {
            env.addObject()
                    .put("name", name)
                    .putObject("valueFrom")
                    .putObject("secretKeyRef")
                    .put("name", id)
                    .put("key", "env." + index++);
        }
    }

    private static void limits(ObjectNode main, ResourceLimits limits) {
        if (limits.memory().isEmpty() && limits.cpus().isEmpty()) {
            return;
        }
        ObjectNode resources = main.putObject("resources");
        ObjectNode upper = resources.putObject("limits");
        // A limit is no reservation; without this line the cluster takes it for one.
        ObjectNode reserved = resources.putObject("requests");
        limits.memory().ifPresent(bytes -> {
            upper.put("memory", Long.toString(bytes));
            reserved.put("memory", "0");
        });
        limits.cpus().ifPresent(cpus -> {
            upper.put("cpu", Math.max(1, Math.round(cpus * 1000)) + "m");
            reserved.put("cpu", "0");
        });
    }

    private void mounts(ObjectNode pod, ObjectNode main, String id, List<Mount> mounts) {
        if (mounts.isEmpty()) {
            return;
        }
        ArrayNode volumes = pod.putArray("volumes");
        ArrayNode inside = main.putArray("volumeMounts");
        Set<String> claimed = new LinkedHashSet<>();
        int index = 0;
        for (Mount mount : mounts) {
            String name = "mount-" + index;
            if (mount instanceof Mount.Volume volume) {
                // Mounted twice, it is still one volume of the pod.
                name = "volume-" + Marks.hash(volume.volume());
                if (claimed.add(volume.volume())) {
                    volumes.addObject()
                            .put("name", name)
                            .putObject("persistentVolumeClaim")
                            .put("claimName", Marks.objectName(volumePrefix + volume.volume()));
                }
            } else if (mount instanceof Mount.Temporary) {
                volumes.addObject()
                        .put("name", name)
                        .putObject("persistentVolumeClaim")
                        .put("claimName", id + "-" + index);
            } else if (mount instanceof Mount.Tmpfs tmpfs) {
                ObjectNode memory = volumes.addObject().put("name", name).putObject("emptyDir");
                memory.put("medium", "Memory");
                Long size = tmpfs.sizeBytes();
                if (size != null) {
                    memory.put("sizeLimit", Long.toString(size));
                }
            }
            inside.addObject()
                    .put("name", name)
                    .put("mountPath", mount.target().startsWith("/") ? mount.target() : "/" + mount.target())
                    .put("readOnly", mount.readOnly());
            index++;
        }
    }

    /**
     * The pod of a run.
     *
     * @param aliases the names it knows from the beginning on
     */
    static ObjectNode pod(JsonNode record, JsonNode spec, ArrayNode aliases, int run) {
        String id = Marks.name(record);
        ObjectNode pod = Json.object().put("apiVersion", "v1").put("kind", "Pod");
        ObjectNode metadata = pod.putObject("metadata").put("name", id + "-" + run);
        ObjectNode labels = Json.copy(record.path("metadata").path("labels"));
        labels.put(Marks.RUN, Integer.toString(run));
        metadata.set("labels", labels);
        StackNames.copy(
                record, metadata.putObject("annotations").put(Marks.LABELS, Marks.annotation(record, Marks.LABELS)));
        metadata.putArray("ownerReferences").add(owner(record));
        ObjectNode own = Json.copy(spec);
        if (!aliases.isEmpty()) {
            own.set("hostAliases", aliases);
        }
        pod.set("spec", own);
        return pod;
    }
}
