package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the current context of the Docker client: which engine its user has chosen. */
final class DockerContext {

    private DockerContext() {}

    /**
     * The current context's name: {@code DOCKER_CONTEXT}, else what the configuration file says.
     *
     * @return empty for the default context, which names no engine
     * @throws IOException if the configuration file cannot be read
     */
    static Optional<String> currentName(Surroundings around) throws IOException {
        Optional<String> named = around.variable("DOCKER_CONTEXT");
        if (named.isEmpty()) {
            Path file = around.dockerFolder().resolve("config.json");
            if (Files.exists(file)) {
                named = Optional.of(Json.read(Files.readAllBytes(file))
                                .path("currentContext")
                                .asText(""))
                        .filter(name -> !name.isBlank());
            }
        }
        return named.filter(name -> !name.equals("default"));
    }

    /**
     * The engine of a context.
     *
     * @throws IOException if there is no such context, or its files cannot be read
     * @throws IllegalArgumentException if its address is none
     */
    static EngineAddress read(Surroundings around, String name) throws IOException {
        // The client names the folders after the digest of the context's name.
        String digest = Digests.sha256(name);
        Path contexts = around.dockerFolder().resolve("contexts");
        Path meta = contexts.resolve("meta").resolve(digest).resolve("meta.json");
        if (!Files.exists(meta)) {
            throw new IOException("there is no Docker context '" + name + "'");
        }
        JsonNode endpoint =
                Json.read(Files.readAllBytes(meta)).path("Endpoints").path("docker");
        String host = endpoint.path("Host").asText("");
        if (host.isEmpty()) {
            throw new IOException("the Docker context '" + name + "' names no engine");
        }
        Path certificates = contexts.resolve("tls").resolve(digest).resolve("docker");
        return EngineAddress.parse(host, Files.isDirectory(certificates) ? certificates : null);
    }
}
