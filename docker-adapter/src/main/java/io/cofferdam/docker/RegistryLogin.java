package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.core.NameParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/** Finds the login for a registry in the configuration of the Docker client. Logins kept by helper programs are not used. */
final class RegistryLogin {

    private static final String DEFAULT_REGISTRY = "https://index.docker.io/v1/";

    private RegistryLogin() {}

    /** What the engine wants as {@code X-Registry-Auth} for an image's registry; empty without a login. */
    static Optional<String> header(Surroundings around, String repository) throws IOException {
        Path file = around.dockerFolder().resolve("config.json");
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        String registry = NameParser.resolveRepositoryName(repository).hostname;
        JsonNode logins = Json.read(Files.readAllBytes(file)).path("auths");
        JsonNode login = logins.path(registry);
        for (String key : new String[] {"https://" + registry, "http://" + registry, DEFAULT_REGISTRY}) {
            boolean fits = !key.equals(DEFAULT_REGISTRY) || registry.equals("index.docker.io") || registry.equals(key);
            if (login.isMissingNode() && fits) {
                login = logins.path(key);
            }
        }
        ObjectNode auth = Json.object().put("serveraddress", registry);
        String encoded = login.path("auth").asText("");
        String token = login.path("identitytoken").asText("");
        if (!token.isEmpty()) {
            auth.put("identitytoken", token);
        } else if (!encoded.isEmpty()) {
            String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon < 0) {
                return Optional.empty();
            }
            auth.put("username", pair.substring(0, colon)).put("password", pair.substring(colon + 1));
        } else {
            return Optional.empty();
        }
        return Optional.of(Base64.getUrlEncoder().encodeToString(Json.bytes(auth)));
    }
}
