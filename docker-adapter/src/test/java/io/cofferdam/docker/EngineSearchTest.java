package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.Discovery;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.EngineVersionException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where an engine is looked for, and what is said of places where it is not. */
@Timeout(60)
class EngineSearchTest {

    @TempDir
    Path home;

    private final Map<String, String> variables = new HashMap<>();
    private final Threads threads = Threads.named("test");

    @AfterEach
    void endThreads() {
        threads.close();
    }

    private EngineSearch search(EngineConfig config) {
        return new EngineSearch(config, new Surroundings(variables, home, false), threads);
    }

    private List<Discovery.Rejected> rejected(EngineConfig config) {
        EngineSearch search = search(config);
        assertThat(search.run()).isNull();
        return search.rejected();
    }

    private static FakeEngine engine() throws IOException {
        return FakeEngine.ofApi("1.24", "1.41", (request, exchange) -> exchange.cut());
    }

    @ParameterizedTest
    @CsvSource({"1.12,1.40,1.40", "1.12,1.41,1.41", "1.24,1.44,1.44", "1.44,1.52,1.51", "1.44,2.0,1.51", "1.24,1.9,"})
    @DisplayName("the newest version that both sides speak is spoken, compared as numbers")
    void negotiation(String oldest, String newest, String spoken) throws IOException {
        try (FakeEngine engine = FakeEngine.ofApi(oldest, newest, (request, exchange) -> exchange.cut())) {
            EngineFacts found = search(engine.config().build()).run();

            if (spoken == null) {
                assertThat(found).isNull();
            } else {
                assertThat(found).isNotNull();
                assertThat(found.api()).hasToString(spoken);
                assertThat(engine.requests).containsExactly("GET /version", "GET /v" + spoken + "/info");
            }
        }
    }

    @Test
    @DisplayName("an engine that is too old or too new is an error that says so")
    void wrongVersion() throws IOException {
        try (FakeEngine old = FakeEngine.ofApi("1.12", "1.39", (request, exchange) -> exchange.cut());
                FakeEngine young = FakeEngine.ofApi("1.90", "1.99", (request, exchange) -> exchange.cut())) {
            Surroundings around = new Surroundings(variables, home, false);

            assertThatThrownBy(() -> DockerDriver.open(old.config().build(), around))
                    .isInstanceOf(EngineVersionException.class)
                    .hasMessageContaining("too old: 99.9 speaks API 1.39")
                    .hasMessageContaining("update it");
            assertThatThrownBy(() -> DockerDriver.open(young.config().build(), around))
                    .isInstanceOf(EngineVersionException.class)
                    .hasMessageContaining("too new: 99.9 speaks API 1.90 and newer")
                    .hasMessageContaining("update the library");
            assertThat(rejected(old.config().build())).singleElement().satisfies(rejection -> {
                assertThat(rejection.candidate()).contains("(configured host)");
                assertThat(rejection.reason()).contains("too old");
            });
        }
    }

    @Test
    @DisplayName("a configured host is the only place that is looked at")
    void onlyTheConfiguredHost() throws IOException {
        try (FakeEngine other = engine()) {
            variables.put("DOCKER_HOST", other.address().toString());

            assertThat(rejected(EngineConfig.builder()
                            .host("unix://" + home.resolve("none.sock"))
                            .build()))
                    .singleElement()
                    .hasToString("unix://" + home.resolve("none.sock")
                            + " (configured host): no such file; start the engine there, or name another place");
            assertThat(other.connections).hasValue(0);
        }
    }

    @Test
    @DisplayName(
            "an engine named by DOCKER_HOST is the only one that will do; else the context comes before the sockets")
    void order() throws IOException {
        try (FakeEngine first = engine();
                FakeEngine second = engine()) {
            context("lab", second.address().toString());
            assertThat(search(EngineConfig.defaults()).run())
                    .extracting(EngineFacts::address)
                    .isEqualTo(second.address());

            variables.put("DOCKER_HOST", first.address().toString());
            assertThat(search(EngineConfig.defaults()).run())
                    .extracting(EngineFacts::address)
                    .isEqualTo(first.address());

            variables.put("DOCKER_HOST", "unix://" + home.resolve("gone.sock"));
            EngineSearch search = search(EngineConfig.defaults());
            assertThat(search.run()).isNull();
            assertThat(search.rejected())
                    .extracting(Discovery.Rejected::candidate)
                    .containsExactly("unix://" + home.resolve("gone.sock") + " (DOCKER_HOST)");
        }
    }

    @Test
    @DisplayName("DOCKER_CONTEXT chooses a context; one that does not exist is said to be missing")
    void contexts() throws IOException {
        try (FakeEngine engine = engine()) {
            context("lab", engine.address().toString());
            Files.writeString(home.resolve(".docker/config.json"), "{}");
            variables.put("DOCKER_CONTEXT", "lab");
            assertThat(search(EngineConfig.defaults()).run()).isNotNull();

            variables.put("DOCKER_CONTEXT", "office");
            EngineSearch search = search(EngineConfig.defaults());
            search.run();
            assertThat(search.rejected().get(0).toString())
                    .startsWith("office (Docker context 'office'): there is no Docker context 'office'");
        }
    }

