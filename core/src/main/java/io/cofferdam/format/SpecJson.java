package io.cofferdam.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.ResourceLimits;
import io.cofferdam.environment.RestartPolicy;
import io.cofferdam.error.EngineException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The form in which a specification is kept with its unit, in the label {@code io.cofferdam.spec}, and with a release. Labels can be read by
 * everybody who may ask the engine, so values of secrets are left out; they are read back from the unit's variables.
 */
public final class SpecJson {

    private static final String CHILD = "child of ";

    private static final ObjectMapper JSON = new ObjectMapper();

    private SpecJson() {}

    /**
     * Writes a specification.
     *
     * @param spec the specification
     * @return a JSON object, with nulls for the values of secrets
     */
    public static String write(EnvironmentSpec spec) {
        ObjectNode node = JSON.createObjectNode();
        spec.name().ifPresent(value -> node.put("name", value));
        spec.stack().ifPresent(value -> node.put("stack", value));
        spec.image().ifPresent(value -> node.put("image", value));
        spec.template().ifPresent(value -> node.put("template", value.toString()));
        spec.entrypoint().ifPresent(words -> strings(node.putArray("entrypoint"), words));
        spec.workingDirectory().ifPresent(value -> node.put("workingDirectory", value));
        spec.user().ifPresent(value -> node.put("user", value));
        strings(node.putArray("command"), spec.command());
        ObjectNode env = node.putObject("env");
        spec.env().forEach((name, value) -> env.put(name, spec.secretNames().contains(name) ? null : value));
        ArrayNode ports = node.putArray("ports");
        spec.ports().forEach(port -> ports.add(port.toString()));
        ArrayNode mounts = node.putArray("mounts");
        spec.mounts().forEach(mount -> mounts.add(mount(mount)));
        limits(node.putObject("limits"), spec.limits());
        ObjectNode labels = node.putObject("labels");
        spec.labels().forEach(labels::put);
        strings(node.putArray("aliases"), spec.aliases());
        ObjectNode networks = node.putObject("networks");
        spec.networks().forEach((network, names) -> strings(networks.putArray(network), names));
        spec.healthCheck().ifPresent(check -> node.set("healthCheck", healthCheck(check)));
        node.set("readiness", readiness(spec.readiness()));
        node.putObject("restart")
                .put("condition", spec.restart().condition().name())
                .put("maxRetries", spec.restart().maxRetries())
                .put("whenUnhealthy", spec.restart().whenUnhealthy());
        node.put("lifetime", lifetime(spec.lifetime()));
        node.put("pullPolicy", spec.pullPolicy().name());
        spec.imageMaxAge().ifPresent(age -> node.put("imageMaxAge", age.toString()));
        if (spec.hasOpenStdin()) {
            node.put("openStdin", true);
        }
        if (spec.hasTerminal()) {
            node.put("terminal", true);
        }
        node.put("stopSignal", spec.stopSignal());
        node.put("stopGrace", spec.stopGrace().toString());
        spec.ownStartTimeout().ifPresent(value -> node.put("startTimeout", value.toString()));
        return node.toString();
    }

    /**
     * Reads a specification back.
     *
     * @param text what {@link #write} wrote, or what a later version of it wrote: unknown fields are passed over
     * @param env the unit's variables, for the values of secrets
     * @return the specification
     * @throws EngineException if nobody can read it
     */
    public static EnvironmentSpec read(String text, Map<String, String> env) {
        try {
            return read(JSON.readTree(text), env);
        } catch (JsonProcessingException | RuntimeException broken) {
            throw new EngineException(
                    "could not read the specification of an environment from its label: it was made by an incompatible "
                            + "version of this library or changed by somebody else; remove the environment and make it anew",
                    broken);
        }
    }

