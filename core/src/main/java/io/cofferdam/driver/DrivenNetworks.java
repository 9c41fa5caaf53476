package io.cofferdam.driver;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.resource.Network;
import io.cofferdam.resource.NetworkSpec;
import io.cofferdam.resource.Networks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The networks of a driver, with everything about them that is the same on every engine. */
final class DrivenNetworks implements Networks {

    private static final Logger LOG = LoggerFactory.getLogger(DrivenNetworks.class);
    private static final String WITHOUT_SEVERAL = "name the network in the environment's specification";

    private final EngineSession session;
    private final DrivenEnvironments environments;

    /** Names of the networks that go when the session ends. */
    private final Set<String> ending = ConcurrentHashMap.newKeySet();

    DrivenNetworks(EngineSession session, DrivenEnvironments environments) {
        this.session = session;
        this.environments = environments;
    }

    @Override
    public Network ensure(String name, Map<String, String> labels) {
        return driver().ensure(name, labels);
    }

    @Override
    public Network create(NetworkSpec spec) {
        session.ensureOpen();
        if (spec.subnet().isPresent()) {
            session.driver.capabilities().require(Capability.SUBNETS, "leave the address range out");
        }
        if (spec.internal()) {
            session.driver
                    .capabilities()
                    .require(Capability.NETWORK_ISOLATION, "make it open, or open an engine that has it");
        }
        Map<String, String> labels = new HashMap<>(spec.labels());
        labels.putAll(session.lifetimeLabels(spec.lifetime()));
        session.watcher.expect(spec.lifetime());
        return environments.whileOpen(() -> {
            Network made = session.driver.createNetwork(spec, labels, session.callDeadline());
            if (spec.lifetime() instanceof Lifetime.Session) {
                ending.add(spec.name());
            }
            return made;
        });
    }

    @Override
    public Optional<Network> find(String name) {
        return driver().find(name);
    }

    @Override
    public List<Network> list(LabelSelector selector) {
        return driver().list(selector);
    }

    @Override
    public List<Network.Member> members(String name) {
        return driver().members(name);
    }

    @Override
    public void connect(String network, String environment, String... aliases) {
        session.ensureOpen();
        session.driver.capabilities().require(Capability.SEVERAL_NETWORKS, WITHOUT_SEVERAL);
        List<Problem> problems = new ArrayList<>();
        List<String> names = new ArrayList<>(List.of(environment));
        for (String alias : aliases) {
            names.add(alias);
            if (!alias.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")) {
                problems.add(new Problem(
                        "aliases",
                        "'" + alias + "' is no name",
                        "use 1 to 63 of a-z, 0-9 and '-', beginning and ending with a letter or digit"));
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("the connection of '" + environment + "' to '" + network + "'", problems);
        }
        String id = environments.get(environment).id();
        require(network);
        session.driver.connect(id, new CreateRequest.Membership(network, names), session.callDeadline());
    }

    @Override
    public void disconnect(String network, String environment) {
        session.ensureOpen();
        session.driver.capabilities().require(Capability.SEVERAL_NETWORKS, WITHOUT_SEVERAL);
        String id = environments.get(environment).id();
        require(network);
        session.driver.disconnect(id, network, session.callDeadline());
    }

    @Override
    public boolean remove(String name) {
        boolean removed = driver().remove(name);
        if (removed) {
            ending.remove(name);
        }
        return removed;
    }

    @Override
    public void removeByForce(String name) {
        if (remove(name)) {
            return;
        }
        session.driver
                .capabilities()
                .require(Capability.SEVERAL_NETWORKS, "remove the environments in network '" + name + "' first");
        Deadline deadline = session.callDeadline();
        for (Network.Member member : driver().members(name)) {
            try {
                session.driver.disconnect(member.id(), name, deadline);
            } catch (NotFoundException gone) {
                LOG.debug("'{}' was removed before it was disconnected", member.environment());
            }
        }
        if (!remove(name)) {
            throw new WrongStateException("could not remove network '" + name + "' (" + session.engine()
                    + "): something is in it that this library did not make, or has joined just now; remove that, or try"
                    + " again");
        }
    }

    @Override
    public List<String> prune(LabelSelector selector, Duration age) {
        Instant latest = session.clock.instant().minus(age);
        List<String> removed = new ArrayList<>();
        for (Network network : list(selector)) {
            boolean old = age.isZero()
                    || network.createdAt().filter(at -> !at.isAfter(latest)).isPresent();
            if (old && remove(network.name())) {
                removed.add(network.name());
            }
        }
        return removed;
    }

    /** The removals that are due when the session ends, each of which may fail by itself. */
    List<Runnable> endWithSession() {
        return ending.stream()
                .map(name -> (Runnable) () -> {
                    // One that others still use is left to the sweep that follows the last of them.
                    session.driver.networks().remove(name);
                })
                .toList();
    }

    private void require(String network) {
        if (driver().find(network).isPresent()) {
            return;
        }
        Set<String> names = new HashSet<>();
        driver().list(LabelSelector.all()).forEach(known -> names.add(known.name()));
        List<String> near = Nearest.to(network, names);
        throw new NotFoundException("there is no network '" + network + "' on the " + session.engine() + " engine; "
                + (near.isEmpty() ? "create it first" : "did you mean '" + near.get(0) + "'?"));
    }

    private Networks driver() {
        session.ensureOpen();
        return session.driver.networks();
    }
}
