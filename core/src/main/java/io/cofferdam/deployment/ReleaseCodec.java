package io.cofferdam.deployment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.application.Application;
import io.cofferdam.application.ApplicationBuilder;
import io.cofferdam.application.ConfigDefinition;
import io.cofferdam.application.Content;
import io.cofferdam.application.NetworkDefinition;
import io.cofferdam.application.SecretDefinition;
import io.cofferdam.application.Service;
import io.cofferdam.application.VolumeDefinition;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.StorageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The written form of an application in a store: everything of it, exactly, with the contents of secrets, the values of secret
 * variables and the arguments of builds sealed. Thread-safe.
 */
final class ReleaseCodec {

    private static final int FORMAT = 1;

    /** Plain ASCII, so that a database with any encoding gives back what it got, unpaired surrogates included. */
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final SecretSeal seal;
    private final ServiceCodec services;

    ReleaseCodec(SecretSeal seal) {
        this.seal = Objects.requireNonNull(seal, "seal");
        this.services = new ServiceCodec(JSON, seal);
    }

    /** Whether there is anything in an application that is not to be kept in clear. */
    static boolean hasSecrets(Application application) {
        return application.secrets().values().stream()
                        .anyMatch(secret -> secret.content().origin() != Content.Origin.EXTERNAL)
                || application.services().stream()
                        .anyMatch(service -> !service.template().secretNames().isEmpty());
    }

    String encode(Application application) {
        ObjectNode node = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("project", application.project())
                .put("version", application.version());
        ArrayNode list = node.putArray("services");
        for (Service service : application.services()) {
            list.add(services.write(service));
        }
        ArrayNode networks = node.putArray("networks");
        application.networks().values().forEach(network -> networks.add(network(network)));
        ArrayNode volumes = node.putArray("volumes");
        application.volumes().values().forEach(volume -> volumes.add(volume(volume)));
        ArrayNode secrets = node.putArray("secrets");
        for (SecretDefinition secret : application.secrets().values()) {
            ObjectNode one = secrets.addObject().put("name", secret.name());
            one.set("labels", TreeForms.strings(secret.labels()));
            origin(one, secret.content())
                    .put("sealed", seal.seal(secret.content().bytes()));
        }
        ArrayNode configs = node.putArray("configs");
        for (ConfigDefinition config : application.configs().values()) {
            ObjectNode one = configs.addObject().put("name", config.name());
            one.set("labels", TreeForms.strings(config.labels()));
            origin(one, config.content()).put("bytes", config.content().bytes());
        }
        node.set("labels", TreeForms.strings(application.labels()));
        node.set("extensions", TreeForms.values(application.extensions()));
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree cannot be written as text", impossible);
        }
    }

    /**
     * Reads an application back.
     *
     * @param text what {@link #encode} wrote
     * @throws StorageException if it is damaged, or was written in a format of a later version
     * @throws CofferdamException if the seal cannot open a secret
     */
    Application decode(String text) {
        try {
            JsonNode node = JSON.readTree(text);
            int format = node.path("format").asInt(0);
            if (format != FORMAT) {
                throw new StorageException("could not read a release from the store: it is written in format " + format
                        + ", and this version of the library reads format " + FORMAT
                        + "; use the version that wrote it");
            }
            return read(node);
        } catch (StorageException | SealException known) {
            throw known;
        } catch (JsonProcessingException | RuntimeException broken) {
            // Neither the text nor the cause's message is shown: both may quote what is inside.
            throw new StorageException(
                    "could not read a release from the store: its text is damaged, or was changed by somebody "
                            + "else (" + broken.getClass().getSimpleName()
                            + "); deploy the version anew from its file");
        }
    }

    private Application read(JsonNode node) {
        ApplicationBuilder application =
                Application.named(TreeForms.text(node, "project")).version(TreeForms.text(node, "version"));
        node.path("services").forEach(service -> application.service(services.read(service)));
        node.path("networks").forEach(network -> application.network(network(network)));
        node.path("volumes").forEach(volume -> application.volume(volume(volume)));
        for (JsonNode secret : node.path("secrets")) {
            byte[] bytes = seal.open(TreeForms.text(secret, "sealed"));
            application.secret(new SecretDefinition(
                    TreeForms.text(secret, "name"), content(secret, bytes), TreeForms.strings(secret.path("labels"))));
        }
        for (JsonNode config : node.path("configs")) {
            byte[] bytes = TreeForms.bytes(config, "bytes");
            application.config(new ConfigDefinition(
                    TreeForms.text(config, "name"), content(config, bytes), TreeForms.strings(config.path("labels"))));
        }
        TreeForms.strings(node.path("labels")).forEach(application::label);
        TreeForms.values(node.path("extensions")).forEach(application::extension);
        return application.build();
    }

    private static ObjectNode origin(ObjectNode node, Content content) {
        node.put("origin", content.origin().name());
        content.source().ifPresent(source -> node.put("source", source));
        return node;
    }

    private static Content content(JsonNode node, byte[] bytes) {
        Content.Origin origin = Content.Origin.valueOf(TreeForms.text(node, "origin"));
        return switch (origin) {
            case INLINE -> Content.bytes(bytes);
            case FILE -> Content.ofFile(Path.of(TreeForms.text(node, "source")), bytes);
            case VARIABLE ->
                Content.ofVariable(TreeForms.text(node, "source"), new String(bytes, StandardCharsets.UTF_8));
            case EXTERNAL -> Content.external(TreeForms.text(node, "source"));
        };
    }

    private static ObjectNode network(NetworkDefinition network) {
        ObjectNode node = JSON.createObjectNode().put("name", network.name());
        network.givenName().ifPresent(name -> node.put("engineName", name));
        node.put("external", network.external()).put("internal", network.internal());
        network.subnet().ifPresent(subnet -> node.put("subnet", subnet));
        node.set("labels", TreeForms.strings(network.labels()));
        return node;
    }

    private static NetworkDefinition network(JsonNode node) {
        return new NetworkDefinition(
                TreeForms.text(node, "name"),
                TreeForms.textOrNull(node, "engineName"),
                node.path("external").asBoolean(),
                node.path("internal").asBoolean(),
                TreeForms.textOrNull(node, "subnet"),
                TreeForms.strings(node.path("labels")));
    }

    private static ObjectNode volume(VolumeDefinition volume) {
        ObjectNode node = JSON.createObjectNode().put("name", volume.name());
        volume.givenName().ifPresent(name -> node.put("engineName", name));
        node.put("external", volume.external());
        node.set("labels", TreeForms.strings(volume.labels()));
        return node;
    }

    private static VolumeDefinition volume(JsonNode node) {
        return new VolumeDefinition(
                TreeForms.text(node, "name"),
                TreeForms.textOrNull(node, "engineName"),
                node.path("external").asBoolean(),
                TreeForms.strings(node.path("labels")));
    }
}
