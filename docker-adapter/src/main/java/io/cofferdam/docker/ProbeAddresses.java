package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.Unit;
import io.cofferdam.error.CofferdamException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds containers' own addresses, where this host can reach them: an accepted connection there comes from the software,
 * not from the engine's proxy. That is so if the gateway of the container's bridge is an address of this host as this JVM
 * sees it; not in virtual machines, nor if the JVM itself runs in a container beside.
 */
final class ProbeAddresses {

    private final Containers containers;
    private final boolean possible;
    private final Duration timeout;
    private final Names names;

    /** Addresses of the present run of each container; asked for once, as probes come often. */
    private final Map<String, String> known = new ConcurrentHashMap<>();

    ProbeAddresses(Containers containers, boolean possible, Duration timeout, Names names) {
        this.containers = containers;
        this.possible = possible;
        this.timeout = timeout;
        this.names = names;
    }

    Optional<InetSocketAddress> of(Unit unit, int port) {
        if (!possible || !unit.status().state().isAlive()) {
            return Optional.empty();
        }
        String id = unit.status().id();
        String run = id + " " + unit.status().startedAt().map(Object::toString).orElse("");
        String address = known.get(run);
        if (address == null) {
            address = ask(id);
            if (!address.isEmpty()) {
                forget(id);
                known.put(run, address);
            }
        }
        return address.isEmpty() ? Optional.empty() : Optional.of(new InetSocketAddress(address, port));
    }

    void forget(String id) {
        known.keySet().removeIf(run -> run.startsWith(id));
    }

    private String ask(String id) {
        Operation operation = Operation.of("find", "finding", "the address of " + names.of(id));
        JsonNode container;
        try {
            container = containers.inspection(operation, id, Deadline.in(timeout));
        } catch (CofferdamException gone) {
            return "";
        }
        for (JsonNode network : container.path("NetworkSettings").path("Networks")) {
            String address = network.path("IPAddress").asText("");
            String gateway = network.path("Gateway").asText("");
            if (!address.isEmpty() && !gateway.isEmpty() && isOurs(gateway)) {
                return address;
            }
        }
        return "";
    }

    private static boolean isOurs(String gateway) {
        try {
            return NetworkInterface.getByInetAddress(InetAddress.getByName(gateway)) != null;
        } catch (IOException unknown) {
            return false;
        }
    }
}
