package io.cofferdam.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.cofferdam.engine.Discovery.Rejected;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.OrchestratorProvider;
import io.cofferdam.error.EngineUnavailableException;
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
    @DisplayName("a cluster that answers is told with its version and with what is missing here")
    void answeringCluster() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/version", exchange -> {
            byte[] body = """
                    {"major":"1","minor":"33","gitVersion":"v1.33.1","gitCommit":"","gitTreeState":"","buildDate":"",
                     "goVersion":"","compiler":"","platform":"linux/amd64","somethingNew":true}""".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            Rejected found =
                    search(kubeconfig("http://127.0.0.1:" + server.getAddress().getPort()));

            assertThat(found.reason()).contains("v1.33.1");
            assertThat(found.remedy()).contains("runs nothing on them yet");
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
    @DisplayName("the provider is found by name and opens nothing")
    void provider() {
        OrchestratorProvider provider = ServiceLoader.load(OrchestratorProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.name().equals("kubernetes"))
                .findFirst()
                .orElseThrow();

        assertThat(provider.discover(EngineConfig.defaults()).isAvailable()).isFalse();
        assertThatThrownBy(() -> provider.open(EngineConfig.defaults()))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageContaining("the kubernetes engine is not available");
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
        List<Rejected> rejections = ClusterSearch.of(Map.of("KUBECONFIG", kubeconfig.toString()), config)
                .rejections();
        assertThat(rejections).hasSize(1);
        return rejections.get(0);
    }
}
