package io.cofferdam.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.cofferdam.error.ClosedException;
import io.cofferdam.traffic.Route;
import io.cofferdam.traffic.RouteProtocol;
import io.cofferdam.traffic.RouteTarget;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetachedGatewayTest {

    @TempDir
    Path folder;

    private HttpServer target;
    private Gateway gateway;

    @BeforeEach
    void open() throws IOException {
        target = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        target.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("up".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        target.start();
        gateway = Gateway.detached(folder.resolve("gateway"));
    }

    @AfterEach
    void nothingIsLeft() {
        for (String project : List.of("shop", "bank")) {
            gateway.apply(project, List.of());
        }
        assertThat(gateway.stopWhenIdle()).isTrue();
        assertThat(gateway.process()).isEmpty();
        gateway.close();
        target.stop(0);
    }

    private Route route() {
        RouteTarget only =
                new RouteTarget("only", "127.0.0.1", target.getAddress().getPort(), 1);
        return new Route("web:80", "127.0.0.1", 0, RouteProtocol.HTTP, List.of(only));
    }

    private static String get(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .timeout(Duration.ofSeconds(20))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private Process controller(String project) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Controller.class.getName(),
                        folder.resolve("gateway").toString(),
                        project,
                        Integer.toString(target.getAddress().getPort()))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        return builder.start();
    }

    @Test
    void trafficFlowsOnWhenTheControllersJvmIsKilledAndTheNextOneSeesTheRoutes() throws Exception {
        Process controller = controller("shop");
        int port;
        try (BufferedReader said = controller.inputReader(StandardCharsets.US_ASCII)) {
            port = Integer.parseInt(said.readLine());
        } finally {
            controller.destroyForcibly();
        }
        assertThat(controller.waitFor(20, TimeUnit.SECONDS)).isTrue();

        assertThat(get(port)).isEqualTo("up");
        assertThat(gateway.routes("shop")).containsExactly(route().withPort(port));
        assertThat(gateway.process()).isPresent();
    }

    @Test
    void aKilledProcessComesBackWithItsRoutes() throws Exception {
        int port = gateway.apply("shop", List.of(route())).get(0).port();
        ProcessHandle process = gateway.process().orElseThrow();
        process.destroyForcibly();
        process.onExit().get(20, TimeUnit.SECONDS);

        try (Gateway next = Gateway.detached(folder.resolve("gateway"))) {
            assertThat(next.routes("shop")).containsExactly(route().withPort(port));
        }

        assertThat(get(port)).isEqualTo("up");
    }

    @Test
    void oneProcessServesSeveralControllersAndEndsWithTheLastProject() throws Exception {
        try (Gateway other = Gateway.detached(folder.resolve("gateway"))) {
            int first = gateway.apply("shop", List.of(route())).get(0).port();
            int second = other.apply("bank", List.of(route())).get(0).port();
            ProcessHandle process = gateway.process().orElseThrow();
            assertThat(other.process()).contains(process);
            assertThat(List.of(get(first), get(second))).containsOnly("up");

            assertThat(other.stopWhenIdle()).isFalse();
            other.apply("bank", List.of());
            assertThat(process.isAlive()).isTrue();
            gateway.apply("shop", List.of());

            process.onExit().get(20, TimeUnit.SECONDS);
            assertThat(gateway.process()).isEmpty();
            assertThat(get(gateway.apply("shop", List.of(route())).get(0).port()))
                    .isEqualTo("up");
        }
    }

    @Test
    void nothingIsStartedForRoutesThatNeverWere() throws IOException {
        assertThat(gateway.routes("shop")).isEmpty();
        assertThat(gateway.awaitDrained("shop", "only", Duration.ZERO)).isTrue();
        assertThat(gateway.apply("shop", List.of())).isEmpty();

        assertThat(gateway.process()).isEmpty();
        try (Stream<Path> files = Files.list(folder.resolve("gateway"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void nobodyElseMaySpeakToIt() throws IOException {
        gateway.apply("shop", List.of(route()));
        Path state = folder.resolve("gateway");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
                .isEqualTo("rwx------");
        for (String file : List.of("gateway.sock", "routes.json")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve(file))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void aClosedConnectionSaysSo() {
        Gateway closed = Gateway.detached(folder.resolve("gateway"));
        closed.close();
        closed.close();

        assertThatThrownBy(() -> closed.routes("shop")).isInstanceOf(ClosedException.class);
    }
}
