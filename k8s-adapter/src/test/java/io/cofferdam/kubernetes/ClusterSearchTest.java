package io.cofferdam.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.Discovery;
import io.cofferdam.engine.Discovery.Rejected;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.OrchestratorProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterSearchTest {

    @TempDir
    private Path folder;

    @Test
    @DisplayName("a cluster that answers is found with its version, whatever else it tells")
    void answeringCluster() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/version", exchange -> {
            byte[] body = """
                {"major":"1","minor":"33","gitVersion":"v1.33.1","gitCommit":"","gitTreeState":"","buildDate":"",
                 "goVersion":"","compiler":"","platform":"linux/amd64","somethingNew":true}\
                """.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            Path file = kubeconfig("http://127.0.0.1:" + server.getAddress().getPort());
            Discovery discovery = discover(file, EngineConfig.defaults());

            assertThat(discovery.isAvailable()).as(discovery.explain()).isTrue();
            assertThat(discovery.info().orElseThrow().version()).isEqualTo("v1.33.1");
            assertThat(discovery.info().orElseThrow().architecture()).isEqualTo("amd64");
        } finally {
            server.stop(0);
        }
    }

    @Test
    @DisplayName("a cluster that is down is told with its address")
    void nobodyListens() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }

        Rejected found = search(kubeconfig("http://127.0.0.1:" + port));

        assertThat(found.reason()).contains("127.0.0.1:" + port);
        assertThat(found.remedy()).contains("API server");
    }

    @Test
    @DisplayName("a cluster that says nothing is given up when the time of the discovery is over")
    void silentCluster() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Rejected found = search(kubeconfig("http://127.0.0.1:" + silent.getLocalPort()), Duration.ofMillis(500));

            assertThat(found.toString()).contains("API server runs");
        }
    }

    @Test
    @DisplayName("a missing file and one that is no configuration are told apart")
    void files() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken"), "{[");

        assertThat(search(folder.resolve("none")).reason()).isEqualTo("there is no such file");
        assertThat(search(broken).reason()).startsWith("its configuration cannot be used");
    }

    @Test
    @DisplayName("the provider is found by name; a context that is not there is told with those that are")
    void provider() throws IOException {
        assertThat(ServiceLoader.load(OrchestratorProvider.class))
                .extracting(OrchestratorProvider::name)
                .contains("kubernetes");
        EngineConfig config =
                EngineConfig.builder().option("kubernetes.context", "there").build();

        Discovery discovery = discover(kubeconfig("http://127.0.0.1:1"), config);

        assertThat(discovery.isAvailable()).isFalse();
        assertThat(discovery.explain()).contains("there is no context 'there'; there are 'here'");
    }

    private Path kubeconfig(String server) throws IOException {
        return Files.writeString(folder.resolve("config"), """
            apiVersion: v1
            kind: Config
            current-context: here
            contexts: [{name: here, context: {cluster: here, user: me}}]
            clusters: [{name: here, cluster: {server: "%s"}}]
            users: [{name: me, user: {token: abc}}]
            """.formatted(server));
    }

    private static Rejected search(Path kubeconfig) {
        return search(kubeconfig, Duration.ofSeconds(60));
    }

    private static Rejected search(Path kubeconfig, Duration timeout) {
        EngineConfig config = EngineConfig.builder().discoveryTimeout(timeout).build();
        List<Rejected> rejections = discover(kubeconfig, config).rejected();
        assertThat(rejections).hasSize(1);
        return rejections.get(0);
    }

    private static Discovery discover(Path kubeconfig, EngineConfig config) {
        try (Threads threads = Threads.named("test")) {
            return ClusterSearch.of(Map.of("KUBECONFIG", kubeconfig.toString()), config, threads)
                    .discovery();
        }
    }
}
