package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.error.CofferdamException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A program that the kubeconfig names and that prints credentials, as clouds have them. What it printed is used until its
 * expiry, or until the cluster refuses it.
 */
final class ExecPlugin implements Credentials {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** A request must not arrive after the end of what it carries. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private static final int OUTPUT_LIMIT = 1024 * 1024;

    private final List<String> command;
    private final Map<String, String> env;
    private final String apiVersion;
    private final String hint;
    private final Threads threads;
    private final Clock clock;

    private @Nullable JsonNode status;

    /**
     * @param hint what the kubeconfig says to who has not installed the program; may be empty
     */
    ExecPlugin(
            List<String> command,
            Map<String, String> env,
            String apiVersion,
            String hint,
            Threads threads,
            Clock clock) {
        this.command = List.copyOf(command);
        this.env = Map.copyOf(env);
        this.apiVersion = apiVersion;
        this.hint = hint;
        this.threads = threads;
        this.clock = clock;
    }

    @Override
    public @Nullable String authorization() throws IOException {
        String token = status().path("token").asText("");
        return token.isEmpty() ? null : "Bearer " + token;
    }

    /** The certificate and key it printed, or empty texts. */
    synchronized List<String> certificate() throws IOException {
        JsonNode present = status();
        return List.of(
                present.path("clientCertificateData").asText(""),
                present.path("clientKeyData").asText(""));
    }

    @Override
    public synchronized void refused() {
        status = null;
    }

    private synchronized JsonNode status() throws IOException {
        JsonNode present = status;
        if (present == null || isOver(present)) {
            present = run();
            status = present;
        }
        return present;
    }

    private boolean isOver(JsonNode present) {
        Instant end = Json.instant(present.path("expirationTimestamp"));
        return end != null && !clock.instant().plus(MARGIN).isBefore(end);
    }

    private JsonNode run() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
        builder.environment().putAll(env);
        ObjectNode info = Json.object();
        info.put("apiVersion", apiVersion).put("kind", "ExecCredential");
        info.putObject("spec").put("interactive", false);
        builder.environment().put("KUBERNETES_EXEC_INFO", Json.write(info));
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process process;
        try {
            process = builder.start();
        } catch (IOException missing) {
            throw new IOException(
                    "the program '" + command.get(0) + "' of the kubeconfig cannot be started"
                            + (hint.isEmpty() ? "; install it" : "; " + hint),
                    missing);
        }
        try {
            process.getOutputStream().close();
            byte[] output = Bounded.call(
                    threads,
                    Deadline.in(TIMEOUT),
                    "asking '" + command.get(0) + "' for credentials",
                    () -> {
                        try (InputStream in = process.getInputStream()) {
                            byte[] bytes = in.readNBytes(OUTPUT_LIMIT);
                            process.waitFor();
                            return bytes;
                        }
                    },
                    process::destroyForcibly);
            if (process.exitValue() != 0) {
                throw new IOException("the program '" + command.get(0) + "' of the kubeconfig exited with "
                        + process.exitValue() + "; run it by hand to see why");
            }
            return Json.read(output).path("status");
        } catch (CofferdamException | IOException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new IOException("the program '" + command.get(0) + "' gave no credentials", failed);
        } finally {
            process.destroyForcibly();
        }
    }
}
