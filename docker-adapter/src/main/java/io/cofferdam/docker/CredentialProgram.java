package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.error.RegistryException;
import io.cofferdam.resource.RegistryCredentials;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Asks a credential helper of the Docker client: a program {@code docker-credential-NAME} with the argument {@code get},
 * which reads a registry and writes a JSON object. What it writes is a secret and is shown nowhere, but for the message of
 * a helper that says it failed.
 */
final class CredentialProgram {

    /** Helpers that ask their user for something are given no more time than this. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int MOST = 64 * 1024;

    /** Who keeps a token of identity and not a password says so by this name. */
    private static final String TOKEN = "<token>";

    private final Surroundings around;
    private final Threads threads;
    private final Duration patience;

    CredentialProgram(Surroundings around, Threads threads) {
        this(around, threads, PATIENCE);
    }

    CredentialProgram(Surroundings around, Threads threads, Duration patience) {
        this.around = around;
        this.threads = threads;
        this.patience = patience;
    }

    private record Said(int exitCode, String output) {}

    /**
     * Asks for a login.
     *
     * @param name the helper's name without {@code docker-credential-}
     * @param server the registry as the helper knows it
     * @return empty if the helper has none
     * @throws RegistryException if there is no such helper, or it fails
     */
    Optional<RegistryCredentials> get(Operation operation, String name, String server, Deadline deadline) {
        String program = "docker-credential-" + name;
        if (!name.matches("[A-Za-z0-9_.-]+")) {
            throw failed(operation, "'" + name + "' in the configuration of the Docker client is no credential helper");
        }
        Path found = find(program)
                .orElseThrow(() -> failed(
                        operation,
                        "the credential helper '" + program
                                + "', which the configuration of the Docker client names, is not in the PATH"));
        Said said = run(operation, program, found, server, deadline);
        String output = said.output().strip();
        if (said.exitCode() != 0) {
            if (output.toLowerCase(Locale.ROOT).contains("credentials not found")) {
                return Optional.empty();
            }
            throw failed(
                    operation,
                    "the credential helper '" + program + "' failed for '" + server + "' with exit code "
                            + said.exitCode() + message(output));
        }
        JsonNode answer;
        try {
            answer = Json.read(output.getBytes(StandardCharsets.UTF_8));
        } catch (IOException noJson) {
            throw failed(operation, "what the credential helper '" + program + "' wrote is no JSON");
        }
        String user = answer.path("Username").asText("");
        String secret = answer.path("Secret").asText("");
        if (secret.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                user.equals(TOKEN) ? RegistryCredentials.identityToken(secret) : RegistryCredentials.of(user, secret));
    }

    /** By the protocol a failing helper writes its message; something that looks like an answer is not shown all the same. */
    private static String message(String output) {
        String first = output.lines().findFirst().orElse("");
        boolean showable = !first.isEmpty() && !output.contains("{") && !output.contains("Secret");
        return showable ? " (" + first.substring(0, Math.min(200, first.length())) + ")" : "";
    }

    private Said run(Operation operation, String program, Path path, String server, Deadline deadline) {
        Process process;
        try {
            ProcessBuilder builder = new ProcessBuilder(path.toString(), "get");
            builder.environment().clear();
            builder.environment().putAll(around.variables());
            process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException unusable) {
            throw failed(
                    operation, "the credential helper '" + program + "' cannot be started: " + unusable.getMessage());
        }
        try {
            return Bounded.call(
                    threads,
                    deadline.cappedAt(patience),
                    "asking the credential helper '" + program + "'",
                    () -> converse(process, server),
                    () -> kill(process));
        } catch (IOException broken) {
            throw failed(operation, "the credential helper '" + program + "' broke off: " + broken.getMessage());
        } finally {
            kill(process);
        }
    }

    private static Said converse(Process process, String server) throws IOException {
        try (OutputStream in = process.getOutputStream()) {
            in.write(server.getBytes(StandardCharsets.UTF_8));
        } catch (IOException notInterested) {
            // It may have answered without reading; its exit code tells.
        }
        byte[] output = process.getInputStream().readNBytes(MOST);
        try {
            if (output.length == MOST || !process.waitFor(5, TimeUnit.SECONDS)) {
                throw new IOException("it does not end");
            }
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new IOException("given up", interrupt);
        }
        return new Said(process.exitValue(), new String(output, StandardCharsets.UTF_8));
    }

    /** Its children first: one of them might keep its output open. */
    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private Optional<Path> find(String program) {
        String file = around.windows() ? program + ".exe" : program;
        return around.variable("PATH").stream()
                .flatMap(path -> Arrays.stream(path.split(File.pathSeparator, -1)))
                .filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder).resolve(file))
                .filter(Files::isExecutable)
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private static RegistryException failed(Operation operation, String reason) {
        return new RegistryException(operation.failed(reason));
    }
}