    @Test
    @DisplayName("a broken configuration of the Docker client is told, and the search goes on")
    void brokenClientConfiguration() throws IOException {
        Files.createDirectories(home.resolve(".docker"));
        Files.writeString(home.resolve(".docker/config.json"), "{ \"secret\": tiger");

        assertThat(rejected(EngineConfig.defaults()).toString())
                .contains("config.json (configuration of the Docker client)")
                .contains("/run/podman/podman.sock")
                .doesNotContain("tiger");
    }

    @Test
    @DisplayName("a socket nobody listens on: the daemon is not running")
    void deadSocket() throws IOException {
        Path socket = home.resolve("dead.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
        }

        assertThat(rejected(EngineConfig.builder().host("unix://" + socket).build()))
                .singleElement()
                .satisfies(rejection ->
                        assertThat(rejection.reason()).contains("connection refused, so no engine is running there"));
    }

    @Test
    @DisplayName("a socket without permission: the remedy is the group")
    void forbiddenSocket() {
        Candidate candidate = new Candidate(EngineAddress.unix("/var/run/docker.sock"), "default");
        Unreachable fault = new Unreachable("", false, new SocketException("Permission denied"));

        assertThat(EngineSearch.rejection(candidate, fault).toString())
                .startsWith(
                        "unix:///var/run/docker.sock (default): no permission to use it; add your user to the group")
                .contains("usermod -aG docker $USER");
    }

    @Test
    @DisplayName("something else than an engine is said to be something else")
    void noEngine() throws IOException {
        try (FakeEngine mail = new FakeEngine((request, exchange) -> exchange.write("220 mail ready\r\n"));
                FakeEngine web = new FakeEngine((request, exchange) -> exchange.answer(404, "<html>"));
                FakeEngine text = new FakeEngine((request, exchange) -> exchange.answer(200, "hello"));
                FakeEngine json = new FakeEngine((request, exchange) -> exchange.answer(200, "{}"))) {
            for (FakeEngine engine : List.of(mail, web, text, json)) {
                assertThat(rejected(engine.config().build()).get(0).reason())
                        .containsAnyOf("not the API of a Docker Engine", "does not tell a version of the Docker API");
            }
        }
    }

    @Test
    @DisplayName("a place that does not answer takes only its share of the time")
    void silence() throws IOException {
        try (FakeEngine silent = new FakeEngine((request, exchange) -> exchange.stall());
                ServerSocketChannel second = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            second.bind(UnixDomainSocketAddress.of(home.resolve("docker.sock")));
            second.configureBlocking(false);
            context("lab", silent.address().toString());
            variables.put("XDG_RUNTIME_DIR", home.toString());
            EngineSearch search = search(EngineConfig.builder()
                    .discoveryTimeout(Duration.ofSeconds(1))
                    .build());

            assertThat(search.run()).isNull();

            assertThat(second.accept()).as("a connection to the second place").isNotNull();
            assertThat(search.rejected())
                    .filteredOn(rejection -> rejection.reason().equals("it did not answer in time"))
                    .hasSize(2);
        }
    }

    @Test
    @DisplayName("an error names every place that was looked at")
    void everyPlace() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        context("lab", "tcp://127.0.0.1:" + free);
        variables.put("XDG_RUNTIME_DIR", home.toString());

        assertThatThrownBy(() -> DockerDriver.open(
                        EngineConfig.builder()
                                .discoveryTimeout(Duration.ofSeconds(2))
                                .build(),
                        new Surroundings(variables, home, true)))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageContaining("tcp://127.0.0.1:" + free + " (Docker context 'lab'): connection refused")
                .hasMessageContaining("npipe:");
    }

    @Test
    @DisplayName("addresses are read in all their forms")
    void addresses() {
        assertThat(EngineAddress.parse("tcp://lab", null)).hasToString("tcp://lab:2375");
        assertThat(EngineAddress.parse("tcp://lab", home)).hasToString("tcp://lab:2376");
        assertThat(EngineAddress.parse("https://[::1]:99", home)).hasToString("tcp://[::1]:99");
        assertThat(EngineAddress.parse("unix:///a/b", null)).hasToString("unix:///a/b");
        for (String wrong : List.of("ssh://user@host", "unix://relative", "tcp://", "https://x", "ftp://x", "x")) {
            assertThatThrownBy(() -> EngineAddress.parse(wrong, null))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private void context(String name, String host) throws IOException {
        Path docker = home.resolve(".docker");
        Path meta = docker.resolve("contexts/meta").resolve(Digests.sha256(name));
        Files.createDirectories(meta);
        Files.writeString(docker.resolve("config.json"), "{\"currentContext\":\"" + name + "\"}");
        Files.writeString(
                meta.resolve("meta.json"),
                "{\"Name\":\"" + name + "\",\"Endpoints\":{\"docker\":{\"Host\":\"" + host + "\"}}}");
    }
}
