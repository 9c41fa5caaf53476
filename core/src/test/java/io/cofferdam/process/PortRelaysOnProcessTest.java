package io.cofferdam.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Protocol;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.PortTakenException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Fixed host ports by relays to real servers, without namespaces. */
@EnabledOnOs(OS.LINUX)
class PortRelaysOnProcessTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path state;

    private ProcessNetworks networks;
    private PortRelays relays;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Process> mains = new ArrayList<>();

    @BeforeEach
    void open() {
        networks = Stacks.plain(state);
        relays = new PortRelays(networks);
    }

    @AfterEach
    void close() throws Exception {
        threads.shutdownNow();
        for (Process main : mains) {
            main.destroyForcibly().waitFor();
        }
        awaitNoRelay();
        networks.close();
    }

    private NetworkMember unit(String name) throws IOException {
        return networks.join(Optional.empty(), name, Stacks.directory(state, name));
    }

    private static EnvironmentSpec publishing(PortMapping... mappings) {
        EnvironmentSpec.Builder spec = EnvironmentSpec.command("server");
        for (PortMapping mapping : mappings) {
            spec.publish(mapping);
        }
        return spec.build();
    }

    private void start(String unit, EnvironmentSpec spec) throws IOException {
        relays.start(Stacks.directory(state, unit), spec, unit(unit), Deadline.in(LONG));
        mains.add(Stacks.run(state, unit, Map.of(), List.of("sleep", "1000")));
    }

    /** The relays of this test that live. */
    private List<String> relays() {
        return ProcessHandle.allProcesses()
                .map(handle -> handle.info().commandLine().orElse(""))
                .filter(line -> line.contains(Relay.class.getName()) && line.contains(state.toString()))
                .toList();
    }

    private void awaitNoRelay() {
        Deadline deadline = Deadline.in(LONG);
        while (!relays().isEmpty()) {
            DetachedProcess.pause("waiting for the end of " + relays(), deadline);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return free.getLocalPort();
        }
    }

    private static ServerSocket listen(NetworkMember member, int port) throws IOException {
        return new ServerSocket(port, 50, InetAddress.getByName(member.address()));
    }

    private static Socket connect(int port) throws IOException {
        Deadline deadline = Deadline.in(LONG);
        while (true) {
            try {
                return new Socket("127.0.0.1", port);
            } catch (ConnectException notYet) {
                DetachedProcess.pause("connecting", deadline);
            }
        }
    }

    @Test
    @DisplayName(
            "a fixed host port is refused until the software listens, then leads to it, and is refused again after")
    void follows() throws Exception {
        int port = freePort();
        start("web", publishing(PortMapping.fixed(port, 7070)));
        assertThatThrownBy(() -> new Socket("127.0.0.1", port)).isInstanceOf(ConnectException.class);

        try (ServerSocket server = listen(unit("web"), 7070)) {
            Future<?> echo = threads.submit(() -> echo(server));
            assertThat(ask(port, "hello")).isEqualTo("hello");
            assertThat(echo.isDone()).isFalse();
        }

        Deadline deadline = Deadline.in(LONG);
        while (accepts(port)) {
            DetachedProcess.pause("waiting for the port to be given up", deadline);
        }
        try (ServerSocket again = listen(unit("web"), 7070)) {
            threads.submit(() -> echo(again));
            assertThat(ask(port, "again")).isEqualTo("again");
        }
    }

    @Test
    @DisplayName("a hundred megabytes pass unchanged both ways at once through a relay of 32 megabytes")
    void byteExact() throws Exception {
        int port = freePort();
        start("web", publishing(PortMapping.fixed(port, 7070)));
        try (ServerSocket server = listen(unit("web"), 7070);
                Socket client = afterProbes(server, port)) {
            Socket inside = server.accept();
            int size = 100 * 1024 * 1024;
            Future<String> sent = threads.submit(() -> send(client, size, 1));
            Future<String> answered = threads.submit(() -> send(inside, size, 2));
            Future<String> received = threads.submit(() -> receive(inside));

            assertThat(receive(client)).isEqualTo(answered.get());
            assertThat(received.get()).isEqualTo(sent.get());
            inside.close();
        }
    }

    @Test
    @DisplayName("a client that has said all still gets the answer")
    void halfClose() throws Exception {
        int port = freePort();
        start("web", publishing(PortMapping.fixed(port, 7070)));
        try (ServerSocket server = listen(unit("web"), 7070)) {
            Future<?> counts = threads.submit(() -> {
                while (true) {
                    try (Socket connection = server.accept()) {
                        int count = connection.getInputStream().readAllBytes().length;
                        if (count > 0) {
                            connection.getOutputStream().write(("got " + count).getBytes(StandardCharsets.UTF_8));
                            return null;
                        }
                    }
                }
            });
            try (Socket client = connect(port)) {
                client.getOutputStream().write(new byte[12345]);
                client.shutdownOutput();

                assertThat(client.getInputStream()).hasContent("got 12345");
            }
            counts.get();
        }
    }

    @Test
    @DisplayName("two thousand connections at once are served by one relay")
    void thousands() throws Exception {
        int port = freePort();
        start("web", publishing(PortMapping.fixed(port, 7070)));
        List<Socket> clients = new ArrayList<>();
        try (ServerSocket server =
                new ServerSocket(7070, 4096, InetAddress.getByName(unit("web").address()))) {
            threads.submit(() -> echoByte(server));
            for (int count = 0; count < 2000; count++) {
                Socket client = connect(port);
                clients.add(client);
                client.getOutputStream().write(count % 100);
            }
            for (int count = 0; count < 2000; count++) {
                assertThat(clients.get(count).getInputStream().read()).isEqualTo(count % 100);
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    @DisplayName("a taken host port is named before anything starts, with the program or environment that has it")
    void taken() throws Exception {
        int port = freePort();
        try (ServerSocket foreign = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(foreign.isBound()).isTrue();
            assertThatThrownBy(() -> start("web", publishing(PortMapping.fixed(port, 7070))))
                    .isInstanceOf(PortTakenException.class)
                    .hasMessage("could not start 'web' (process): port " + port
                            + " on 127.0.0.1 is in use by another program; stop it or publish another port");
        }
        start("old-web", publishing(PortMapping.fixed(port, 7070)));
        assertThatThrownBy(() -> start("web", publishing(new PortMapping(80, Protocol.TCP, port, "0.0.0.0"))))
                .isInstanceOfSatisfying(PortTakenException.class, failure -> {
                    assertThat(failure.port()).isEqualTo(port);
                    assertThat(failure.owner()).contains("environment 'old-web'");
                });
        assertThat(relays()).hasSize(1);

        relays.stop(Stacks.directory(state, "old-web"));
        start("web", publishing(PortMapping.fixed(port, 7070)));
        assertThat(relays()).hasSize(1);
    }

    @Test
    @DisplayName("an address of another host cannot be published on")
    void foreignAddress() {
        assertThatThrownBy(() -> start("web", publishing(new PortMapping(80, Protocol.TCP, 8080, "192.0.2.1"))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("192.0.2.1 is no address of this host");
    }

    @Test
    @DisplayName("a port without a fixed host port is reached at the unit's address, by no relay")
    void ownAddress() throws Exception {
        EnvironmentSpec spec = publishing(PortMapping.of(7070));
        start("web", spec);

        assertThat(relays()).isEmpty();
        assertThat(relays.endpoints(Stacks.directory(state, "web"), spec, unit("web")))
                .containsExactly(new Endpoint(7070, Protocol.TCP, unit("web").address(), 7070));
    }

    @Test
    @DisplayName("a port published on all addresses without a fixed host port gets a free one, which is told")
    void chosen() throws Exception {
        EnvironmentSpec spec = publishing(new PortMapping(7070, Protocol.TCP, null, "0.0.0.0"));
        start("web", spec);
        try (ServerSocket server = listen(unit("web"), 7070)) {
            threads.submit(() -> echo(server));
            List<Endpoint> endpoints = relays.endpoints(Stacks.directory(state, "web"), spec, unit("web"));

            assertThat(endpoints).singleElement().extracting(Endpoint::host).isEqualTo("127.0.0.1");
            assertThat(ask(endpoints.get(0).hostPort(), "any")).isEqualTo("any");
        }
    }

    @Test
    @DisplayName("a software that listens on every address is not disturbed by the relay to the same port")
    void wildcard() throws Exception {
        int port = freePort();
        start("web", publishing(PortMapping.fixed(port, port)));
        try (ServerSocket server = new ServerSocket(port)) {
            threads.submit(() -> echo(server));

            assertThat(ask(port, "hello")).isEqualTo("hello");
        }
    }

    @Test
    @DisplayName("a relay ends with the main process, after the last bytes of that are delivered")
    void endsWithMain() throws Exception {
        int port = freePort();
        start("web", publishing(PortMapping.fixed(port, 7070)));
        ServerSocket server = listen(unit("web"), 7070);
        Socket client = afterProbes(server, port);
        try (Socket inside = server.accept()) {
            server.close();
            mains.get(0).destroyForcibly().waitFor();
            Future<String> sent = threads.submit(() -> send(inside, 20 * 1024 * 1024, 3));

            assertThat(receive(client)).isEqualTo(sent.get());
        }
        client.close();
        awaitNoRelay();
    }

    @Test
    @DisplayName("a relay whose unit never starts ends at the deadline, and one whose directory goes with that")
    void neverStarted() throws Exception {
        EnvironmentSpec spec = publishing(PortMapping.fixed(freePort(), 7070));
        relays.start(Stacks.directory(state, "web"), spec, unit("web"), Deadline.in(Duration.ofSeconds(2)));
        assertThat(relays()).hasSize(1);
        awaitNoRelay();

        relays.start(Stacks.directory(state, "web"), spec, unit("web"), Deadline.in(LONG));
        Files.move(Stacks.directory(state, "web"), state.resolve("trash"));
        awaitNoRelay();
    }

    @Test
    @DisplayName("a relay ends when the main process had ended before the relay could look")
    void endedAtOnce() throws Exception {
        relays.start(
                Stacks.directory(state, "web"),
                publishing(PortMapping.fixed(freePort(), 7070)),
                unit("web"),
                Deadline.in(Duration.ofMinutes(5)));
        Stacks.run(state, "web", Map.of(), List.of("true")).waitFor();

        awaitNoRelay();
    }

    @Test
    @DisplayName("a relay is not taken in by what the run before left behind")
    void oldRun() throws Exception {
        int port = freePort();
        start("web", publishing(PortMapping.fixed(port, 7070)));
        mains.get(0).destroyForcibly().waitFor();
        awaitNoRelay();
        relays.start(
                Stacks.directory(state, "web"),
                publishing(PortMapping.fixed(port, 7070)),
                unit("web"),
                Deadline.in(LONG));
        try (ServerSocket server = listen(unit("web"), 7070)) {
            threads.submit(() -> echo(server));
            assertThat(ask(port, "while nothing runs yet")).isEqualTo("while nothing runs yet");
            mains.add(Stacks.run(state, "web", Map.of(), List.of("sleep", "1000")));
            assertThat(ask(port, "then")).isEqualTo("then");
        }
    }

    private static boolean accepts(int port) {
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress("127.0.0.1", port));
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    /** Sends a text, says that this was all, and returns the answer. */
    private static String ask(int port, String text) throws IOException {
        try (Socket client = connect(port)) {
            client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            client.shutdownOutput();
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Void echo(ServerSocket server) throws IOException {
        while (!server.isClosed()) {
            try (Socket connection = server.accept()) {
                connection.getInputStream().transferTo(connection.getOutputStream());
            }
        }
        return null;
    }

    /** Answers one byte of each connection and keeps it open. */
    private static Void echoByte(ServerSocket server) throws IOException {
        List<Socket> open = new ArrayList<>();
        while (true) {
            Socket connection = server.accept();
            open.add(connection);
            int first = connection.getInputStream().read();
            if (first >= 0) {
                connection.getOutputStream().write(first);
            }
        }
    }

    /** A client connection whose other end is the next that the server accepts. */
    private static Socket afterProbes(ServerSocket server, int port) throws IOException {
        Socket client;
        try (Socket probe = server.accept()) {
            assertThat(probe.getInputStream().read()).as("a probe says nothing").isNegative();
            client = connect(port);
        }
        return client;
    }

    private static String send(Socket socket, int size, long seed) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        Random random = new Random(seed);
        OutputStream out = socket.getOutputStream();
        byte[] part = new byte[64 * 1024 - 7];
        for (int left = size; left > 0; left -= part.length) {
            random.nextBytes(part);
            int count = Math.min(left, part.length);
            digest.update(part, 0, count);
            out.write(part, 0, count);
        }
        socket.shutdownOutput();
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String receive(Socket socket) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        new DigestInputStream(socket.getInputStream(), digest).transferTo(OutputStream.nullOutputStream());
        return HexFormat.of().formatHex(digest.digest());
    }
}
