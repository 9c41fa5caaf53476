package io.cofferdam.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.driver.CreateRequest;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.resource.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessNetworksTest {

    @TempDir
    Path state;

    private ProcessNetworks networks;

    @BeforeEach
    void open() {
        networks = Stacks.plain(state);
    }

    @AfterEach
    void close() {
        networks.close();
    }

    private NetworkMember join(String network, String unit, String... names) throws IOException {
        return Stacks.join(networks, state, network, unit, names);
    }

    private void leave(String unit) throws IOException {
        networks.leave(unit, Stacks.directory(state, unit));
    }

    @Nested
    class Colours {

        private NetworkMember join(String unit, Set<String> colours, String name) throws IOException {
            networks.ensure("shop", Map.of());
            return networks.join(
                    Optional.of(new CreateRequest.Membership("shop", List.of(name))),
                    colours,
                    unit,
                    Stacks.directory(state, unit));
        }

        @Test
        @DisplayName("members know those of their own colours by name, and those without any")
        void ownColour() throws IOException {
            NetworkMember plain = join("tool", Set.of(), "tool");
            NetworkMember blue = join("api-1", Set.of(""), "api");
            NetworkMember green = join("api-2", Set.of("g"), "api");
            NetworkMember web = join("web-1", Set.of("", "g"), "web");

            assertThat(namesKnownTo(blue)).containsExactlyInAnyOrder("tool", "api", "web");
            assertThat(addressesOf(blue, "api")).containsExactly(blue.address());
            assertThat(addressesOf(green, "api")).containsExactly(green.address());
            assertThat(addressesOf(web, "api")).containsExactly(blue.address(), green.address());
            assertThat(addressesOf(plain, "api")).containsExactly(blue.address(), green.address());
            assertThat(green.variables()).containsEntry("COFFERDAM_HOST_API", green.address());
        }

        @Test
        @DisplayName("a member that changes its colours knows others at once, in the file it has already")
        void changes() throws IOException {
            join("api-1", Set.of(""), "api");
            NetworkMember green = join("api-2", Set.of("g"), "api");
            NetworkMember web = join("web-1", Set.of(""), "web");
            Path before = web.hostsFile().orElseThrow();

            networks.recolour("web-1", Stacks.directory(state, "web-1"), Set.of("g"));

            NetworkMember again = networks.member(Stacks.directory(state, "web-1"));
            assertThat(again.hostsFile()).contains(before);
            assertThat(addressesOf(again, "api")).containsExactly(green.address());
            assertThat(namesKnownTo(green)).contains("web");
            assertThatThrownBy(() -> networks.recolour("none", state.resolve("none"), Set.of("g")))
                    .isInstanceOf(NotFoundException.class);
        }

        @Test
        @DisplayName("the file of a member goes with it")
        void leaves() throws IOException {
            NetworkMember web = join("web-1", Set.of("g"), "web");
            Path own = web.hostsFile().orElseThrow();
            assertThat(own).exists();

            leave("web-1");

            assertThat(own).doesNotExist();
        }

        private List<String> namesKnownTo(NetworkMember member) throws IOException {
            return Stacks.lines(member).stream()
                    .map(line -> line.substring(line.indexOf(' ') + 1))
                    .toList();
        }

        private List<String> addressesOf(NetworkMember member, String name) throws IOException {
            return Stacks.lines(member).stream()
                    .filter(line -> line.endsWith(" " + name))
                    .map(line -> line.substring(0, line.indexOf(' ')))
                    .toList();
        }
    }

    @Nested
    class Addresses {

        @Test
        @DisplayName("every name has an address of its own on which a program can listen")
        void ownAddresses() throws IOException {
            Set<String> addresses = new HashSet<>();
            for (int unit = 0; unit < 50; unit++) {
                String address = join("lamp", "web-" + unit).address();
                addresses.add(address);
                try (ServerSocket listens = new ServerSocket(0, 1, InetAddress.getByName(address))) {
                    assertThat(listens.getInetAddress().getHostAddress())
                            .startsWith("127.")
                            .isNotEqualTo("127.0.0.1");
                }
            }
            assertThat(addresses).hasSize(50);
        }

        @Test
        @DisplayName("the address stays when joined again, by another JVM, and after all was removed and made anew")
        void stable() throws IOException {
            String first = join("lamp", "web").address();
            try (ProcessNetworks another = Stacks.plain(state)) {
                assertThat(Stacks.join(another, state, "lamp", "web").address()).isEqualTo(first);
                assertThat(another.member(Stacks.directory(state, "web")).address())
                        .isEqualTo(first);
            }
            leave("web");
            networks.remove("lamp");

            assertThat(join("lamp", "web").address()).isEqualTo(first);
        }

        @Test
        @DisplayName("an address on which a program of somebody else listens is passed over")
        void passedOver() throws IOException {
            String first = join("lamp", "web").address();
            leave("web");
            try (ServerSocket foreign = new ServerSocket(0, 1, InetAddress.getByName(first))) {
                assertThat(foreign.isBound()).isTrue();
                assertThat(join("lamp", "web").address()).isNotEqualTo(first);
            }
        }

        @Test
        @DisplayName("names of other networks, other state directories and no network have other addresses")
        void salted(@TempDir Path elsewhere) throws IOException {
            List<String> addresses = new ArrayList<>();
            addresses.add(join("lamp", "web").address());
            addresses.add(join("mean", "web2", "web").address());
            addresses.add(networks.join(Optional.empty(), "web", Stacks.directory(state, "web3"))
                    .address());
            try (ProcessNetworks other = Stacks.plain(elsewhere)) {
                addresses.add(Stacks.join(other, elsewhere, "lamp", "web").address());
            }

            assertThat(addresses).doesNotHaveDuplicates();
        }

        @Test
        @DisplayName("a member whose directory has vanished gives its address back and is forgotten by the others")
        void vanished() throws IOException {
            NetworkMember web = join("lamp", "web");
            NetworkMember db = join("lamp", "db");
            Files.delete(Stacks.directory(state, "web"));

            String again = networks.join(
                            Optional.of(new CreateRequest.Membership("lamp", List.of("web"))),
                            "web",
                            Stacks.directory(state, "web-again"))
                    .address();

            assertThat(again).isEqualTo(web.address());
            assertThat(Stacks.lines(db)).containsExactlyInAnyOrder(db.address() + " db", again + " web");
        }
    }

    @Nested
    class Names {

        @Test
        @DisplayName("late joiners and leavers show in the hosts file that running members have open")
        void live() throws IOException {
            NetworkMember web = join("lamp", "web");
            Path hosts = web.hostsFile().orElseThrow();
            Object inode = Files.getAttribute(hosts, "unix:ino");

            NetworkMember db = join("lamp", "db-1", "db", "mysql");

            assertThat(Stacks.lines(web)).containsExactly(web.address() + " web", db.address() + " db mysql");
            leave("web");
            assertThat(Stacks.lines(db)).containsExactly(db.address() + " db mysql");
            assertThat(Files.getAttribute(hosts, "unix:ino")).isEqualTo(inode);
            assertThat(Files.readAllLines(hosts)).contains("127.0.0.1 localhost");
        }

        @Test
        @DisplayName("during an update the name means the old unit, and the new one once the old one has left")
        void update() throws IOException {
            NetworkMember old = join("lamp", "web", "web");
            NetworkMember next = join("lamp", "web-next", "web");
            assertThat(next.address()).isNotEqualTo(old.address());
            assertThat(Stacks.lines(next)).containsExactly(old.address() + " web", next.address() + " web");
            assertThat(next.variables()).containsEntry("COFFERDAM_HOST_WEB", old.address());

            leave("web");

            assertThat(Stacks.lines(next)).containsExactly(next.address() + " web");
            assertThat(next.variables()).containsEntry("COFFERDAM_HOST_WEB", next.address());
        }

        @Test
        @DisplayName("software is told its address, its name and every member by variables")
        void variables() throws IOException {
            NetworkMember web = join("lamp", "lamp-apache-01");
            NetworkMember db = join("lamp", "db");

            assertThat(web.variables())
                    .isEqualTo(Map.of(
                            "COFFERDAM_ADDRESS", web.address(),
                            "COFFERDAM_NAME", "lamp-apache-01",
                            "COFFERDAM_HOSTS", web.hostsFile().orElseThrow().toString(),
                            "COFFERDAM_HOST_LAMP_APACHE_01", web.address(),
                            "COFFERDAM_HOST_DB", db.address()));
        }

        @Test
        @DisplayName("outside networks there is an address and a name and nothing else")
        void outside() throws IOException {
            NetworkMember alone = networks.join(Optional.empty(), "alone", Stacks.directory(state, "alone"));

            assertThat(alone.variables())
                    .isEqualTo(Map.of("COFFERDAM_ADDRESS", alone.address(), "COFFERDAM_NAME", "alone"));
            assertThat(alone.hostsFile()).isEmpty();
            assertThat(alone.launcher()).isEmpty();
        }

        @Test
        @DisplayName("the hosts file of a stack with many updates does not grow for ever")
        void bounded() throws IOException {
            NetworkMember stays = join("lamp", "stays");
            List<String> lines = new ArrayList<>(Stacks.lines(stays));
            for (int round = 0; round < 3000; round++) {
                String name = "a-name-that-is-sixty-three-letters-long-so-that-it-fills-up-" + round % 100;
                lines.add("127.64.0.1 " + name);
                HostsFile.update(stays.hostsFile().orElseThrow(), lines);
                lines.remove(1);
                HostsFile.update(stays.hostsFile().orElseThrow(), lines);
            }

            assertThat(Files.size(stays.hostsFile().orElseThrow())).isLessThan(128 * 1024);
            assertThat(Stacks.lines(stays)).containsExactly(stays.address() + " stays");
        }

        @Test
        @DisplayName("a reader of the hosts file never sees a torn line while members come and go")
        void neverTorn() throws Exception {
            NetworkMember web = join("lamp", "web");
            Path hosts = web.hostsFile().orElseThrow();
            Thread changes = new Thread(() -> {
                try {
                    for (int round = 0; round < 200; round++) {
                        join("lamp", "db");
                        leave("db");
                    }
                } catch (IOException failure) {
                    throw new java.io.UncheckedIOException(failure);
                }
            });
            changes.start();
            Set<String> seen = new HashSet<>();
            while (changes.isAlive()) {
                seen.addAll(Files.readAllLines(hosts));
            }
            changes.join();

            seen.removeIf(line -> line.startsWith("#") || line.contains("localhost"));
            assertThat(seen)
                    .isSubsetOf(web.address() + " web", join("lamp", "db").address() + " db");
        }
    }

    @Nested
    class Lifecycle {

        @Test
        @DisplayName("a network is made once, found, listed by label and removed when nobody is in it")
        void lifecycle() throws IOException {
            Network made = networks.ensure("lamp", Map.of("io.cofferdam.stack", "lamp"));

            assertThat(made.name()).isEqualTo("lamp");
            assertThat(made.isolated()).isFalse();
            assertThat(networks.ensure("lamp", Map.of("other", "label"))).isEqualTo(made);
            assertThat(networks.find("lamp")).contains(made);
            assertThat(networks.list(LabelSelector.of("io.cofferdam.stack", "lamp")))
                    .containsExactly(made);
            assertThat(networks.list(LabelSelector.of("io.cofferdam.stack", "mean")))
                    .isEmpty();
            join("lamp", "web");
            assertThat(networks.remove("lamp")).isFalse();
            leave("web");
            assertThat(networks.find("lamp")).as("nobody but remove() removes").isPresent();
            assertThat(networks.remove("lamp")).isTrue();
            assertThat(networks.remove("lamp")).isTrue();
            assertThat(networks.find("lamp")).isEmpty();
            assertThat(state.resolve("networks")).isDirectoryNotContaining("glob:**lamp*");
        }

        @Test
        @DisplayName("a network that is not there cannot be joined, and one with an impossible name not be made")
        void refused() throws IOException {
            Path directory = Stacks.directory(state, "web");
            assertThatThrownBy(() -> networks.join(
                            Optional.of(new CreateRequest.Membership("none", List.of("web"))), "web", directory))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessageContaining("'none'");
            assertThatThrownBy(() -> networks.member(directory)).isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> networks.ensure("../lamp", Map.of())).isInstanceOf(InvalidInputException.class);
        }

        @Test
        @DisplayName("what lies in the way and is not ours is left alone")
        void foreign() throws IOException {
            Files.createDirectory(state.resolve("networks").resolve("cofferdam-lamp"));

            assertThatThrownBy(() -> networks.ensure("lamp", Map.of())).isInstanceOf(NameTakenException.class);
            assertThat(networks.find("lamp")).isEmpty();
        }

        @Test
        @DisplayName("an interrupted caller gets a typed failure, and the next one is served")
        void interrupted() throws IOException {
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> networks.ensure("lamp", Map.of()))
                    .isInstanceOf(OperationInterruptedException.class);

            assertThat(Thread.interrupted()).isTrue();
            assertThat(join("lamp", "web").address()).isNotEmpty();
        }

        @Test
        @DisplayName("closed networks say so")
        void closed() {
            networks.close();

            assertThatThrownBy(() -> networks.find("lamp")).isInstanceOf(ClosedException.class);
        }

        @Test
        @DisplayName("three JVMs of four threads and two engines each never corrupt what they share")
        void manyJvms() throws Exception {
            List<Process> crowd = new ArrayList<>();
            for (int jvm = 0; jvm < 3; jvm++) {
                crowd.add(new ProcessBuilder(Stacks.java(Crowd.class, state.toString(), "jvm" + jvm))
                        .redirectErrorStream(true)
                        .redirectOutput(state.resolve("crowd" + jvm).toFile())
                        .start());
            }
            for (int jvm = 0; jvm < crowd.size(); jvm++) {
                int exit = crowd.get(jvm).waitFor();
                assertThat(exit)
                        .as(Files.readString(state.resolve("crowd" + jvm)))
                        .isZero();
            }

            for (Network left : networks.list(LabelSelector.all())) {
                assertThat(networks.remove(left.name().substring("cofferdam-".length())))
                        .isTrue();
            }
            assertThat(Files.readString(state.resolve("networks").resolve(".members")))
                    .isEmpty();
        }
    }
}
