package io.cofferdam.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Protocol;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Proof that a stack in namespaces is closed to others and open where it publishes ports. */
@EnabledOnOs(OS.LINUX)
class IsolationOnProcessTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int PORT = 7070;

    @TempDir
    Path state;

    private ProcessNetworks networks;
    private PortRelays relays;
    private final List<Process> mains = new ArrayList<>();

    @BeforeEach
    void open() {
        networks = Stacks.isolated(state);
        relays = new PortRelays(networks);
    }

    @AfterEach
    void close() throws Exception {
        for (Process main : mains) {
            main.destroyForcibly().waitFor();
        }
        Path units = Files.createDirectories(state.resolve("environments"));
        try (var each = Files.list(units)) {
            for (Path unit : each.toList()) {
                relays.stop(unit);
                networks.leave(unit.getFileName().toString(), unit);
            }
        }
        assertThat(networks.remove("lamp")).isTrue();
        assertThat(networks.remove("mean")).isTrue();
        networks.close();
    }

    private NetworkMember serve(String network, String unit, PortMapping... ports) throws IOException {
        NetworkMember member = Stacks.join(networks, state, network, unit);
        EnvironmentSpec.Builder spec = EnvironmentSpec.command("talker");
        List.of(ports).forEach(spec::publish);
        relays.start(Stacks.directory(state, unit), spec.build(), member, Deadline.in(LONG));
        List<String> words = new ArrayList<>(member.launcher());
        words.addAll(Stacks.java(Talker.class, "serve", Integer.toString(PORT)));
        mains.add(Stacks.run(state, unit, member.variables(), words));
        return member;
    }

    /** What a member hears from an address or name. */
    private String heard(NetworkMember member, String host) throws Exception {
        List<String> words = new ArrayList<>(member.launcher());
        words.addAll(Stacks.java(Talker.class, "ask", host, Integer.toString(PORT)));
        Process asking = new ProcessBuilder(words).redirectErrorStream(true).start();
        String heard = new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        asking.waitFor();
        return heard;
    }

    private String heardAtLast(NetworkMember member, String host) throws Exception {
        Deadline deadline = Deadline.in(LONG);
        String heard = heard(member, host);
        while (heard.contains("ConnectException")) {
            DetachedProcess.pause("asking " + host, deadline);
            heard = heard(member, host);
        }
        return heard;
    }

    private static String askAtLast(String host, int port, String question) throws IOException {
        Deadline deadline = Deadline.in(LONG);
        while (true) {
            try {
                return Talker.ask(host, port, question);
            } catch (ConnectException notYet) {
                DetachedProcess.pause("asking " + host, deadline);
            }
        }
    }

    private List<String> processes() {
        return ProcessHandle.allProcesses()
                .map(handle -> handle.info().commandLine().orElse(""))
                .filter(line -> line.contains(state.toString()))
                .toList();
    }

    @Test
    @DisplayName("members of one stack talk by name; another stack and the host cannot connect")
    void closedToOthers() throws Exception {
        NetworkMember web = serve("lamp", "web");
        NetworkMember db = Stacks.join(networks, state, "lamp", "db");
        NetworkMember stranger = Stacks.join(networks, state, "mean", "stranger");

        assertThat(heardAtLast(db, "web")).isEqualTo("web:question");
        assertThat(heard(db, web.address())).isEqualTo("web:question");

        assertThat(heard(stranger, web.address())).contains("ConnectException");
        assertThat(heard(stranger, "web")).contains("UnknownHostException");
        assertThatThrownBy(() -> Talker.ask(web.address(), PORT, "question")).isInstanceOf(ConnectException.class);
    }

    @Test
    @DisplayName("two JVMs of one stack do not complain of each other, though each has a process table of its own")
    void sameProcessIds() throws Exception {
        serve("lamp", "web");
        NetworkMember db = Stacks.join(networks, state, "lamp", "db");
        heardAtLast(db, "web");
        Process second = new ProcessBuilder(
                        Stream.concat(db.launcher().stream(), Stacks.java(Talker.class, "ask", "web", "7070").stream())
                                .toList())
                .start();

        assertThat(second.getInputStream()).hasContent("web:question");
        second.waitFor();
    }

    @Test
    @DisplayName("published ports are reached from the host, at the unit's address and at a fixed host port")
    void published() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        NetworkMember web = serve("lamp", "web", PortMapping.of(PORT));
        NetworkMember shop = serve("lamp", "shop", PortMapping.fixed(port, PORT));
        EnvironmentSpec spec = EnvironmentSpec.command("talker").port(PORT).build();
        assertThat(relays.endpoints(Stacks.directory(state, "web"), spec, web))
                .containsExactly(new Endpoint(PORT, Protocol.TCP, web.address(), PORT));

        assertThat(askAtLast(web.address(), PORT, "question")).isEqualTo("web:question");
        assertThat(askAtLast("127.0.0.1", port, "question")).isEqualTo("shop:question");
        Path relay = Stacks.directory(state, "web").resolve("relay");
        assertThat(Files.getPosixFilePermissions(relay)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(Files.getPosixFilePermissions(relay.resolve(Relay.SOCKET)))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        String large = "0123456789".repeat(2_000_000);
        assertThat(askAtLast("127.0.0.1", port, large).equals("shop:" + large)).isTrue();
        assertThatThrownBy(() -> Talker.ask(shop.address(), PORT, "question"))
                .as("published at the fixed port alone")
                .isInstanceOf(ConnectException.class);
    }

    @Test
    @DisplayName("nothing is left of a stack that was removed: no process, mount, socket or folder")
    void nothingLeft() throws Exception {
        NetworkMember web = serve("lamp", "web", PortMapping.of(PORT));
        assertThat(askAtLast(web.address(), PORT, "question")).isEqualTo("web:question");
        Process main = mains.get(0);

        for (long pid : web.killPids(main.pid())) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
        assertThat(main.waitFor()).isEqualTo(137);
        relays.stop(Stacks.directory(state, "web"));
        networks.leave("web", Stacks.directory(state, "web"));
        assertThat(networks.remove("lamp")).isTrue();

        Deadline deadline = Deadline.in(LONG);
        while (!processes().isEmpty()) {
            DetachedProcess.pause("waiting for the end of " + processes(), deadline);
        }
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(state.toString(), " /etc/hosts ");
        assertThat(LoopbackAddresses.listeners()).doesNotContain(web.address());
        assertThat(Files.readString(Path.of("/proc/net/unix"))).doesNotContain(state.toString());
        assertThat(state.resolve("networks")).isDirectoryNotContaining("glob:**lamp*");
        assertThat(Stacks.directory(state, "web").resolve("relay").resolve(Relay.SOCKET))
                .doesNotExist();
    }

    @Test
    @DisplayName("the relays of an isolated unit end with its main process without anybody's doing")
    void relaysEnd() throws Exception {
        NetworkMember web = serve("lamp", "web", PortMapping.of(PORT));
        assertThat(askAtLast(web.address(), PORT, "question")).isEqualTo("web:question");

        mains.get(0).destroyForcibly().waitFor();

        Deadline deadline = Deadline.in(LONG);
        while (processes().stream().anyMatch(line -> line.contains(Relay.class.getName()))) {
            DetachedProcess.pause("waiting for the end of " + processes(), deadline);
        }
        // Refused, or reset while the system takes down the sockets of the process that is gone.
        assertThatThrownBy(() -> Talker.ask(web.address(), PORT, "question")).isInstanceOf(SocketException.class);
    }
}
