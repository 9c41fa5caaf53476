package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.concurrent.Threads;
import io.cofferdam.docker.watcher.DockerSweeper;
import io.cofferdam.engine.Discovery;
import io.cofferdam.engine.EngineConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An engine that wants a certificate, and shows one. */
@Timeout(60)
class TlsTest {

    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path folder;

    private static KeyStore engineKey;
    private static KeyStore clientKey;
    private static KeyStore strangerKey;

    private final Threads threads = Threads.named("test");

    @BeforeAll
    static void makeKeys() throws Exception {
        engineKey = key("engine", "ip:127.0.0.1");
        clientKey = key("client", "dns:client");
        strangerKey = key("stranger", "dns:elsewhere.example");
    }

    @AfterEach
    void endThreads() {
        threads.close();
    }

    /** A key with a certificate that it signed itself. */
    private static KeyStore key(String name, String address) throws Exception {
        Path file = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=" + address,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor(50, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private static String pem(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + kind + "-----\n";
    }

    /** The folder of a client that has a key and trusts an engine. */
    private static Path certificates(KeyStore own, KeyStore trusted) throws IOException, GeneralSecurityException {
        Path certificates = Files.createTempDirectory(folder, "certs");
        String alias = own.aliases().nextElement();
        Files.writeString(
                certificates.resolve("key.pem"),
                pem("PRIVATE KEY", own.getKey(alias, PASSWORD).getEncoded()));
        Files.writeString(
                certificates.resolve("cert.pem"),
                pem("CERTIFICATE", own.getCertificate(alias).getEncoded()));
        Files.writeString(
                certificates.resolve("ca.pem"),
                pem(
                        "CERTIFICATE",
                        trusted.getCertificate(trusted.aliases().nextElement()).getEncoded()));
        return certificates;
    }

