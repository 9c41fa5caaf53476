package io.cofferdam.deployment;

import io.cofferdam.application.Application;
import io.cofferdam.application.Service;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Protocol;
import io.cofferdam.traffic.Route;
import io.cofferdam.traffic.RouteProtocol;
import io.cofferdam.traffic.RouteTarget;
import io.cofferdam.workload.InstanceStatus;
import io.cofferdam.workload.Revision;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Works out the routes of a project from what its applications publish, what is observed, and which shares were decided. */
final class RouteTable {

    /** Ports of well-known protocols that are not HTTP, which a router must leave as they are. */
    private static final Set<Integer> NOT_HTTP = Set.of(
            21, 22, 25, 53, 110, 143, 389, 465, 587, 636, 993, 995, 1433, 1521, 1883, 2181, 3306, 4222, 5432, 5672,
            6379, 8883, 9042, 9092, 11211, 27017);

    private RouteTable() {}

    /**
     * The routes.
     *
     * @param applications the releases whose addresses are to be there; the first one that has an address decides about it
     * @param observed the instances
     * @param weights shares of the traffic of services
     * @param drained the names of instances that get nothing new
     */
    static List<Route> of(
            Collection<Application> applications,
            List<InstanceStatus> observed,
            Map<String, Map<Revision, Integer>> weights,
            Set<String> drained) {
        Map<String, Route> routes = new LinkedHashMap<>();
        for (Application application : applications) {
            for (Service service : application.services()) {
                if (service.isOneOff(application)) {
                    continue;
                }
                for (PortMapping port : Targets.published(service)) {
                    Route route =
                            route(service, port, observed, weights.getOrDefault(service.name(), Map.of()), drained);
                    routes.putIfAbsent(route.name(), route);
                }
            }
        }
        return List.copyOf(routes.values());
    }

    private static Route route(
            Service service,
            PortMapping port,
            List<InstanceStatus> observed,
            Map<Revision, Integer> shares,
            Set<String> drained) {
        String host = port.hostPort().isPresent() ? port.hostPort().getAsInt() + ":" : "";
        List<InstanceStatus> serving = observed.stream()
                .filter(one -> one.instance().service().equals(service.name()))
                .filter(one -> one.instance().isAvailable())
                .toList();
        boolean isShared = serving.stream().anyMatch(one -> shares.getOrDefault(one.revision(), 0) > 0);
        List<RouteTarget> targets = new ArrayList<>();
        for (InstanceStatus one : serving) {
            endpoint(one, port.port()).ifPresent(endpoint -> {
                double share = drained.contains(one.name()) ? 0 : isShared ? share(one, serving, shares, drained) : 1;
                targets.add(new RouteTarget(one.name(), endpoint.host(), endpoint.hostPort(), share));
            });
        }
        return new Route(
                service.name() + ":" + host + port.port(),
                port.hostAddress(),
                port.hostPort().orElse(0),
                protocol(service, port.port()),
                targets);
    }

    /** The part of its revision's share that one instance gets. */
    private static double share(
            InstanceStatus one, List<InstanceStatus> serving, Map<Revision, Integer> shares, Set<String> drained) {
        long alike = serving.stream()
                .filter(other -> other.revision().equals(one.revision()))
                .filter(other -> !drained.contains(other.name()))
                .count();
        return (double) shares.getOrDefault(one.revision(), 0) / alike;
    }

    private static Optional<Endpoint> endpoint(InstanceStatus instance, int port) {
        return instance.environment().endpoints().stream()
                .filter(endpoint -> endpoint.port() == port && endpoint.protocol() == Protocol.TCP)
                .findFirst();
    }

    /**
     * What a port speaks: what the service says in its label or extension {@code x-cofferdam-protocol}, else HTTP unless the port is
     * that of a well-known other protocol.
     */
    private static RouteProtocol protocol(Service service, int port) {
        Object said = service.extensions().get("x-cofferdam-protocol");
        if (said != null) {
            return "tcp".equals(said) ? RouteProtocol.TCP : RouteProtocol.HTTP;
        }
        return NOT_HTTP.contains(port) ? RouteProtocol.TCP : RouteProtocol.HTTP;
    }
}
