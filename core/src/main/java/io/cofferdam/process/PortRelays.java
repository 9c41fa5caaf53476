package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Protocol;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.PortTakenException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.StorageException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Publishes ports of units, where that takes more than the software listening on its own address: fixed host ports, ports
 * on other host addresses than 127.0.0.1, and everything out of an isolated network. The work is done by {@link Relay}s,
 * child JVMs that outlive this one and end with the unit's main process.
 *
 * <p>What a start of a unit published is kept in {@code relay/} in its directory: {@code processes}, {@code ports}, the
 * socket between the relays and their log. Safe for use by many threads of many JVMs.
 */
final class PortRelays {

    private static final Duration LONGEST_START = Duration.ofMinutes(10);

    private final ProcessNetworks networks;
    private final PortTable table;
    private final RelayProgram program;

    /**
     * The relays of a state directory.
     *
     * @param networks the networks of the same directory
     */
    PortRelays(ProcessNetworks networks) {
        this.networks = networks;
        this.table = new PortTable(networks.folder().resolve(".ports"));
        this.program = new RelayProgram(networks.folder().resolve(".relay"));
    }

    /**
     * Claims the host ports of a unit and starts its relays. To be called before the main process is started: the
     * relays end with the process that the last line of the file {@code run} in the directory names once that is written
     * anew, and by themselves if there is none by the deadline (at the most 10 minutes), or when the
     * directory goes. So nothing needs to be called when the main process ends by itself.
     *
     * <p>A host port is listened on as soon as the software accepts connections on its own, and given up when it does not
     * any more. What the software sent before it ended is delivered, for 10 seconds at the most.
     *
     * @param environmentDirectory the unit's directory
     * @param spec whose TCP ports are published; UDP ports are reached at the unit's address only
     * @param member the unit's address
     * @param deadline until when the relays have to exist
     * @throws PortTakenException if something listens on a fixed host port or another unit has claimed it; nothing was
     *     started then
     * @throws InvalidInputException if a host address is none of this host
     */
    void start(Path environmentDirectory, EnvironmentSpec spec, NetworkMember member, Deadline deadline) {
        String what = "publishing the ports of '" + member.environment() + "'";
        stop(environmentDirectory);
        if (published(spec, member).isEmpty()) {
            return;
        }
        // Asked for before the lock is taken, which it needs itself.
        Optional<Namespaces.Holder> holder = member.holder();
        try (StateLock.Held held = networks.lock().acquire(what, deadline)) {
            Objects.requireNonNull(held, "held");
            List<PortTable.Claim> others = table.living();
            List<Endpoint> ports = new ArrayList<>();
            for (PortMapping mapping : published(spec, member)) {
                ports.add(claim(mapping, member, others));
            }
            List<DetachedProcess> started = new ArrayList<>();
            try {
                spawn(environmentDirectory, member, holder, ports, started, deadline);
                List<PortTable.Claim> claims = new ArrayList<>(others);
                ports.forEach(port -> claims.add(new PortTable.Claim(
                        port.host(),
                        port.hostPort(),
                        port.port(),
                        started.get(0),
                        member.environment(),
                        environmentDirectory)));
                table.write(claims);
            } catch (RuntimeException | Error | IOException failure) {
                started.forEach(process -> process.kill(networks.deadline()));
                throw failure;
            }
        } catch (IOException failure) {
            throw new StorageException(what + " failed: " + failure, failure);
        }
    }

    /**
     * Ends the relays of a unit and gives its host ports back. Does nothing if there are none.
     *
     * @param environmentDirectory the unit's directory
     */
    void stop(Path environmentDirectory) {
        Path processes = folder(environmentDirectory).resolve("processes");
        try {
            if (!Files.exists(processes)) {
                return;
            }
            Deadline deadline = networks.deadline();
            for (String line : Files.readAllLines(processes)) {
                DetachedProcess.parse(line).kill(deadline);
            }
            // The claims of processes that have ended count no more.
            Files.deleteIfExists(processes);
            Files.deleteIfExists(folder(environmentDirectory).resolve(Relay.SOCKET));
        } catch (IOException failure) {
            throw new StorageException("could not end the relays of " + environmentDirectory + ": " + failure, failure);
        }
    }

