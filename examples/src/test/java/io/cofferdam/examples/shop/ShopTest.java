package io.cofferdam.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.application.Application;
import io.cofferdam.application.Service;
import io.cofferdam.compose.ComposeLoader;
import io.cofferdam.compose.LoadedApplication;
import io.cofferdam.examples.shop.HttpHandler.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ShopTest {

    private static final Path FILE = Path.of("").toAbsolutePath().resolveSibling("examples/shop/compose.yaml");

    private static Application application(String version) {
        LoadedApplication loaded = ComposeLoader.of(FILE)
                .environment(Map.of("SHOP_VERSION", version))
                .load();
        assertThat(loaded.warnings()).isEmpty();
        return loaded.application();
    }

    @Test
    @DisplayName("a new version changes every service but the queue, which keeps the orders")
    void versions() {
        // when
        Application one = application("1");
        Application two = application("2");

        // then
        assertThat(one.version()).isEqualTo("1");
        assertThat(two.version()).isEqualTo("2");
        assertThat(one.services().stream().map(Service::name))
                .containsExactlyInAnyOrder("web", "api", "worker", "queue");
        assertThat(one.contentHash("queue")).isEqualTo(two.contentHash("queue"));
        assertThat(one.contentHash("web")).isNotEqualTo(two.contentHash("web"));
    }

    @Test
    @DisplayName("a drained listener finishes what is under way, closes idle connections and refuses new ones")
    void drain() throws Exception {
        // given
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        HttpListener listener = new HttpListener("127.0.0.1", 0, request -> {
            if (request.path().equals("/slow")) {
                begun.countDown();
                goOn.await();
            }
            return Answer.text(200, "done");
        });
        try (Socket busy = new Socket(InetAddress.getLoopbackAddress(), listener.port());
                Socket idle = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            busy.getOutputStream().write(request("/slow"));
            idle.getOutputStream().write(request("/quick"));
            assertThat(new String(idle.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200");
            begun.await();

            // when
            CompletableFuture<Boolean> drained =
                    CompletableFuture.supplyAsync(() -> listener.drain(Duration.ofSeconds(20)));
            while (listener.isHealthy()) {
                Thread.onSpinWait();
            }

            // then
            assertThat(new String(idle.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .endsWith("done\n");
            assertThat(drained).isNotDone();
            goOn.countDown();
            assertThat(new String(busy.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 200")
                    .contains("Connection: close")
                    .endsWith("done\n");
            assertThat(drained.get()).isTrue();
            assertThat(refuses(listener.port())).isTrue();
        }
    }

    @Test
    @DisplayName("orders survive the queue, and one whose worker has gone is handed to another one first")
    void orders(@TempDir Path folder) throws Exception {
        // given
        Orders orders = new Orders(folder);
        long tea = orders.put("tea");
        long milk = orders.put("two pints of milk");
        Orders.Order taken = orders.take("a", 0);
        assertThat(taken).isNotNull();

        // when
        orders.giveBack(taken);
        Orders.Order again = orders.take("b", 0);
        assertThat(again).isEqualTo(taken);
        orders.done(again, "b");

        // then
        Orders next = new Orders(folder);
        assertThat(next.state(tea)).isEqualTo("DONE b");
        assertThat(next.state(milk)).isEqualTo("WAITING");
        assertThat(next.count()).isEqualTo("COUNT 1 0 1");
        assertThat(next.put("sugar")).isEqualTo(3);
        assertThat(next.take("c", 0)).isEqualTo(new Orders.Order(milk, "two pints of milk"));
    }

    @Test
    @DisplayName("faults break what they say")
    void faults() {
        assertThat(Fault.of("none").isHealthyAfter(0)).isTrue();
        assertThat(Fault.of("unhealthy").isHealthyAfter(60_000)).isFalse();
        assertThat(Fault.of("flapping").isHealthyAfter(500)).isTrue();
        assertThat(Fault.of("flapping").isHealthyAfter(2_500)).isFalse();
        assertThat(Fault.of("slow-start").isHealthyAfter(19_000)).isFalse();
        assertThat(Fault.of("slow-start").isHealthyAfter(20_000)).isTrue();
    }

    private static byte[] request(String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: shop\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean refuses(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !socket.isConnected();
        } catch (IOException refused) {
            return true;
        }
    }
}
