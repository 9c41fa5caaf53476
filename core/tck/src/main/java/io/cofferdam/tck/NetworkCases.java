package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.resource.Network;
import io.cofferdam.resource.NetworkSpec;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Networks that are made, joined, left and removed by name. */
abstract class NetworkCases extends Cases {

    @Test
    @DisplayName("create: the network is found, listed by label, told by another orchestrator, and removed once")
    void createAndRemove() {
        Network made = engine().networks().create(network("backend"));

        assertThat(made.name()).isEqualTo(name("backend"));
        assertThat(another().networks().list(mine())).extracting(Network::name).containsExactly(name("backend"));
        assertThat(engine().networks().find(name("backend")))
                .hasValueSatisfying(found -> assertThat(found.labels()).containsEntry(LABEL, label()));
        assertThat(engine().networks().members(name("backend"))).isEmpty();
        assertThat(engine().networks().remove(name("backend"))).isTrue();
        assertThat(engine().networks().remove(name("backend"))).isTrue();
        assertThat(engine().networks().find(name("backend"))).isEmpty();
    }

    @Test
    @DisplayName("create: a name that is taken is refused, and the network stays as it is")
    void nameTaken() {
        Network first = engine().networks().create(network("backend"));

        assertThatThrownBy(() -> another().networks().create(network("backend").withLabel("colour", "blue")))
                .isInstanceOf(NameTakenException.class)
                .hasMessageContaining(name("backend"));

        assertThat(engine().networks().find(name("backend")))
                .hasValueSatisfying(found -> assertThat(found.id()).isEqualTo(first.id()));
    }

    @Test
    @DisplayName("create: of many who want one name at once, one gets it")
    void oneCreatorWins() {
        List<Orchestrator> engines = List.of(engine(), another());

        List<Boolean> won = inParallel(IntStream.range(0, 6)
                .<Callable<Boolean>>mapToObj(i -> () -> {
                    try {
                        engines.get(i % 2).networks().create(network("backend"));
                        return true;
                    } catch (NameTakenException later) {
                        return false;
                    }
                })
                .toList());

        assertThat(won).containsOnlyOnce(true);
        assertThat(engine().networks().list(mine())).hasSize(1);
    }

    @Test
    @DisplayName("create: many at once get address ranges that do not overlap")
    void rangesDoNotOverlap() {
        List<Orchestrator> engines = List.of(engine(), another());

        List<Network> made = inParallel(IntStream.range(0, 6)
                .<Callable<Network>>mapToObj(
                        i -> () -> engines.get(i % 2).networks().create(network("n" + i)))
                .toList());

        assertThat(made).hasSize(6);
        if (has(Capability.SUBNETS)) {
            Set<String> ranges =
                    made.stream().map(network -> network.subnet().orElseThrow()).collect(Collectors.toSet());
            assertThat(ranges).hasSize(6);
        } else {
            assertThat(made).allSatisfy(network -> assertThat(network.subnet()).isEmpty());
        }
    }