    /**
     * Where the published ports of a unit are reached from the host. A port that was to be chosen on another host address
     * than 127.0.0.1 is told only while its relay lives.
     *
     * @param environmentDirectory the unit's directory
     * @param spec the unit's specification
     * @param member the unit's address
     * @return an endpoint for each published port
     */
    List<Endpoint> endpoints(Path environmentDirectory, EnvironmentSpec spec, NetworkMember member) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (PortMapping mapping : spec.ports()) {
            boolean byRelay = published(spec, member).contains(mapping);
            if (!byRelay || isAtAddress(mapping)) {
                endpoints.add(new Endpoint(mapping.port(), mapping.protocol(), member.address(), mapping.port()));
            } else if (mapping.fixedHostPort() != null) {
                endpoints.add(new Endpoint(
                        mapping.port(), mapping.protocol(), reachable(mapping.hostAddress()), mapping.fixedHostPort()));
            } else {
                table.of(environmentDirectory, mapping.port())
                        .map(port -> new Endpoint(
                                mapping.port(), mapping.protocol(), reachable(mapping.hostAddress()), port))
                        .ifPresent(endpoints::add);
            }
        }
        return endpoints;
    }

    /** The mappings that need a relay. What is probed in an isolated network is reached at the unit's address, but not told. */
    private static List<PortMapping> published(EnvironmentSpec spec, NetworkMember member) {
        Stream<PortMapping> wanted = spec.ports().stream()
                .filter(mapping -> mapping.protocol() == Protocol.TCP)
                .filter(mapping -> member.isolated() || (!isAtAddress(mapping) && !isOwn(mapping, member)));
        return member.isolated()
                ? Stream.concat(wanted, ProbedPorts.unpublished(spec).stream()).toList()
                : wanted.toList();
    }

    /** Whether it is published on the unit's own address. */
    private static boolean isAtAddress(PortMapping mapping) {
        return mapping.fixedHostPort() == null && mapping.hostAddress().equals(PortMapping.LOOPBACK);
    }

    /** Whether the software itself listens there. */
    private static boolean isOwn(PortMapping mapping, NetworkMember member) {
        return mapping.hostAddress().equals(member.address())
                && Integer.valueOf(mapping.port()).equals(mapping.fixedHostPort());
    }

    private static String reachable(String address) {
        return switch (address) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::" -> "::1";
            default -> address;
        };
    }

    private static Endpoint claim(PortMapping mapping, NetworkMember member, List<PortTable.Claim> others)
            throws IOException {
        String address = isAtAddress(mapping) ? member.address() : mapping.hostAddress();
        int wanted = isAtAddress(mapping)
                ? mapping.port()
                : Optional.ofNullable(mapping.fixedHostPort()).orElse(0);
        for (PortTable.Claim other : others) {
            if (other.meets(address, wanted)) {
                throw taken(member, address, wanted, "environment '" + other.environment() + "'", null);
            }
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getByName(address), wanted));
            return new Endpoint(mapping.port(), Protocol.TCP, address, probe.getLocalPort());
        } catch (BindException refused) {
            if (!LoopbackAddresses.bindable(address)) {
                throw new InvalidInputException(
                        "environment '" + member.environment() + "'",
                        List.of(new Problem("ports", address + " is no address of this host", "publish on 127.0.0.1")));
            }
            throw taken(member, address, wanted, null, refused);
        }
    }

    private static PortTakenException taken(
            NetworkMember member, String address, int port, @Nullable String owner, @Nullable Exception cause) {
        String message = "could not start '" + member.environment() + "' (process): port " + port + " on " + address
                + " is in use by " + (owner == null ? "another program" : owner)
                + "; stop it or publish another port";
        return new PortTakenException(message, port, owner, cause);
    }

    private void spawn(
            Path environmentDirectory,
            NetworkMember member,
            Optional<Namespaces.Holder> holder,
            List<Endpoint> ports,
            List<DetachedProcess> started,
            Deadline deadline)
            throws IOException {
        Path folder = folder(environmentDirectory);
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder, Permissions.directory());
        }
        Path log = folder.resolve("log");
        Files.deleteIfExists(log);
        List<String> outer = program.command(environmentDirectory, deadline.cappedAt(LONGEST_START), "outer");
        for (Endpoint port : ports) {
            outer.addAll(List.of(port.host(), Integer.toString(port.hostPort())));
            outer.addAll(List.of(holder.isPresent() ? "-" : member.address(), Integer.toString(port.port())));
        }
        started.add(DetachedProcess.spawn(outer, folder, log, deadline));
        if (holder.isPresent()) {
            List<String> inner = new ArrayList<>(networks.namespaces().enter(holder.get()));
            inner.addAll(program.command(environmentDirectory, deadline.cappedAt(LONGEST_START), "inner"));
            inner.add(member.address());
            started.add(DetachedProcess.spawn(inner, folder, log, deadline));
        }
        Files.write(
                folder.resolve("processes"),
                started.stream().map(DetachedProcess::toString).toList());
        for (DetachedProcess process : started) {
            if (!process.isAlive()) {
                throw new EngineException("could not publish the ports of '" + member.environment()
                        + "': the relay ended at once: " + DetachedProcess.lastLine(log));
            }
        }
    }

    private static Path folder(Path environmentDirectory) {
        return environmentDirectory.resolve("relay");
    }
}