    private static EnvironmentSpec read(JsonNode node, Map<String, String> env) {
        EnvironmentSpec.Builder spec = EnvironmentSpec.builder();
        text(node, "name", spec::name);
        text(node, "stack", spec::stack);
        text(node, "image", spec::withImage);
        text(node, "template", value -> spec.withTemplate(Path.of(value)));
        text(node, "workingDirectory", spec::workingDirectory);
        text(node, "user", spec::user);
        if (node.has("entrypoint")) {
            spec.entrypoint(strings(node.path("entrypoint")).toArray(String[]::new));
        }
        spec.withCommand(strings(node.path("command")));
        node.path("env").properties().forEach(entry -> {
            if (entry.getValue().isNull()) {
                spec.secretEnv(entry.getKey(), env.getOrDefault(entry.getKey(), ""));
            } else {
                spec.env(entry.getKey(), entry.getValue().asText());
            }
        });
        strings(node.path("ports")).forEach(port -> spec.publish(PortMapping.parse(port)));
        node.path("mounts").forEach(mount -> spec.mount(mount(mount)));
        spec.limits(limits(node.path("limits")));
        node.path("labels")
                .properties()
                .forEach(label -> spec.label(label.getKey(), label.getValue().asText()));
        strings(node.path("aliases")).forEach(spec::alias);
        node.path("networks")
                .properties()
                .forEach(network -> spec.network(
                        network.getKey(), strings(network.getValue()).toArray(String[]::new)));
        if (node.has("healthCheck")) {
            spec.healthCheck(healthCheck(node.path("healthCheck")));
        }
        spec.readyWhen(readiness(node.path("readiness")));
        spec.restart(new RestartPolicy(
                RestartPolicy.Condition.valueOf(
                        node.path("restart").path("condition").asText("NEVER")),
                node.path("restart").path("maxRetries").asInt(0),
                node.path("restart").path("whenUnhealthy").asBoolean(false)));
        spec.lifetime(lifetime(node.path("lifetime").asText("persistent")));
        spec.pullPolicy(PullPolicy.valueOf(node.path("pullPolicy").asText("MISSING")));
        text(node, "imageMaxAge", value -> spec.imageMaxAge(Duration.parse(value)));
        if (node.path("openStdin").asBoolean(false)) {
            spec.openStdin();
        }
        if (node.path("terminal").asBoolean(false)) {
            spec.terminal();
        }
        text(node, "stopSignal", spec::stopSignal);
        text(node, "stopGrace", value -> spec.stopGrace(Duration.parse(value)));
        text(node, "startTimeout", value -> spec.startTimeout(Duration.parse(value)));
        return spec.build();
    }

    private static ObjectNode mount(Mount mount) {
        ObjectNode node = JSON.createObjectNode().put("target", mount.target());
        if (mount instanceof Mount.Bind bind) {
            node.put("bind", bind.source().toString()).put("readOnly", bind.readOnly());
        } else if (mount instanceof Mount.Volume volume) {
            node.put("volume", volume.volume()).put("readOnly", volume.readOnly());
        } else if (mount instanceof Mount.Tmpfs tmpfs) {
            node.put("tmpfs", tmpfs.sizeBytes());
        } else if (mount instanceof Mount.Temporary) {
            node.put("temporary", true);
        }
        return node;
    }

    private static Mount mount(JsonNode node) {
        String target = node.path("target").asText();
        boolean readOnly = node.path("readOnly").asBoolean(false);
        if (node.has("bind")) {
            return new Mount.Bind(Path.of(node.path("bind").asText()), target, readOnly);
        }
        if (node.has("volume")) {
            return new Mount.Volume(node.path("volume").asText(), target, readOnly);
        }
        return node.has("temporary") ? Mount.temporary(target) : new Mount.Tmpfs(target, number(node, "tmpfs"));
    }

    private static void limits(ObjectNode node, ResourceLimits limits) {
        limits.memory().ifPresent(value -> node.put("memory", value));
        limits.cpus().ifPresent(value -> node.put("cpus", value));
        limits.pids().ifPresent(value -> node.put("pids", value));
        limits.disk().ifPresent(value -> node.put("disk", value));
    }

    private static ResourceLimits limits(JsonNode node) {
        Double cpus = node.hasNonNull("cpus") ? (Double) node.path("cpus").asDouble() : null;
        return new ResourceLimits(number(node, "memory"), cpus, number(node, "pids"), number(node, "disk"));
    }

    private static ObjectNode healthCheck(HealthCheck check) {
        ObjectNode node = JSON.createObjectNode();
        node.set("probe", probe(check.probe()));
        return node.put("interval", check.interval().toString())
                .put("timeout", check.timeout().toString())
                .put("retries", check.retries())
                .put("startPeriod", check.startPeriod().toString());
    }

    private static HealthCheck healthCheck(JsonNode node) {
        return new HealthCheck(
                probe(node.path("probe")),
                Duration.parse(node.path("interval").asText()),
                Duration.parse(node.path("timeout").asText()),
                node.path("retries").asInt(),
                Duration.parse(node.path("startPeriod").asText()));
    }

    private static ObjectNode probe(Probe probe) {
        ObjectNode node = JSON.createObjectNode();
        if (probe instanceof Probe.Command command) {
            strings(node.putArray("command"), command.command());
        } else if (probe instanceof Probe.Tcp tcp) {
            node.put("tcp", tcp.port());
        } else if (probe instanceof Probe.Http http) {
            http(node, http);
        }
        return node;
    }

    private static Probe probe(JsonNode node) {
        if (node.has("command")) {
            return new Probe.Command(strings(node.path("command")));
        }
        if (node.has("tcp")) {
            return Probe.tcp(node.path("tcp").asInt());
        }
        return http(node);
    }

