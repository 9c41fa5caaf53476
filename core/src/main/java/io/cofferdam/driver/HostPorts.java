package io.cofferdam.driver;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Protocol;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.PortTakenException;
import io.cofferdam.error.Problem;
import io.cofferdam.internal.net.SocketOwner;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out before a start whether fixed host ports are free, by trying them, and who has those that are not. */
final class HostPorts {

    private static final Logger LOG = LoggerFactory.getLogger(HostPorts.class);
    private static final Duration AFTER_THE_END = Duration.ofMillis(500);
    private static final Duration NEXT_TRY = Duration.ofMillis(10);

    private final EngineSession session;

    HostPorts(EngineSession session) {
        this.session = session;
    }

    /**
     * Checks the fixed host ports of a specification. Ports of a remote engine cannot be tried from here; the engine
     * itself refuses those.
     *
     * @throws PortTakenException for the first port that is taken
     * @throws InvalidInputException if a port is to be published on an address this host does not have
     */
    void check(String environment, EnvironmentSpec spec, Deadline deadline) {
        if (!session.driver.publishesOnThisHost()) {
            return;
        }
        for (PortMapping mapping : spec.ports()) {
            if (mapping.fixedHostPort() != null) {
                check(environment, mapping, mapping.fixedHostPort(), deadline);
            }
        }
    }

    private void check(String environment, PortMapping mapping, int port, Deadline deadline) {
        try {
            tryToBind(mapping, port);
        } catch (BindException refused) {
            InetAddress address = address(mapping);
            if (!isOurs(address)) {
                throw new InvalidInputException(
                        "environment '" + environment + "'",
                        List.of(new Problem(
                                "ports",
                                mapping.hostAddress() + " is no address of this host",
                                "publish on 127.0.0.1, 0.0.0.0 or an address of this host")));
            }
            if (String.valueOf(refused.getMessage()).contains("Permission denied")) {
                // Below 1024 this JVM may lack a right that the engine has.
                return;
            }
            String owner = owner(environment, mapping, port, deadline);
            if (owner == null && becomesFree(mapping, port, deadline)) {
                return;
            }
            throw taken(environment, mapping, port, owner, refused);
        } catch (IOException unclear) {
            // Not known to be taken: the engine will find out at the start.
            return;
        }
    }

    /**
     * Whether a port that nobody holds is free in a moment: the system goes on taking down the sockets of a process for a
     * little while after the process is gone. It tells nobody when it is done, so it has to be tried.
     */
    private boolean becomesFree(PortMapping mapping, int port, Deadline deadline) {
        Deadline moment = deadline.cappedAt(AFTER_THE_END);
        while (!moment.isExpired()) {
            try {
                Thread.sleep(NEXT_TRY.toMillis());
                tryToBind(mapping, port);
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new OperationInterruptedException("waiting for host port " + port + " was interrupted", e);
            } catch (IOException still) {
                LOG.trace("host port {} is still in use: {}", port, still.getMessage());
            }
        }
        return false;
    }

    private PortTakenException taken(
            String environment, PortMapping mapping, int port, @Nullable String owner, Throwable cause) {
        return new PortTakenException(
                "could not start '" + environment + "' (" + session.engine() + "): host port " + port + "/"
                        + mapping.protocol() + " is in use" + (owner == null ? "" : " by " + owner)
                        + "; stop " + (owner == null ? "what uses it" : "that") + " or publish another port",
                port,
                owner,
                cause);
    }

    private static void tryToBind(PortMapping mapping, int port) throws IOException {
        InetSocketAddress address = new InetSocketAddress(address(mapping), port);
        if (mapping.protocol() == Protocol.UDP) {
            try (DatagramSocket socket = new DatagramSocket(null)) {
                socket.bind(address);
            }
        } else {
            try (ServerSocket socket = new ServerSocket()) {
                // Without it connections of a former owner that are only waiting to be forgotten look like an owner.
                socket.setReuseAddress(true);
                socket.bind(address, 1);
            }
        }
    }

    private static InetAddress address(PortMapping mapping) {
        try {
            return InetAddress.getByName(mapping.hostAddress());
        } catch (java.net.UnknownHostException notAnAddress) {
            throw new InvalidInputException(
                    "port mapping '" + mapping + "'",
                    List.of(Problem.at("ports", "'" + mapping.hostAddress() + "' is no address")));
        }
    }

    private static boolean isOurs(InetAddress address) {
        try {
            return address.isAnyLocalAddress()
                    || address.isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (java.net.SocketException unclear) {
            return true;
        }
    }

    private @Nullable String owner(String environment, PortMapping mapping, int port, Deadline deadline) {
        try {
            Optional<Unit> ours =
                    session.driver.list(LabelSelector.all(), deadline.cappedAt(Duration.ofSeconds(5))).stream()
                            .filter(unit -> unit.status().state().isAlive())
                            .filter(unit -> unit.status().endpoints().stream().anyMatch(e -> matches(e, mapping, port)))
                            .findFirst();
            if (ours.isPresent()) {
                String name = ours.get().status().name();
                return name.equals(environment) ? "another run of it" : "environment '" + name + "'";
            }
        } catch (CofferdamException unknown) {
            // The owner is a courtesy; that the port is taken is what matters.
            return SocketOwner.of(mapping.protocol().toString(), port).orElse(null);
        }
        return SocketOwner.of(mapping.protocol().toString(), port).orElse(null);
    }

    private static boolean matches(Endpoint endpoint, PortMapping mapping, int port) {
        return endpoint.hostPort() == port && endpoint.protocol() == mapping.protocol();
    }
}
