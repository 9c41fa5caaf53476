package io.cofferdam.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.ResourceLimits;
import io.cofferdam.error.EngineException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of an environment: enough to start it again by another JVM. The values of secret variables are in it, so
 * the file is readable by its owner only.
 *
 * @param id its identifier
 * @param engineName its name on the engine
 * @param spec the parts of its specification that the driver needs
 * @param labels all its labels
 * @param created when it was made
 * @param network the network it is in, or null
 */
record UnitRecord(
        String id,
        String engineName,
        EnvironmentSpec spec,
        Map<String, String> labels,
        Instant created,
        CreateRequest.@Nullable Membership network) {

    private static final ObjectMapper JSON = new ObjectMapper();

    UnitRecord {
        Objects.requireNonNull(id, "id");
        labels = Map.copyOf(labels);
    }

    /** The environment's name. */
    String name() {
        return labels.getOrDefault(Labels.ENVIRONMENT, engineName);
    }

    UnitRecord renamed(String name) {
        return new UnitRecord(id, name, spec, labels, created, network);
    }

    /** The image or template, for status. */
    String source() {
        return spec.template().map(Path::toString).or(spec::image).orElse("");
    }

    /** The program and its arguments. */
    List<String> command() {
        List<String> words = new ArrayList<>(spec.entrypoint().orElse(List.of()));
        words.addAll(spec.command());
        return words;
    }

    String toJson() {
        ObjectNode node = JSON.createObjectNode();
        node.put("format", 1);
        node.put("id", id);
        node.put("engineName", engineName);
        node.put("created", created.toString());
        strings(node.putObject("labels"), labels);
        if (network != null) {
            ObjectNode member = node.putObject("network");
            member.put("name", network.network());
            strings(member.putArray("names"), network.names());
        }
        spec.name().ifPresent(name -> node.put("name", name));
        spec.stack().ifPresent(stack -> node.put("stack", stack));
        spec.image().ifPresent(image -> node.put("image", image));
        spec.template().ifPresent(template -> node.put("template", template.toString()));
        strings(node.putArray("command"), command());
        strings(node.putObject("env"), spec.env());
        strings(node.putArray("secrets"), List.copyOf(spec.secretNames()));
        strings(
                node.putArray("ports"),
                spec.ports().stream().map(PortMapping::toString).toList());
        spec.mounts().forEach(mount -> mount(node.withArray("mounts").addObject(), mount));
        ResourceLimits limits = spec.limits();
        ObjectNode limit = node.putObject("limits");
        limits.memory().ifPresent(bytes -> limit.put("memory", bytes));
        limits.cpus().ifPresent(cpus -> limit.put("cpus", cpus));
        limits.pids().ifPresent(pids -> limit.put("pids", pids));
        spec.workingDirectory().ifPresent(directory -> node.put("workingDirectory", directory));
        spec.user().ifPresent(user -> node.put("user", user));
        return node.toString();
    }

    private static void strings(ObjectNode node, Map<String, String> values) {
        values.forEach(node::put);
    }

    private static void strings(ArrayNode node, List<String> values) {
        values.forEach(node::add);
    }

    private static void mount(ObjectNode node, Mount mount) {
        node.put("target", mount.target());
        if (mount instanceof Mount.Volume volume) {
            node.put("volume", volume.volume());
        } else if (mount instanceof Mount.Bind bind) {
            node.put("source", bind.source().toString());
        } else if (mount instanceof Mount.Temporary) {
            node.put("temporary", true);
        }
    }

    static UnitRecord parse(String json) {
        try {
            JsonNode node = JSON.readTree(json);
            EnvironmentSpec.Builder spec = EnvironmentSpec.builder();
            text(node, "name").ifPresent(spec::name);
            text(node, "stack").ifPresent(spec::stack);
            text(node, "image").ifPresent(spec::withImage);
            text(node, "template").map(Path::of).ifPresent(spec::withTemplate);
            spec.withCommand(strings(node.path("command")));
            List<String> secrets = strings(node.path("secrets"));
            map(node.path("env")).forEach((name, value) -> {
                if (secrets.contains(name)) {
                    spec.secretEnv(name, value);
                } else {
                    spec.env(name, value);
                }
            });
            spec.withPorts(
                    strings(node.path("ports")).stream().map(PortMapping::parse).toList());
            node.path("mounts").forEach(mount -> spec.mount(mount(mount)));
            spec.limits(limits(node.path("limits")));
            text(node, "workingDirectory").ifPresent(spec::workingDirectory);
            text(node, "user").ifPresent(spec::user);
            JsonNode network = node.path("network");
            return new UnitRecord(
                    node.path("id").asText(),
                    node.path("engineName").asText(),
                    spec.build(),
                    map(node.path("labels")),
                    Instant.parse(node.path("created").asText()),
                    network.isObject()
                            ? new CreateRequest.Membership(
                                    network.path("name").asText(), strings(network.path("names")))
                            : null);
        } catch (JsonProcessingException | RuntimeException e) {
            throw new EngineException("the stored environment cannot be read: " + e.getMessage(), e);
        }
    }

    private static Mount mount(JsonNode node) {
        String target = node.path("target").asText();
        if (node.has("temporary")) {
            return Mount.temporary(target);
        }
        return node.has("volume")
                ? Mount.volume(node.path("volume").asText(), target)
                : Mount.bind(Path.of(node.path("source").asText()), target);
    }

    private static ResourceLimits limits(JsonNode node) {
        return new ResourceLimits(
                node.has("memory") ? (Long) node.path("memory").asLong() : null,
                node.has("cpus") ? (Double) node.path("cpus").asDouble() : null,
                node.has("pids") ? (Long) node.path("pids").asLong() : null,
                null);
    }

    private static Optional<String> text(JsonNode node, String field) {
        return node.hasNonNull(field) ? Optional.of(node.path(field).asText()) : Optional.empty();
    }

    private static List<String> strings(JsonNode node) {
        List<String> values = new ArrayList<>();
        node.forEach(value -> values.add(value.asText()));
        return values;
    }

    private static Map<String, String> map(JsonNode node) {
        Map<String, String> values = new LinkedHashMap<>();
        node.properties()
                .forEach(field -> values.put(field.getKey(), field.getValue().asText()));
        return values;
    }

    /** Names and sizes only: labels and variables may hold secrets. */
    @Override
    public String toString() {
        return "UnitRecord[" + engineName + ", " + id + "]";
    }
}
