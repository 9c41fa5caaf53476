package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.error.RegistryException;
import io.cofferdam.resource.RegistryCredentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the login for a registry where the Docker client would: the host application first, then {@code config.json} with
 * its credential helpers, its credential store and its own entries. Looked up each time, kept nowhere.
 */
final class RegistryLogins {

    /** The login of nobody. */
    static final String NOBODY = encode(Json.object());

    /** How the client calls Docker Hub in its configuration and towards credential helpers. */
    static final String HUB_KEY = "https://index.docker.io/v1/";

    private static final List<String> HUB_NAMES =
            List.of(HUB_KEY, "index.docker.io", ImageName.HUB, "registry-1.docker.io", "https://index.docker.io/v2/");

    private final EngineConfig config;
    private final Surroundings around;
    private final CredentialProgram helper;

    RegistryLogins(EngineConfig config, Surroundings around, CredentialProgram helper) {
        this.config = config;
        this.around = around;
        this.helper = helper;
    }

    /** What the engine wants as {@code X-Registry-Auth}; empty without a login. */
    Optional<String> header(
            Operation operation, String registry, Optional<RegistryCredentials> given, Deadline deadline) {
        return given.or(() -> find(operation, registry, deadline)).map(login -> encode(json(registry, login)));
    }

    /** What the engine wants as {@code X-Registry-Config} for a build: the logins of these registries and no others. */
    Optional<String> buildHeader(
            Operation operation,
            Collection<String> registries,
            Map<String, RegistryCredentials> given,
            Deadline deadline) {
        ObjectNode all = Json.object();
        for (String registry : registries) {
            Optional.ofNullable(given.get(registry))
                    .or(() -> find(operation, registry, deadline))
                    .ifPresent(login -> all.set(serverAddress(registry), json(registry, login)));
        }
        return all.isEmpty() ? Optional.empty() : Optional.of(encode(all));
    }

    private Optional<RegistryCredentials> find(Operation operation, String registry, Deadline deadline) {
        return ofHost(operation, registry).or(() -> ofClient(operation, registry, deadline));
    }

    private Optional<RegistryCredentials> ofHost(Operation operation, String registry) {
        try {
            return config.registryCredentials().flatMap(source -> source.apply(registry));
        } catch (RuntimeException failed) {
            // Its text may hold anything, so only its kind is told.
            throw new RegistryException(operation.failed("the configured source of credentials failed for '" + registry
                    + "': " + failed.getClass().getName()));
        }
    }

    private Optional<RegistryCredentials> ofClient(Operation operation, String registry, Deadline deadline) {
        Path file = around.dockerFolder().resolve("config.json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode client;
        try {
            client = Json.read(Files.readAllBytes(file));
        } catch (IOException unreadable) {
            // No cause: that of a parser quotes the file.
            throw new RegistryException(operation.failed("the configuration of the Docker client, " + file
                    + ", cannot be read: " + unreadable.getMessage()));
        }
        String program = client.path("credHelpers").path(registry).asText("");
        if (program.isEmpty() && registry.equals(ImageName.HUB)) {
            program = client.path("credHelpers").path(HUB_KEY).asText("");
        }
        if (program.isEmpty()) {
            program = client.path("credsStore").asText("");
        }
        if (!program.isEmpty()) {
            Optional<RegistryCredentials> kept = helper.get(operation, program, serverAddress(registry), deadline);
            if (kept.isPresent()) {
                return kept;
            }
        }
        return entry(operation, file, registry, client.path("auths"));
    }

    private static Optional<RegistryCredentials> entry(
            Operation operation, Path file, String registry, JsonNode entries) {
        for (var entry : entries.properties()) {
            if (isFor(registry, entry.getKey())) {
                Optional<RegistryCredentials> login = login(operation, file, registry, entry.getValue());
                if (login.isPresent()) {
                    return login;
                }
            }
        }
        return Optional.empty();
    }

    /** Keys are hosts, or addresses with a scheme and a path that tells the version of the protocol. */
    static boolean isFor(String registry, String key) {
        if (registry.equals(ImageName.HUB)) {
            return HUB_NAMES.contains(key);
        }
        return key.replaceFirst("^https?://", "").replaceFirst("/.*$", "").equals(registry);
    }

    private static Optional<RegistryCredentials> login(
            Operation operation, Path file, String registry, JsonNode entry) {
        String token = entry.path("identitytoken").asText("");
        if (!token.isEmpty()) {
            return Optional.of(RegistryCredentials.identityToken(token));
        }
        String encoded = entry.path("auth").asText("");
        if (encoded.isEmpty()) {
            String user = entry.path("username").asText("");
            return user.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            RegistryCredentials.of(user, entry.path("password").asText("")));
        }
        try {
            String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon > 0) {
                return Optional.of(RegistryCredentials.of(
                        pair.substring(0, colon), pair.substring(colon + 1).replaceFirst("\0+$", "")));
            }
        } catch (IllegalArgumentException malformed) {
            // Told below without its text, which would show a part of the login.
        }
        throw new RegistryException(operation.failed("the login for '" + registry + "' in " + file
                + " is none; log in again with 'docker login " + registry + "'"));
    }

    private static String serverAddress(String registry) {
        return registry.equals(ImageName.HUB) ? HUB_KEY : registry;
    }

    private static ObjectNode json(String registry, RegistryCredentials login) {
        ObjectNode auth = Json.object().put("serveraddress", serverAddress(registry));
        return login.isIdentityToken()
                ? auth.put("identitytoken", login.secret())
                : auth.put("username", login.username()).put("password", login.secret());
    }

    private static String encode(ObjectNode node) {
        return Base64.getUrlEncoder().encodeToString(Json.bytes(node));
    }
}
