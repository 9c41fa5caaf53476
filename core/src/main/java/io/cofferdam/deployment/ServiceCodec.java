package io.cofferdam.deployment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.application.Build;
import io.cofferdam.application.Dependency;
import io.cofferdam.application.ExposedPort;
import io.cofferdam.application.FileReference;
import io.cofferdam.application.Service;
import io.cofferdam.application.ServiceBuilder;
import io.cofferdam.application.UpdateSettings;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Protocol;
import io.cofferdam.format.SpecJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The written form of a service in a {@link ReleaseCodec release}. */
final class ServiceCodec {

    private final JsonMapper json;
    private final SecretSeal seal;

    ServiceCodec(JsonMapper json, SecretSeal seal) {
        this.json = json;
        this.seal = seal;
    }

    ObjectNode write(Service service) {
        ObjectNode node = json.createObjectNode().put("name", service.name());
        EnvironmentSpec template = service.template();
        node.set("template", tree(SpecJson.write(template)));
        ObjectNode secretEnv = node.putObject("secretEnv");
        template.env().forEach((name, value) -> {
            if (template.secretNames().contains(name)) {
                secretEnv.put(name, seal(value));
            }
        });
        node.put("replicas", service.replicas());
        ArrayNode dependencies = node.putArray("dependencies");
        for (Dependency dependency : service.dependencies().values()) {
            dependencies
                    .addObject()
                    .put("service", dependency.service())
                    .put("condition", dependency.condition().name())
                    .put("required", dependency.required())
                    .put("restart", dependency.restart());
        }
        ArrayNode networks = node.putArray("networks");
        service.networks().forEach((network, aliases) -> {
            ObjectNode one = networks.addObject().put("name", network);
            aliases.forEach(one.putArray("aliases")::add);
        });
        files(node.putArray("secrets"), service.secrets());
        files(node.putArray("configs"), service.configs());
        ArrayNode exposed = node.putArray("exposed");
        for (ExposedPort port : service.exposedPorts()) {
            exposed.addObject()
                    .put("port", port.port())
                    .put("protocol", port.protocol().name());
        }
        service.profiles().forEach(node.putArray("profiles")::add);
        node.set("labels", TreeForms.strings(service.labels()));
        node.set("extensions", TreeForms.values(service.extensions()));
        service.build().ifPresent(build -> node.set("build", build(build)));
        service.update().ifPresent(settings -> node.set("update", settings(settings)));
        service.rollback().ifPresent(settings -> node.set("rollback", settings(settings)));
        return node;
    }

    ServiceBuilder read(JsonNode node) {
        ServiceBuilder service = Service.named(TreeForms.text(node, "name"));
        if (node.has("build")) {
            service.buildFrom(build(node.path("build")));
        }
        Map<String, String> secrets = new LinkedHashMap<>();
        node.path("secretEnv")
                .properties()
                .forEach(entry ->
                        secrets.put(entry.getKey(), open(entry.getValue().asText())));
        // After the build, which would name a template folder: that is a part of the specification.
        service.template(SpecJson.read(node.path("template").toString(), secrets));
        service.replicas(node.path("replicas").asInt());
        for (JsonNode dependency : node.path("dependencies")) {
            service.dependsOn(new Dependency(
                    TreeForms.text(dependency, "service"),
                    Dependency.Condition.valueOf(TreeForms.text(dependency, "condition")),
                    dependency.path("required").asBoolean(),
                    dependency.path("restart").asBoolean()));
        }
        for (JsonNode network : node.path("networks")) {
            service.network(
                    TreeForms.text(network, "name"),
                    TreeForms.list(network.path("aliases")).toArray(String[]::new));
        }
        node.path("secrets").forEach(file -> service.secret(file(file)));
        node.path("configs").forEach(file -> service.config(file(file)));
        for (JsonNode port : node.path("exposed")) {
            service.expose(
                    new ExposedPort(port.path("port").asInt(), Protocol.valueOf(TreeForms.text(port, "protocol"))));
        }
        service.profile(TreeForms.list(node.path("profiles")).toArray(String[]::new));
        TreeForms.strings(node.path("labels")).forEach(service::label);
        TreeForms.values(node.path("extensions")).forEach(service::extension);
        if (node.has("update")) {
            service.update(settings(node.path("update")));
        }
        if (node.has("rollback")) {
            service.rollback(settings(node.path("rollback")));
        }
        return service;
    }

    private static void files(ArrayNode node, List<FileReference> references) {
        for (FileReference reference : references) {
            ObjectNode one = node.addObject().put("source", reference.source()).put("target", reference.target());
            reference.uid().ifPresent(uid -> one.put("uid", uid));
            reference.gid().ifPresent(gid -> one.put("gid", gid));
            reference.mode().ifPresent(mode -> one.put("mode", mode));
        }
    }

    private static FileReference file(JsonNode node) {
        return new FileReference(
                TreeForms.text(node, "source"),
                TreeForms.text(node, "target"),
                TreeForms.textOrNull(node, "uid"),
                TreeForms.textOrNull(node, "gid"),
                node.has("mode") ? (Integer) node.path("mode").asInt() : null);
    }

    private ObjectNode build(Build build) {
        ObjectNode node = json.createObjectNode().put("context", build.context().toString());
        build.dockerfile().ifPresent(value -> node.put("dockerfile", value));
        build.inlineDockerfile().ifPresent(value -> node.put("inline", value));
        build.target().ifPresent(value -> node.put("target", value));
        build.digest().ifPresent(value -> node.put("digest", value));
        node.set("labels", TreeForms.strings(build.labels()));
        ObjectNode args = node.putObject("args");
        build.args().forEach((name, value) -> args.put(name, seal(value)));
        return node;
    }

    private Build build(JsonNode node) {
        Map<String, String> args = new LinkedHashMap<>();
        node.path("args")
                .properties()
                .forEach(entry -> args.put(entry.getKey(), open(entry.getValue().asText())));
        return new Build(
                Path.of(TreeForms.text(node, "context")),
                TreeForms.textOrNull(node, "dockerfile"),
                TreeForms.textOrNull(node, "inline"),
                args,
                TreeForms.textOrNull(node, "target"),
                TreeForms.strings(node.path("labels")),
                TreeForms.textOrNull(node, "digest"));
    }

    private ObjectNode settings(UpdateSettings settings) {
        return json.createObjectNode()
                .put("parallelism", settings.parallelism())
                .put("delay", settings.delay().toString())
                .put("failureAction", settings.failureAction().name())
                .put("monitor", settings.monitor().toString())
                .put("maxFailureRatio", settings.maxFailureRatio())
                .put("order", settings.order().name());
    }

    private static UpdateSettings settings(JsonNode node) {
        return new UpdateSettings(
                node.path("parallelism").asInt(),
                Duration.parse(TreeForms.text(node, "delay")),
                UpdateSettings.FailureAction.valueOf(TreeForms.text(node, "failureAction")),
                Duration.parse(TreeForms.text(node, "monitor")),
                node.path("maxFailureRatio").asDouble(),
                UpdateSettings.Order.valueOf(TreeForms.text(node, "order")));
    }

    private String seal(String secret) {
        return seal.seal(secret.getBytes(StandardCharsets.UTF_8));
    }

    private String open(String text) {
        return new String(seal.open(text), StandardCharsets.UTF_8);
    }

    private JsonNode tree(String text) {
        try {
            return json.readTree(text);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a specification was written as no JSON", impossible);
        }
    }
}
