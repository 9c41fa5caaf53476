package io.cofferdam.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.environment.Probe;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a probe by HTTP thinks of answers, over real connections. */
class HttpQuestionTest {

    private static final char[] PASSWORD = "changeit".toCharArray();

    private final Threads threads = Threads.named("http-question");

    @AfterEach
    void close() {
        threads.close();
    }

    @Test
    @DisplayName("status, header and content have to be as the probe expects; a no says which was not")
    void expectations() throws IOException {
        HttpServer server = serve(HttpServer.create(), 201, "{\"status\": \"UP\", \"name\": \"Zoë\"}");
        try {
            Probe.Http probe = Probe.http(80, "/health?full=1");

            assertThat(ask(server, probe).yes()).isTrue();
            assertThat(ask(server, probe.withStatus(200, 201)).yes()).isTrue();
            assertThat(ask(server, probe.withStatusRange(200, 299).withHeader("content-TYPE", "json"))
                            .yes())
                    .isTrue();
            assertThat(ask(server, probe.withBody("\"status\":\\s*\"UP\"")).yes())
                    .isTrue();
            assertThat(ask(server, probe.withBody("Zoë")).yes()).isTrue();

            assertThat(ask(server, probe.withStatus(200)).detail()).contains("status 201", "UP");
            assertThat(ask(server, probe.withStatus(200)).remedy()).contains("answers");
            assertThat(ask(server, probe.withHeader("Content-Type", "xml")).detail())
                    .contains("application/json", "/xml/");
            assertThat(ask(server, probe.withHeader("X-Ready", ".*")).detail()).contains("without the header X-Ready");
            assertThat(ask(server, probe.withBody("DOWN")).detail()).contains("/DOWN/", "UP");
        } finally {
            server.stop(0);
        }
    }

    @Test
    @DisplayName("an error's content is read like any other, and 404 may be what is expected")
    void errors() throws IOException {
        HttpServer server = serve(HttpServer.create(), 404, "no such lamp");
        try {
            assertThat(ask(server, Probe.http(80, "/lamp").withStatus(404).withBody("no such"))
                            .yes())
                    .isTrue();
            assertThat(ask(server, Probe.http(80, "/lamp")).detail()).contains("status 404", "no such lamp");
        } finally {
            server.stop(0);
        }
    }

    @Test
    @DisplayName("https: a server of its own making is a no, and a yes where all are trusted")
    void selfSigned(@TempDir Path folder) throws Exception {
        HttpsServer server = HttpsServer.create();
        server.setHttpsConfigurator(new HttpsConfigurator(context(folder)));
        serve(server, 200, "safe");
        try {
            assertThat(ask(server, Probe.https(443, "/")).yes()).isFalse();
            assertThat(ask(server, Probe.https(443, "/")).detail()).contains("certification path");
            assertThat(ask(server, Probe.https(443, "/").trustingAll().withBody("safe"))
                            .yes())
                    .isTrue();
        } finally {
            server.stop(0);
        }
    }

    private Answer ask(HttpServer server, Probe.Http probe) {
        return HttpQuestion.ask(threads, probe, server.getAddress(), Deadline.in(Duration.ofSeconds(30)));
    }

    private static HttpServer serve(HttpServer server, int status, String content) throws IOException {
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(status, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
        return server;
    }

    private static SSLContext context(Path folder) throws Exception {
        Path file = folder.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=elsewhere",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor(50, TimeUnit.SECONDS)).isTrue();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
