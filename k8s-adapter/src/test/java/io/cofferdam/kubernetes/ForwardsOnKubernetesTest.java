package io.cofferdam.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.PortTakenException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Published ports where this host does not reach pods: each connection goes through the API server. */
@OnKubernetes
@Timeout(120)
class ForwardsOnKubernetesTest {

    private static final EngineConfig FAR = EngineConfig.builder()
            .discoveryTimeout(Duration.ofSeconds(60))
            .option(Settings.POD_ADDRESSES, "false")
            .build();

    private final String unique =
            HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    private final Orchestrator engine = new KubernetesProvider().open(FAR);

    @AfterEach
    void close() {
        engine.close();
    }

    private EnvironmentSpec.Builder web(String name) {
        return EnvironmentSpec.image("cofferdam-test/busybox:1")
                .withCommand(
                        "sh",
                        "-c",
                        "mkdir www; echo hello > www/index.html; head -c 300000 /dev/zero > www/large; httpd -f -p"
                                + " 8080 -h /www & server=$!; trap 'kill $server; exit 0' TERM; wait $server")
                .name("forward-" + unique + "-" + name)
                .startTimeout(Duration.ofSeconds(60));
    }

    @Test
    @DisplayName("a chosen port is a listener of this host; readiness waits for the software behind it")
    void chosen() throws Exception {
        IsolatedEnvironment environment = engine.environments()
                .run(web("web").port(8080).readyWhen(Readiness.port(8080)).build());

        Endpoint endpoint = environment.endpoint(8080);

        assertThat(InetAddress.getByName(endpoint.host()).isLoopbackAddress()).isTrue();
        assertThat(get(endpoint, "/")).isEqualTo("hello\n");
        assertThat(get(endpoint, "/large")).hasSize(300_000);
    }

    @Test
    @DisplayName("an unpublished port is waited for as well")
    void unpublished() {
        IsolatedEnvironment environment = engine.environments()
                .run(web("web").readyWhen(Readiness.port(8080)).build());

        assertThat(environment
                        .exec("wget", "-q", "-O", "-", "http://127.0.0.1:8080/")
                        .stdout())
                .isEqualTo("hello\n");
    }

    @Test
    @DisplayName("many connections at once, and again after a restart: each finds the pod that runs")
    void restart() throws Exception {
        int port = freePort();
        IsolatedEnvironment environment = engine.environments()
                .run(web("web")
                        .publish(PortMapping.fixed(port, 8080))
                        .readyWhen(Readiness.port(8080))
                        .build());
        List<String> answers = IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> get(environment.endpoint(8080), "/"))
                .toList();
        assertThat(answers).containsOnly("hello\n");

        environment.restart();

        assertThat(environment.endpoint(8080).hostPort()).isEqualTo(port);
        assertThat(get(environment.endpoint(8080), "/")).isEqualTo("hello\n");
    }

    @Test
    @DisplayName("a fixed port that is taken is told before anything starts; it is free after a stop")
    void taken() throws Exception {
        int port = freePort();
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> engine.environments()
                            .run(web("web")
                                    .publish(PortMapping.fixed(port, 8080))
                                    .build()))
                    .isInstanceOf(PortTakenException.class)
                    .hasMessageContaining(Integer.toString(other.getLocalPort()));
        }
        IsolatedEnvironment environment = engine.environments()
                .run(web("web")
                        .publish(PortMapping.fixed(port, 8080))
                        .readyWhen(Readiness.port(8080))
                        .build());

        environment.stop();

        try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(free.isBound()).isTrue();
        }
    }

    @Test
    @DisplayName("an orchestrator that comes later serves a port whose server is gone")
    void takenOver() throws Exception {
        int port = freePort();
        Orchestrator first = new KubernetesProvider().open(FAR);
        String name = first.environments()
                .run(web("web")
                        .lifetime(Lifetime.persistent())
                        .publish(PortMapping.fixed(port, 8080))
                        .readyWhen(Readiness.port(8080))
                        .build())
                .name();
        first.close();
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(IOException.class);

        IsolatedEnvironment found = engine.environments().get(name);

        assertThat(get(found.endpoint(8080), "/")).isEqualTo("hello\n");
        found.remove();
    }

    private static int freePort() throws IOException {
        for (int attempt = 0; ; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 30_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException inUse) {
                if (attempt == 100) {
                    throw inUse;
                }
            }
        }
    }

    private static String get(Endpoint endpoint, String path) {
        try {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://" + endpoint + path))
                                    .timeout(Duration.ofSeconds(30))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            return answer.body();
        } catch (IOException failure) {
            throw new AssertionError("no answer from " + endpoint, failure);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", interrupt);
        }
    }
}
