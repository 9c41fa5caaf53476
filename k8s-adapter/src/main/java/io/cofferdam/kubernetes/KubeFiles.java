package io.cofferdam.kubernetes;

import io.cofferdam.concurrent.Threads;
import io.kubernetes.client.util.KubeConfig;
import io.kubernetes.client.util.SSLUtils;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import org.jspecify.annotations.Nullable;

/** Kubeconfig files, taken together as the usual client does: the first to define a name wins. */
final class KubeFiles {

    private final Map<String, Entry> clusters = new LinkedHashMap<>();
    private final Map<String, Entry> users = new LinkedHashMap<>();
    private final Map<String, Entry> contexts = new LinkedHashMap<>();
    private @Nullable String current;

    private record Entry(Map<?, ?> values, Path file) {

        String text(String key) {
            Object value = values.get(key);
            return value == null ? "" : value.toString();
        }

        /** Data that is written in the file, or in another whose name begins where this one is; null for neither. */
        byte @Nullable [] data(String key) throws IOException {
            String embedded = text(key + "-data");
            if (!embedded.isEmpty()) {
                try {
                    return Base64.getMimeDecoder().decode(embedded);
                } catch (IllegalArgumentException malformed) {
                    throw new IOException(key + "-data in " + file + " is not written in base64", malformed);
                }
            }
            String named = text(key);
            return named.isEmpty() ? null : Files.readAllBytes(beside(named));
        }

        Path beside(String named) {
            return file.toAbsolutePath().resolveSibling(named);
        }
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read, or is no kubeconfig
     */
    void add(Path file) throws IOException {
        KubeConfig config;
        try (Reader reader = Files.newBufferedReader(file)) {
            config = KubeConfig.loadKubeConfig(reader);
            entries(config.getClusters(), "cluster", clusters, file);
            entries(config.getUsers(), "user", users, file);
            entries(config.getContexts(), "context", contexts, file);
        } catch (RuntimeException malformed) {
            throw new IOException("it is no kubeconfig: " + malformed.getMessage(), malformed);
        }
        String named = config.getCurrentContext();
        if (current == null && named != null && !named.isEmpty()) {
            current = named;
        }
    }

    private static void entries(@Nullable List<Object> list, String kind, Map<String, Entry> into, Path file) {
        if (list == null) {
            return;
        }
        for (Object each : list) {
            if (each instanceof Map<?, ?> map && map.get("name") != null && map.get(kind) instanceof Map<?, ?> values) {
                into.putIfAbsent(String.valueOf(map.get("name")), new Entry(values, file));
            }
        }
    }

    /**
     * The cluster of a context.
     *
     * @param wanted the context's name, or null for the current one
     * @param source where the files were found, for people
     * @throws IOException with what is missing, and what there is
     */
    Cluster cluster(@Nullable String wanted, String source, Threads threads, Clock clock) throws IOException {
        String name = wanted != null ? wanted : current;
        if (name == null) {
            throw new IOException("no context is chosen; there are " + names(contexts));
        }
        Entry context = contexts.get(name);
        if (context == null) {
            throw new IOException("there is no context '" + name + "'; there are " + names(contexts));
        }
        Entry cluster = clusters.get(context.text("cluster"));
        if (cluster == null) {
            throw new IOException("context '" + name + "' names the cluster '" + context.text("cluster")
                    + "', which is not there; there are " + names(clusters));
        }
        String server = cluster.text("server").replaceAll("/+$", "");
        if (server.isEmpty()) {
            throw new IOException("cluster '" + context.text("cluster") + "' has no server");
        }
        Entry user = users.get(context.text("user"));
        Credentials credentials = user == null ? Credentials.NONE : credentials(user, threads, clock);
        List<KeyManager> keys = user == null ? List.of() : keys(user, credentials);
        String namespace = context.text("namespace");
        String proxy = cluster.text("proxy-url");
        String serverName = cluster.text("tls-server-name");
        byte[] authority = cluster.data("certificate-authority");
        return new Cluster(
                source + ", context " + name,
                server,
                namespace.isEmpty() ? "default" : namespace,
                authority == null ? null : new String(authority, StandardCharsets.ISO_8859_1),
                !cluster.text("insecure-skip-tls-verify").equals("true"),
                serverName.isEmpty() ? null : serverName,
                keys,
                credentials,
                proxy.isEmpty() ? null : URI.create(proxy));
    }

    private static String names(Map<String, Entry> entries) {
        return entries.isEmpty() ? "none" : "'" + String.join("', '", entries.keySet()) + "'";
    }

    private static Credentials credentials(Entry user, Threads threads, Clock clock) throws IOException {
        if (!user.text("tokenFile").isEmpty()) {
            return new Credentials.TokenFile(user.beside(user.text("tokenFile")), clock);
        }
        if (!user.text("token").isEmpty()) {
            return Credentials.token(user.text("token"));
        }
        if (!user.text("username").isEmpty()) {
            return Credentials.basic(user.text("username"), user.text("password"));
        }
        if (user.values().get("exec") instanceof Map<?, ?> exec) {
            return plugin(new Entry(exec, user.file()), threads, clock);
        }
        if (user.values().get("auth-provider") != null) {
            throw new IOException("its user has an auth-provider, which newer clients no longer know;"
                    + " use a plug-in program (exec) or a token");
        }
        return Credentials.NONE;
    }

    private static ExecPlugin plugin(Entry exec, Threads threads, Clock clock) throws IOException {
        String program = exec.text("command");
        if (program.isEmpty()) {
            throw new IOException("the plug-in program (exec) of its user has no command");
        }
        List<String> command = new ArrayList<>();
        // With a slash in its name it is searched where the file is, otherwise in the path.
        command.add(program.contains("/") ? exec.beside(program).toString() : program);
        if (exec.values().get("args") instanceof List<?> args) {
            args.forEach(arg -> command.add(String.valueOf(arg)));
        }
        Map<String, String> env = new LinkedHashMap<>();
        if (exec.values().get("env") instanceof List<?> variables) {
            for (Object variable : variables) {
                if (variable instanceof Map<?, ?> pair) {
                    env.put(String.valueOf(pair.get("name")), String.valueOf(pair.get("value")));
                }
            }
        }
        return new ExecPlugin(command, env, exec.text("apiVersion"), exec.text("installHint"), threads, clock);
    }

    private static List<KeyManager> keys(Entry user, Credentials credentials) throws IOException {
        byte[] certificate = user.data("client-certificate");
        byte[] key = user.data("client-key");
        if (credentials instanceof ExecPlugin plugin) {
            List<String> printed = plugin.certificate();
            if (!printed.get(0).isEmpty()) {
                certificate = printed.get(0).getBytes(StandardCharsets.US_ASCII);
                key = printed.get(1).getBytes(StandardCharsets.US_ASCII);
            }
        }
        if (certificate == null || key == null) {
            return List.of();
        }
        try {
            return List.of(
                    SSLUtils.keyManagers(certificate, key, SSLUtils.recognizePrivateKeyAlgo(key), "", null, null));
        } catch (GeneralSecurityException | RuntimeException unusable) {
            throw new IOException("its client certificate cannot be used: " + unusable.getMessage(), unusable);
        }
    }
}