    private static void http(ObjectNode node, Probe.Http http) {
        node.put("http", http.port())
                .put("path", http.path())
                .put("scheme", http.scheme().name());
        ArrayNode statuses = node.putArray("statuses");
        http.statuses().forEach(range -> statuses.addArray().add(range.from()).add(range.to()));
        ObjectNode headers = node.putObject("headers");
        http.headers().forEach(headers::put);
        http.body().ifPresent(regex -> node.put("body", regex));
    }

    private static Probe.Http http(JsonNode node) {
        Probe.Http plain =
                Probe.http(node.path("http").asInt(), node.path("path").asText());
        List<Probe.Http.StatusRange> statuses = new ArrayList<>();
        node.path("statuses")
                .forEach(range -> statuses.add(new Probe.Http.StatusRange(
                        range.path(0).asInt(), range.path(1).asInt())));
        Map<String, String> headers = new java.util.LinkedHashMap<>();
        node.path("headers")
                .properties()
                .forEach(
                        header -> headers.put(header.getKey(), header.getValue().asText()));
        return new Probe.Http(
                plain.port(),
                plain.path(),
                Probe.Http.Scheme.valueOf(node.path("scheme").asText("HTTP")),
                statuses.isEmpty() ? plain.statuses() : statuses,
                headers,
                node.hasNonNull("body") ? node.path("body").asText() : null);
    }

    private static JsonNode readiness(Readiness readiness) {
        ObjectNode node = JSON.createObjectNode();
        if (readiness instanceof Readiness.Probed probed) {
            node.set("probe", probe(probed.probe()));
        } else if (readiness instanceof Readiness.Log log) {
            node.put("log", log.regex()).put("times", log.times());
        } else if (readiness instanceof Readiness.Uptime uptime) {
            node.put("uptime", uptime.duration().toString());
        } else if (readiness instanceof Readiness.AllOf all) {
            ArrayNode list = node.putArray("allOf");
            all.conditions().forEach(condition -> list.add(readiness(condition)));
        } else if (readiness instanceof Readiness.AnyOf any) {
            ArrayNode list = node.putArray("anyOf");
            any.conditions().forEach(condition -> list.add(readiness(condition)));
        } else {
            node.put(
                    "state",
                    ((Enum<?>) readiness).getDeclaringClass().getSimpleName().toLowerCase(Locale.ROOT));
        }
        return node;
    }

    private static Readiness readiness(JsonNode node) {
        if (node.has("probe")) {
            return new Readiness.Probed(probe(node.path("probe")));
        }
        if (node.has("log")) {
            return new Readiness.Log(
                    node.path("log").asText(), node.path("times").asInt(1));
        }
        if (node.has("uptime")) {
            return Readiness.uptime(Duration.parse(node.path("uptime").asText()));
        }
        if (node.has("allOf")) {
            return new Readiness.AllOf(several(node.path("allOf")));
        }
        if (node.has("anyOf")) {
            return new Readiness.AnyOf(several(node.path("anyOf")));
        }
        return switch (node.path("state").asText()) {
            case "running" -> Readiness.running();
            case "healthy" -> Readiness.healthy();
            default -> Readiness.byDefault();
        };
    }

    private static List<Readiness> several(JsonNode nodes) {
        List<Readiness> conditions = new ArrayList<>();
        nodes.forEach(node -> conditions.add(readiness(node)));
        return conditions;
    }

    private static String lifetime(Lifetime lifetime) {
        if (lifetime instanceof Lifetime.Child child) {
            return CHILD + child.parent();
        }
        return lifetime instanceof Lifetime.Ttl ttl ? ttl.duration().toString() : lifetime.toString();
    }

    private static Lifetime lifetime(String text) {
        if (text.startsWith(CHILD)) {
            return new Lifetime.Child(text.substring(CHILD.length()));
        }
        return switch (text) {
            case "session" -> Lifetime.session();
            case "persistent" -> Lifetime.persistent();
            default -> Lifetime.ttl(Duration.parse(text));
        };
    }

    private static void strings(ArrayNode node, List<String> values) {
        values.forEach(node::add);
    }

    private static List<String> strings(JsonNode node) {
        List<String> values = new ArrayList<>();
        node.forEach(value -> values.add(value.asText()));
        return values;
    }

    private static @Nullable Long number(JsonNode node, String field) {
        return node.hasNonNull(field) ? (Long) node.path(field).asLong() : null;
    }

    private static void text(JsonNode node, String field, java.util.function.Consumer<String> setter) {
        if (node.hasNonNull(field)) {
            setter.accept(Objects.requireNonNull(node.path(field).asText()));
        }
    }
}