    @Test
    @DisplayName("subnet: one of choice is used; one that overlaps is refused and leaves nothing")
    void subnetOfChoice() {
        String range = "10." + (64 + Math.floorMod(label().hashCode(), 64)) + "."
                + Math.floorMod(label().hashCode() / 64, 256) + ".0/28";
        NetworkSpec spec = network("backend").withSubnet(range);
        if (!has(Capability.SUBNETS)) {
            assertRefused(Capability.SUBNETS, () -> engine().networks().create(spec));
            assertThat(engine().networks().list(mine())).isEmpty();
            return;
        }

        assertThat(engine().networks().create(spec).subnet()).contains(range);

        assertThatThrownBy(() -> engine().networks().create(network("other").withSubnet(range)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("subnet")
                .hasMessageContaining(range);
        assertThat(engine().networks().find(name("other"))).isEmpty();
    }

    @Test
    @DisplayName("specification: an environment joins a network that exists, with aliases")
    void joinBySpecification() {
        engine().networks().create(network("backend"));
        environments().run(server("db").network(name("backend"), "database").build());
        IsolatedEnvironment client =
                environments().run(client("client").network(name("backend")).build());

        assertThat(fetch(client, name("db"))).isEqualTo("I am db");
        assertThat(fetch(client, "database")).isEqualTo("I am db");
        assertThat(engine().networks().members(name("backend")))
                .extracting(Network.Member::environment)
                .containsExactly(name("client"), name("db"));
        assertThat(engine().networks().members(name("backend")).get(1).names()).contains(name("db"), "database");
        assertThat(client.spec().networks()).containsOnlyKeys(name("backend"));
    }

    @Test
    @DisplayName("specification: a network that does not exist is refused, and nothing is left")
    void joinOfNothing() {
        EnvironmentSpec spec = client("client").network(name("missing")).build();

        assertThatThrownBy(() -> environments().create(spec))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining(name("missing"));

        assertThat(environments().statuses(mine())).isEmpty();
        assertThat(engine().networks().find(name("missing"))).isEmpty();
    }

    @Test
    @DisplayName("specification: a stack and a further network are both joined, and kept by an update")
    void stackAndNetwork() {
        engine().networks().create(network("backend"));
        EnvironmentSpec both = server("web")
                .stack(name("stack"))
                .network(name("backend"), "www")
                .build();
        if (!has(Capability.SEVERAL_NETWORKS)) {
            assertRefused(Capability.SEVERAL_NETWORKS, both);
            return;
        }
        IsolatedEnvironment web = environments().run(both);
        IsolatedEnvironment inside =
                environments().run(client("inside").stack(name("stack")).build());
        IsolatedEnvironment beside =
                environments().run(client("beside").network(name("backend")).build());

        assertThat(fetch(inside, name("web"))).isEqualTo("I am web");
        assertThat(fetch(beside, "www")).isEqualTo("I am web");
        assertThat(beside.exec(fetching(name("inside"))).succeeded()).isFalse();
        web.update(web.spec().toBuilder().env("GREETING", "I am new").build());

        assertThat(fetch(inside, name("web"))).isEqualTo("I am new");
        assertThat(fetch(beside, "www")).isEqualTo("I am new");
    }

    @Test
    @DisplayName("connect: a running environment is reached in the network at once, and no longer after a disconnect")
    void connectAndDisconnect() {
        engine().networks().create(network("backend"));
        IsolatedEnvironment web = environments().run(server("web").build());
        if (!has(Capability.SEVERAL_NETWORKS)) {
            assertRefused(Capability.SEVERAL_NETWORKS, () -> engine().networks().connect(name("backend"), web.name()));
            assertRefused(
                    Capability.SEVERAL_NETWORKS, () -> engine().networks().disconnect(name("backend"), web.name()));
            return;
        }
        IsolatedEnvironment client =
                environments().run(client("client").network(name("backend")).build());
        assertThat(client.exec(fetching(name("web"))).succeeded()).isFalse();

        engine().networks().connect(name("backend"), web.name(), "www");
        engine().networks().connect(name("backend"), web.name(), "www");

        assertThat(fetch(client, name("web"))).isEqualTo("I am web");
        assertThat(fetch(client, "www")).isEqualTo("I am web");
        web.restart();
        assertThat(fetch(client, "www")).isEqualTo("I am web");
        engine().networks().disconnect(name("backend"), web.name());
        engine().networks().disconnect(name("backend"), web.name());
        assertThat(client.exec(fetching(name("web"))).succeeded()).isFalse();
        assertThat(engine().networks().members(name("backend")))
                .extracting(Network.Member::environment)
                .containsExactly(name("client"));
    }

    @Test
    @DisplayName("connect: an unknown network, environment or alias is told in our words")
    void connectMistakes() {
        engine().networks().create(network("backend"));
        IsolatedEnvironment web = idle("web");
        if (!has(Capability.SEVERAL_NETWORKS)) {
            assertRefused(Capability.SEVERAL_NETWORKS, () -> engine().networks().connect(name("backend"), "nobody"));
            return;
        }

        assertThatThrownBy(() -> engine().networks().connect(name("backen"), web.name()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("did you mean '" + name("backend") + "'");
        assertThatThrownBy(() -> engine().networks().connect(name("backend"), name("wep")))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("did you mean '" + name("web") + "'");
        assertThatThrownBy(() -> engine().networks().connect(name("backend"), web.name(), "A b"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("A b");
    }

    @Test
    @DisplayName("remove: refused while in use; by force the members are disconnected first and go on")
    void removeInUse() {
        engine().networks().create(network("backend"));
        IsolatedEnvironment web =
                environments().run(client("web").network(name("backend")).build());

        assertThat(engine().networks().remove(name("backend"))).isFalse();

        assertThat(engine().networks().find(name("backend"))).isPresent();
        if (!has(Capability.SEVERAL_NETWORKS)) {
            assertRefused(Capability.SEVERAL_NETWORKS, () -> engine().networks().removeByForce(name("backend")));
            return;
        }
        engine().networks().removeByForce(name("backend"));
        engine().networks().removeByForce(name("backend"));
        assertThat(engine().networks().find(name("backend"))).isEmpty();
        assertThat(web.status().state().isAlive()).isTrue();
    }

    @Test
    @DisplayName("internal: the engine says so, and members reach each other")
    void internal() {
        NetworkSpec spec = network("closed").asInternal();
        if (!has(Capability.NETWORK_ISOLATION)) {
            assertRefused(
                    Capability.NETWORK_ISOLATION, () -> engine().networks().create(spec));
            return;
        }
        assertThat(engine().networks().create(spec).internal()).isTrue();
        environments().run(server("web").network(name("closed")).build());
        IsolatedEnvironment client =
                environments().run(client("client").network(name("closed")).build());

        assertThat(fetch(client, name("web"))).isEqualTo("I am web");
    }

    @Test
    @DisplayName("prune: removes what is unused, old enough and carries the labels, and nothing else")
    void prune() {
        engine().networks().create(network("unused"));
        engine().networks().create(network("used"));
        engine().networks().create(network("other").withLabel("keep", "yes"));
        environments().run(client("web").network(name("used")).build());

        assertThat(engine().networks().prune(mine(), Duration.ofHours(1))).isEmpty();
        assertThat(engine().networks().prune(mine().and("keep", "no"), Duration.ZERO))
                .isEmpty();
        assertThat(engine().networks().prune(mine(), Duration.ZERO)).containsExactly(name("other"), name("unused"));

        assertThat(engine().networks().list(mine())).extracting(Network::name).containsExactly(name("used"));
    }

    @Test
    @DisplayName("lifetime: a session's network goes with its orchestrator, a persistent one stays")
    void lifetime() {
        Orchestrator other = another();
        other.networks().create(network("mine"));
        other.networks().create(network("kept").withLifetime(Lifetime.persistent()));
        other.environments().run(client("web").network(name("mine")).build());

        other.close();

        assertThat(engine().networks().list(mine())).extracting(Network::name).containsExactly(name("kept"));
        assertThatThrownBy(() -> other.networks().create(network("late"))).isInstanceOf(CofferdamException.class);
    }

    @Test
    @DisplayName("names: a network of another prefix is not ours")
    void otherPrefix() {
        engine().networks().create(network("backend"));
        try (Orchestrator other = subject()
                .provider()
                .open(subject().config().toBuilder().networkPrefix("tck-other-").build())) {
            assertThat(other.networks().find(name("backend"))).isEmpty();
            assertThat(other.networks().list(LabelSelector.of(LABEL, label()))).isEmpty();
        }
    }

    private NetworkSpec network(String word) {
        return NetworkSpec.named(name(word)).withLabel(LABEL, label()).withLabel(Suite.LABEL, suite().prefix());
    }

    private EnvironmentSpec.Builder server(String word) {
        return web(word, 8080).env("GREETING", "I am " + word).readyWhen(Readiness.port(8080));
    }

    private EnvironmentSpec.Builder client(String word) {
        return shell(word, IDLE).readyWhen(Readiness.running());
    }

    private String[] fetching(String host) {
        return programs().fetch(host, 8080).toArray(String[]::new);
    }

    private String fetch(IsolatedEnvironment client, String host) {
        ExecResult result = client.exec(fetching(host));
        assertThat(result.exitCode())
                .as("asking %s from '%s': %s", host, client.name(), result.stderr())
                .isZero();
        return result.stdout();
    }
}