    private static FakeEngine engine(KeyStore own) throws IOException, GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("client", clientKey.getCertificate("client"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        SSLServerSocket server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        server.setNeedClientAuth(true);
        return new FakeEngine(server, (request, exchange) -> {
            if (request.path().endsWith("/version")) {
                exchange.json("{\"Version\":\"99.9\",\"ApiVersion\":\"1.41\",\"MinAPIVersion\":\"1.12\"}");
            } else if (request.path().endsWith("/start")) {
                exchange.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
                byte[] input = exchange.in.readAllBytes();
                exchange.out().write(new byte[] {1, 0, 0, 0, 0, 0, 0, (byte) input.length});
                exchange.out().write(input);
                exchange.cut();
            } else {
                exchange.json("{\"Id\":\"e1\",\"ExitCode\":0}");
            }
        });
    }

    /** Why an engine was not found. */
    private static List<Discovery.Rejected> whyNotFound(EngineSearch search) {
        return search.run() == null ? search.rejected() : List.of();
    }

    private List<Discovery.Rejected> rejected(FakeEngine engine, Path certificates) {
        EngineSearch search = new EngineSearch(
                engine.config().tls(certificates).build(), new Surroundings(Map.of(), folder, false), threads);
        assertThat(search.run()).isNull();
        return search.rejected();
    }

    @Test
    @DisplayName("both sides show certificates that the other trusts")
    void mutual() throws Exception {
        Path certificates = certificates(clientKey, engineKey);
        try (FakeEngine engine = engine(engineKey)) {
            EngineSearch configured = new EngineSearch(
                    engine.config().tls(certificates).build(), new Surroundings(Map.of(), folder, false), threads);
            EngineSearch byVariables = new EngineSearch(
                    EngineConfig.defaults(),
                    new Surroundings(
                            Map.of(
                                    "DOCKER_HOST",
                                    engine.address().toString(),
                                    "DOCKER_TLS_VERIFY",
                                    "1",
                                    "DOCKER_CERT_PATH",
                                    certificates.toString()),
                            folder,
                            false),
                    threads);

            assertThat(whyNotFound(configured)).isEmpty();
            assertThat(whyNotFound(byVariables)).isEmpty();
        }
    }

    @Test
    @DisplayName("the watcher shows the same certificate, and trusts the same engine only")
    void watcher() throws Exception {
        try (FakeEngine engine = engine(engineKey);
                FakeEngine elsewhere = engine(strangerKey)) {
            Path certificates = certificates(clientKey, engineKey);
            ApiVersion api = ApiVersion.parse("1.41").orElseThrow();
            EngineAddress address = EngineAddress.parse(engine.address().toString(), certificates);
            EngineAddress other = EngineAddress.parse(elsewhere.address().toString(), certificates);

            assertThat(new DockerSweeper(WatchSettings.of(address, api).orElseThrow()).owners())
                    .isEmpty();
            DockerSweeper mistaken =
                    new DockerSweeper(WatchSettings.of(other, api).orElseThrow());
            assertThatThrownBy(mistaken::owners).isInstanceOf(SSLException.class);
            assertThat(elsewhere.requests).isEmpty();
        }
    }

    @Test
    @DisplayName("a key in the older form of openssl is read as well")
    void olderKeys() throws Exception {
        Path certificates = certificates(clientKey, engineKey);
        try (JcaPEMWriter pem = new JcaPEMWriter(Files.newBufferedWriter(certificates.resolve("key.pem")))) {
            pem.writeObject(clientKey.getKey("client", PASSWORD));
        }
        assertThat(certificates.resolve("key.pem")).content().contains("BEGIN RSA PRIVATE KEY");
        try (FakeEngine engine = engine(engineKey)) {
            EngineSearch search = new EngineSearch(
                    engine.config().tls(certificates).build(), new Surroundings(Map.of(), folder, false), threads);

            assertThat(search.run()).isNotNull();
        }
    }

    @Test
    @DisplayName("an engine whose certificate is not trusted, or names another host, is not spoken to")
    void untrusted() throws Exception {
        try (FakeEngine engine = engine(engineKey);
                FakeEngine elsewhere = engine(strangerKey)) {
            assertThat(rejected(engine, certificates(clientKey, strangerKey)))
                    .singleElement()
                    .satisfies(rejection -> {
                        assertThat(rejection.reason()).startsWith("TLS failed: ");
                        assertThat(rejection.remedy()).startsWith("check ca.pem, cert.pem and key.pem in " + folder);
                    });
            assertThat(rejected(elsewhere, certificates(clientKey, strangerKey))
                            .get(0)
                            .reason())
                    .startsWith("TLS failed: ");
            assertThat(engine.requests).isEmpty();
            assertThat(elsewhere.requests).isEmpty();
        }
    }

    @Test
    @DisplayName("a client that the engine does not trust is told so, and so is one without files")
    void refused() throws Exception {
        Path empty = Files.createTempDirectory(folder, "empty");
        try (FakeEngine engine = engine(engineKey)) {
            assertThat(rejected(engine, certificates(strangerKey, engineKey))).hasSize(1);
            assertThat(rejected(engine, empty).get(0).reason())
                    .isEqualTo("TLS failed: there is no readable file " + empty.resolve("ca.pem"));
            assertThat(engine.requests).isEmpty();
        }
    }

    @Test
    @DisplayName("the end of a command's input gets through TLS, and its output comes back after that")
    void halfClosed() throws Exception {
        try (FakeEngine engine = engine(engineKey);
                EngineHttp http = new EngineHttp(
                        EngineAddress.parse(engine.address().toString(), certificates(clientKey, engineKey)),
                        new ApiVersion(1, 41),
                        4,
                        threads)) {
            var result = new Exec(http, threads, new Names())
                    .run(
                            "c1",
                            io.cofferdam.environment.ExecSpec.of("cat").withStdin("input"),
                            io.cofferdam.concurrent.Deadline.in(java.time.Duration.ofSeconds(20)));

            assertThat(new String(result.stdoutBytes(), StandardCharsets.UTF_8)).isEqualTo("input");
        }
    }
}
