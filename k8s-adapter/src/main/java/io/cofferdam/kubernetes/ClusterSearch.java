package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Sleeper;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.Discovery;
import io.cofferdam.engine.Discovery.Rejected;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.OperationTimeoutException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** One look at every place where a cluster may be named, in the usual client's order; the first that answers is taken. */
final class ClusterSearch {

    private static final String CHECK_SERVER = "check that its API server runs and can be reached from here";
    private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private final Map<String, Path> files;
    private final Map<String, String> env;
    private final EngineConfig config;
    private final Settings settings;
    private final Threads threads;
    private final List<Rejected> rejected = new ArrayList<>();

    /** A place that may name a cluster. */
    @FunctionalInterface
    private interface Candidate {
        Cluster cluster() throws IOException;
    }

    /** A cluster that answered, and its version. */
    record Found(Cluster cluster, JsonNode version) {}

    private ClusterSearch(Map<String, Path> files, Map<String, String> env, EngineConfig config, Threads threads) {
        this.files = files;
        this.env = env;
        this.config = config;
        this.settings = new Settings(config);
        this.threads = threads;
    }

    static ClusterSearch of(Map<String, String> env, EngineConfig config, Threads threads) {
        Map<String, Path> files = new LinkedHashMap<>();
        String chosen = new Settings(config).get(Settings.KUBECONFIG).orElse("");
        String named = env.get("KUBECONFIG");
        if (!chosen.isEmpty()) {
            files.put(chosen + " (configured)", Path.of(chosen));
        } else if (named != null && !named.isBlank()) {
            for (String file : List.of(named.split(File.pathSeparator, -1))) {
                if (!file.isBlank()) {
                    files.put(file + " (KUBECONFIG)", Path.of(file));
                }
            }
        } else {
            Path usual = Path.of(System.getProperty("user.home", "/"), ".kube", "config");
            files.put(usual + " (default)", usual);
        }
        return new ClusterSearch(files, env, config, threads);
    }

    List<Rejected> rejected() {
        return rejected;
    }

    Discovery discovery() {
        Found found = run();
        return found == null
                ? Discovery.missing(KubernetesProvider.NAME, rejected)
                : Discovery.found(
                        new ClusterFacts(found.cluster(), found.version(), false, false).engineInfo(), rejected);
    }

    /** Looks; null if there is no cluster, and why is in {@link #rejected}. */
    @Nullable
    Found run() {
        String host = config.host().orElse("");
        if (!host.isEmpty()) {
            return host.startsWith("http://") || host.startsWith("https://")
                    ? ask(host + " (configured)", () -> explicit(host))
                    : reject(host + " (configured)", "it is no address of an API server", "write https://HOST:PORT");
        }
        KubeFiles merged = new KubeFiles();
        List<String> readable = new ArrayList<>();
        files.forEach((candidate, file) -> {
            if (read(merged, candidate, file)) {
                readable.add(candidate);
            }
        });
        if (!readable.isEmpty()) {
            String candidate = String.join(", ", readable);
            String context = settings.get(Settings.CONTEXT).orElse(null);
            Found found = ask(candidate, () -> merged.cluster(context, candidate, threads, Clock.systemUTC()));
            if (found != null || context != null) {
                return found;
            }
        }
        String inCluster = env.get("KUBERNETES_SERVICE_HOST");
        if (inCluster != null && Files.isReadable(ACCOUNT.resolve("token"))) {
            return ask("https://" + inCluster + " (in-cluster)", () -> inCluster(inCluster));
        }
        return null;
    }

    private boolean read(KubeFiles merged, String candidate, Path file) {
        if (!Files.exists(file)) {
            reject(candidate, "there is no such file", "name one in KUBECONFIG");
            return false;
        }
        if (!Files.isReadable(file)) {
            reject(candidate, "the file cannot be read", "give this user the right to read it");
            return false;
        }
        try {
            merged.add(file);
            return true;
        } catch (IOException broken) {
            reject(candidate, "its configuration cannot be used: " + broken.getMessage(), "mend the file");
            return false;
        }
    }

    private @Nullable Found reject(String candidate, String reason, String remedy) {
        rejected.add(new Rejected(candidate, reason, remedy));
        return null;
    }

    private Cluster explicit(String host) throws IOException {
        String authority = settings.get(Settings.AUTHORITY_FILE).orElse("");
        String token = settings.get(Settings.TOKEN_FILE).orElse("");
        return new Cluster(
                "configured",
                host.replaceAll("/+$", ""),
                "default",
                authority.isEmpty() ? null : Files.readString(Path.of(authority)),
                true,
                null,
                List.of(),
                token.isEmpty() ? Credentials.NONE : new Credentials.TokenFile(Path.of(token), Clock.systemUTC()),
                null);
    }

    private Cluster inCluster(String host) throws IOException {
        String address = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return new Cluster(
                "in-cluster",
                "https://" + address + ":" + env.getOrDefault("KUBERNETES_SERVICE_PORT", "443"),
                Files.readString(ACCOUNT.resolve("namespace")).strip(),
                Files.readString(ACCOUNT.resolve("ca.crt")),
                true,
                null,
                List.of(),
                new Credentials.TokenFile(ACCOUNT.resolve("token"), Clock.systemUTC()),
                null);
    }

    private @Nullable Found ask(String candidate, Candidate source) {
        Cluster cluster;
        OkHttpClient client;
        try {
            Cluster named = source.cluster();
            cluster = settings.get(Settings.NAMESPACE).map(named::inNamespace).orElse(named);
            client = cluster.client();
        } catch (IOException | IllegalArgumentException broken) {
            return reject(candidate, "its configuration cannot be used: " + broken.getMessage(), "mend the file");
        }
        try (Api api = new Api(cluster, client, threads, 1, Sleeper.system())) {
            // What this JVM needs to get ready, and a plug-in program, are not counted.
            JsonNode version = ClusterFacts.version(api, Deadline.in(config.discoveryTimeout()));
            if (version.path("gitVersion").asText("").isEmpty()) {
                return reject(
                        candidate,
                        cluster.server() + " cannot be reached: what it answers is no version of Kubernetes",
                        CHECK_SERVER);
            }
            return new Found(cluster, version);
        } catch (OperationTimeoutException late) {
            return reject(
                    candidate,
                    "the cluster did not answer within "
                            + config.discoveryTimeout().toMillis() + " ms",
                    CHECK_SERVER);
        } catch (EngineUnavailableException | Refusal failed) {
            return rejectedBy(candidate, cluster, failed);
        } catch (CofferdamException failed) {
            return rejectedBy(candidate, cluster, failed);
        }
    }

    private @Nullable Found rejectedBy(String candidate, Cluster cluster, CofferdamException failed) {
        Refusal refusal = failed instanceof Refusal direct
                ? direct
                : failed.getCause() instanceof Refusal wrapped ? wrapped : null;
        if (refusal != null) {
            boolean credentials = refusal.status() == 401 || refusal.status() == 403;
            return reject(
                    candidate,
                    cluster.server() + " answered with status " + refusal.status(),
                    credentials ? "renew the credentials in the configuration" : CHECK_SERVER);
        }
        String reason = failed.getCause() instanceof IOException broken
                ? Faults.sentence(cluster.server(), broken)
                : String.valueOf(failed.getMessage());
        return reject(candidate, cluster.server() + " cannot be reached: " + reason, CHECK_SERVER);
    }
}
