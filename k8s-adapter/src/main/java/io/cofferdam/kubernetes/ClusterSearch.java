package io.cofferdam.kubernetes;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.Discovery.Rejected;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.error.OperationTimeoutException;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** One look at every place where a cluster may be named. */
final class ClusterSearch {

    private static final String NOT_YET =
            "use the docker or process engine; this version of the library finds clusters but runs nothing on them yet";
    private static final String CHECK_SERVER = "check that its API server runs and can be reached from here";
    private static final Path IN_CLUSTER_TOKEN = Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token");

    private final Map<String, Path> files;
    private final @Nullable String inCluster;
    private final EngineConfig config;

    private ClusterSearch(Map<String, Path> files, @Nullable String inCluster, EngineConfig config) {
        this.files = files;
        this.inCluster = inCluster;
        this.config = config;
    }

    static ClusterSearch of(Map<String, String> env, EngineConfig config) {
        Map<String, Path> files = new LinkedHashMap<>();
        String named = env.get("KUBECONFIG");
        if (named != null && !named.isBlank()) {
            for (String file : List.of(named.split(File.pathSeparator, -1))) {
                if (!file.isBlank()) {
                    files.put(file + " (KUBECONFIG)", Path.of(file));
                }
            }
        } else {
            Path usual = Path.of(System.getProperty("user.home", "/"), ".kube", "config");
            files.put(usual + " (default)", usual);
        }
        return new ClusterSearch(files, env.get("KUBERNETES_SERVICE_HOST"), config);
    }

    /** Every place with what was found there; within the time that discovery has. */
    List<Rejected> rejections() {
        Deadline deadline = Deadline.in(config.discoveryTimeout());
        List<Rejected> rejections = new ArrayList<>();
        files.forEach((candidate, file) -> rejections.add(file(candidate, file, deadline)));
        if (inCluster != null && Files.isReadable(IN_CLUSTER_TOKEN)) {
            rejections.add(ask("https://" + inCluster + " (in-cluster)", ClientBuilder::cluster, deadline));
        }
        return rejections;
    }

    private Rejected file(String candidate, Path file, Deadline deadline) {
        if (!Files.exists(file)) {
            return new Rejected(candidate, "there is no such file", "name one in KUBECONFIG");
        }
        if (!Files.isReadable(file)) {
            return new Rejected(candidate, "the file cannot be read", "give this user the right to read it");
        }
        return ask(
                candidate,
                () -> {
                    try (Reader reader = Files.newBufferedReader(file)) {
                        KubeConfig kubeConfig = KubeConfig.loadKubeConfig(reader);
                        kubeConfig.setFile(file.toFile());
                        return ClientBuilder.kubeconfig(kubeConfig);
                    }
                },
                deadline);
    }

    private Rejected ask(String candidate, ClientSource source, Deadline deadline) {
        try (Threads threads = Threads.named("cofferdam-kubernetes")) {
            return Bounded.call(
                    threads,
                    deadline,
                    "asking the cluster of " + candidate,
                    () -> version(candidate, source, deadline),
                    () -> {});
        } catch (OperationTimeoutException late) {
            return new Rejected(
                    candidate,
                    "the cluster did not answer within "
                            + config.discoveryTimeout().toMillis() + " ms",
                    CHECK_SERVER);
        }
    }

    private static Rejected version(String candidate, ClientSource source, Deadline deadline) {
        ApiClient client;
        try {
            client = source.builder().build();
        } catch (IOException | RuntimeException broken) {
            return new Rejected(candidate, "its configuration cannot be used: " + broken.getMessage(), "mend the file");
        }
        int millis = (int)
                Math.max(1, Math.min(Integer.MAX_VALUE, deadline.remaining().toMillis()));
        client.setConnectTimeout(millis);
        client.setReadTimeout(millis);
        try (Response answer = ask(client)) {
            if (!answer.isSuccessful()) {
                return new Rejected(
                        candidate,
                        client.getBasePath() + " answered with status " + answer.code(),
                        answer.code() == 401 || answer.code() == 403
                                ? "renew the credentials in the configuration"
                                : CHECK_SERVER);
            }
            return new Rejected(
                    candidate,
                    "a cluster of version " + gitVersion(answer.body().string()) + " answers at "
                            + client.getBasePath(),
                    NOT_YET);
        } catch (ApiException | IOException failed) {
            return new Rejected(
                    candidate, client.getBasePath() + " cannot be reached: " + failed.getMessage(), CHECK_SERVER);
        } finally {
            // OkHttp keeps threads that are no daemons.
            OkHttpClient http = client.getHttpClient();
            http.dispatcher().executorService().shutdown();
            http.connectionPool().evictAll();
        }
    }

    /** Not the client's own call, whose model of the answer refuses every field that a newer server adds. */
    private static Response ask(ApiClient client) throws ApiException, IOException {
        return client.buildCall(
                        null,
                        "/version",
                        "GET",
                        List.of(),
                        List.of(),
                        null,
                        new HashMap<>(Map.of("Accept", "application/json")),
                        new HashMap<>(),
                        new HashMap<>(),
                        new String[] {"BearerToken"},
                        null)
                .execute();
    }

    private static String gitVersion(String json) throws IOException {
        try {
            return JsonParser.parseString(json)
                    .getAsJsonObject()
                    .get("gitVersion")
                    .getAsString();
        } catch (JsonParseException | IllegalStateException | NullPointerException noVersion) {
            throw new IOException("what it answers is no version of Kubernetes", noVersion);
        }
    }

    @FunctionalInterface
    private interface ClientSource {
        ClientBuilder builder() throws IOException;
    }
}
