package io.cofferdam.deployment;

import io.cofferdam.application.Application;
import io.cofferdam.application.Service;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentState;
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
import java.util.stream.Collectors;

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
     * @param inForce the routes there are. Where no instance is available that could have traffic, those that had it and still run
     *     keep it: they may answer, and nobody else can
     */
    static List<Route> of(
            Collection<Application> applications,
            List<InstanceStatus> observed,
            Map<String, Map<Revision, Integer>> weights,
            Set<String> drained,
            List<Route> inForce) {
        Map<String, Set<String>> before =
                inForce.stream().collect(Collectors.toMap(Route::name, RouteTable::withTraffic, (one, same) -> one));
        Map<String, Route> routes = new LinkedHashMap<>();
        for (Application application : applications) {
            for (Service service : application.services()) {
                if (service.isOneOff(application)) {
                    continue;
                }
                for (PortMapping port : Targets.published(service)) {
                    Map<Revision, Integer> shares = weights.getOrDefault(service.name(), Map.of());
                    Set<String> had = before.getOrDefault(name(service, port), Set.of());
                    Route route =
                            route(service, port, serving(service, observed, shares, drained, had), shares, drained);
                    routes.putIfAbsent(route.name(), route);
                }
            }
        }
        return List.copyOf(routes.values());
    }

    private static Set<String> withTraffic(Route route) {
        return route.targets().stream()
                .filter(target -> target.share() > 0)
                .map(RouteTarget::id)
                .collect(Collectors.toSet());
    }

    private static List<InstanceStatus> serving(
            Service service,
            List<InstanceStatus> observed,
            Map<Revision, Integer> shares,
            Set<String> drained,
            Set<String> had) {
        List<InstanceStatus> all = observed.stream()
                .filter(one -> one.instance().service().equals(service.name()))
                .toList();
        List<InstanceStatus> wanted = all.stream()
                .filter(one -> !drained.contains(one.name()))
                .filter(one -> shares.isEmpty() || shares.getOrDefault(one.revision(), 0) > 0)
                .toList();
        boolean isServed = all.stream().anyMatch(one -> one.instance().isAvailable() && !drained.contains(one.name()));
        return all.stream()
                .filter(one -> one.instance().isAvailable()
                        || (!isServed
                                && wanted.contains(one)
                                && had.contains(one.name())
                                && one.environment().state() == EnvironmentState.RUNNING))
                .toList();
    }

    private static String name(Service service, PortMapping port) {
        String host = port.hostPort().isPresent() ? port.hostPort().getAsInt() + ":" : "";
        return service.name() + ":" + host + port.port();
    }

    private static Route route(
            Service service,
            PortMapping port,
            List<InstanceStatus> serving,
            Map<Revision, Integer> shares,
            Set<String> drained) {
        boolean isShared = serving.stream().anyMatch(one -> shares.getOrDefault(one.revision(), 0) > 0);
        List<RouteTarget> targets = new ArrayList<>();
        for (InstanceStatus one : serving) {
            endpoint(one, port.port()).ifPresent(endpoint -> {
                double share = drained.contains(one.name()) ? 0 : isShared ? share(one, serving, shares, drained) : 1;
                targets.add(new RouteTarget(one.name(), endpoint.host(), endpoint.hostPort(), share));
            });
        }
        return new Route(
                name(service, port),
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
