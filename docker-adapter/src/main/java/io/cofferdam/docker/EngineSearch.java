package io.cofferdam.docker;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.Discovery;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineVersionException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks for an engine at the places where one may be, in the order in which the Docker client would choose. */
final class EngineSearch {

    private final EngineConfig config;
    private final Surroundings around;
    private final Threads threads;
    private final List<Discovery.Rejected> rejected = new ArrayList<>();

    @Nullable
    private EngineVersionException wrongVersion;

    EngineSearch(EngineConfig config, Surroundings around, Threads threads) {
        this.config = config;
        this.around = around;
        this.threads = threads;
    }

    /**
     * Looks once.
     *
     * @return the first engine that answers and speaks our API, or null
     */
    @Nullable
    EngineFacts run() {
        Deadline deadline = Deadline.in(config.discoveryTimeout());
        List<Candidate> candidates = candidates();
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            boolean last = candidates.subList(i + 1, candidates.size()).stream().allMatch(EngineSearch::isMissing);
            EngineFacts facts = ask(candidate, deadline, last);
            if (facts != null) {
                return facts;
            }
        }
        return null;
    }

    /** Where there is no engine, and why. */
    List<Discovery.Rejected> rejected() {
        return rejected;
    }

    /** The fault of the last engine that answered but speaks another API; null if there was none. */
    @Nullable
    EngineVersionException wrongVersion() {
        return wrongVersion;
    }

    private @Nullable EngineFacts ask(Candidate candidate, Deadline deadline, boolean last) {
        EngineAddress address = candidate.address();
        if (isMissing(candidate)) {
            reject(candidate, "no such file", "start the engine there, or name another place");
            return null;
        }
        // A place that does not answer must not take the time of those after it.
        Deadline share =
                last ? deadline : deadline.cappedAt(deadline.remaining().dividedBy(2));
        try {
            return EngineFacts.ask(address, share, threads);
        } catch (EngineVersionException wrong) {
            wrongVersion = wrong;
            reject(candidate, String.valueOf(wrong.getMessage()), "");
        } catch (OperationTimeoutException slow) {
            reject(candidate, "it did not answer in time", "check that it runs and is not overloaded");
        } catch (OperationInterruptedException interrupted) {
            // The flag is set, so every further candidate ends here at once.
            reject(candidate, "the search was interrupted", "");
        } catch (Unreachable fault) {
            rejected.add(rejection(candidate, fault));
        } catch (Refusal refusal) {
            reject(
                    candidate,
                    "it is not the API of a Docker Engine: it answered " + refusal.status()
                            + " when asked for its version",
                    "name another place");
        } catch (CofferdamException other) {
            reject(candidate, String.valueOf(other.getMessage()), "");
        }
        return null;
    }

    private static boolean isMissing(Candidate candidate) {
        EngineAddress address = candidate.address();
        return address.kind() == EngineAddress.Kind.UNIX && !Files.exists(Path.of(address.path()));
    }

    /** What is wrong with a place that could not be connected to, and what to do about it. */
    static Discovery.Rejected rejection(Candidate candidate, Unreachable fault) {
        EngineAddress address = candidate.address();
        Throwable cause = fault.getCause();
        String message = String.valueOf(cause == null ? fault.getMessage() : cause.getMessage());
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("permission denied")) {
            return rejected(
                    candidate,
                    "no permission to use it",
                    "add your user to the group that owns it (usually: sudo usermod -aG docker $USER, then log in again)");
        }
        if (lower.contains("connection refused")) {
            return rejected(candidate, "connection refused, so no engine is running there", "start it");
        }
        if (cause instanceof HttpConnection.ProtocolException) {
            return rejected(
                    candidate,
                    "it is not the API of a Docker Engine: " + message,
                    address.isTls()
                            ? "name another place"
                            : "if it wants TLS, set DOCKER_TLS_VERIFY and DOCKER_CERT_PATH");
        }
        if (cause instanceof javax.net.ssl.SSLException) {
            return rejected(
                    candidate,
                    "TLS failed: " + message,
                    "check ca.pem, cert.pem and key.pem in " + address.tlsDirectory());
        }
        if (cause instanceof java.net.UnknownHostException) {
            return rejected(candidate, "host '" + address.host() + "' is unknown", "check its name");
        }
        if (cause instanceof IOException && "the answer is no JSON".equals(message)) {
            return rejected(candidate, "it is not the API of a Docker Engine: " + message, "name another place");
        }
        return rejected(candidate, message, "");
    }

    private void reject(Candidate candidate, String reason, String remedy) {
        rejected.add(rejected(candidate, reason, remedy));
    }

    private static Discovery.Rejected rejected(Candidate candidate, String reason, String remedy) {
        return new Discovery.Rejected(candidate.toString(), reason, remedy);
    }

    private List<Candidate> candidates() {
        Map<EngineAddress, Candidate> found = new LinkedHashMap<>();
        if (config.host().isPresent()) {
            String host = config.host().get();
            Path folder =
                    config.tlsDirectory().orElseGet(() -> tlsOfEnvironment().orElse(null));
            add(found, "configured host", host, () -> EngineAddress.parse(host, folder));
            return List.copyOf(found.values());
        }
        Optional<String> host = around.variable("DOCKER_HOST");
        if (host.isPresent()) {
            Path folder =
                    config.tlsDirectory().orElseGet(() -> tlsOfEnvironment().orElse(null));
            add(found, "DOCKER_HOST", host.get(), () -> EngineAddress.parse(host.get(), folder));
            // Who names an engine does not want another one, as with the Docker client.
            return List.copyOf(found.values());
        }
        addContext(found);
        if (around.windows()) {
            add(found, "default", "npipe", () -> EngineAddress.parse("npipe:////./pipe/docker_engine", null));
        }
        addSocket(found, "default", "/var/run/docker.sock");
        around.variable("XDG_RUNTIME_DIR").ifPresent(folder -> addSocket(found, "rootless", folder + "/docker.sock"));
        addSocket(
                found,
                "rootless",
                around.home().resolve(".docker/run/docker.sock").toString());
        addSocket(
                found,
                "Docker Desktop",
                around.home().resolve(".docker/desktop/docker.sock").toString());
        around.variable("XDG_RUNTIME_DIR")
                .ifPresent(folder -> addSocket(found, "Podman", folder + "/podman/podman.sock"));
        addSocket(found, "Podman", "/run/podman/podman.sock");
        return List.copyOf(found.values());
    }

    private void addContext(Map<EngineAddress, Candidate> found) {
        String name;
        try {
            name = DockerContext.currentName(around).orElse(null);
        } catch (IOException | RuntimeException unreadable) {
            rejected.add(new Discovery.Rejected(
                    around.dockerFolder().resolve("config.json") + " (configuration of the Docker client)",
                    "it cannot be read: " + unreadable.getMessage(),
                    "mend or remove it"));
            return;
        }
        if (name != null) {
            add(found, "Docker context '" + name + "'", name, () -> DockerContext.read(around, name));
        }
    }

    private void addSocket(Map<EngineAddress, Candidate> found, String origin, String path) {
        if (!around.windows()) {
            add(found, origin, path, () -> EngineAddress.unix(path));
        }
    }

    private interface Reading {
        EngineAddress read() throws IOException;
    }

    private void add(Map<EngineAddress, Candidate> found, String origin, String shown, Reading reading) {
        try {
            EngineAddress address = reading.read();
            found.putIfAbsent(address, new Candidate(address, origin));
        } catch (IOException | IllegalArgumentException unusable) {
            rejected.add(new Discovery.Rejected(
                    shown + " (" + origin + ")",
                    String.valueOf(unusable.getMessage()),
                    "write it like unix:///var/run/docker.sock or tcp://host:2376"));
        }
    }

    private Optional<Path> tlsOfEnvironment() {
        return around.variable("DOCKER_TLS_VERIFY")
                .map(any -> around.variable("DOCKER_CERT_PATH").map(Path::of).orElseGet(around::dockerFolder));
    }
}
