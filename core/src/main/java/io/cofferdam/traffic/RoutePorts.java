package io.cofferdam.traffic;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.PortTakenException;
import io.cofferdam.error.Problem;
import io.cofferdam.internal.net.SocketOwner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What every router asks of routes before it serves them, for authors of routers. */
@Experimental
public final class RoutePorts {

    private RoutePorts() {}

    /**
     * Refuses routes that no router can serve: a name, a port or a target twice, an address that is not of this machine.
     *
     * @param project the project
     * @param routes its routes
     * @throws InvalidInputException with every problem
     */
    public static void check(String project, List<Route> routes) {
        List<Problem> problems = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Set<String> places = new HashSet<>();
        for (Route route : routes) {
            String where = "route '" + route.name() + "'";
            if (!names.add(route.name())) {
                problems.add(new Problem(where, "there are two of this name", "give each route a name of its own"));
            }
            if (route.port() != 0 && !places.add(place(route))) {
                problems.add(new Problem(where, place(route) + " is another route's too", "choose another port"));
            }
            Set<String> targets = new HashSet<>();
            for (RouteTarget target : route.targets()) {
                if (!targets.add(target.id())) {
                    problems.add(Problem.at(where, "target '" + target.id() + "' is there twice"));
                }
            }
            local(route)
                    .ifPresent(what -> problems.add(
                            new Problem(where, what, "use 127.0.0.1, 0.0.0.0 or an address of this machine")));
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("the routes of project '" + project + "'", problems);
        }
    }

    private static Optional<String> local(Route route) {
        try {
            InetAddress address = InetAddress.getByName(route.address());
            boolean ours = address.isAnyLocalAddress()
                    || address.isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
            return ours ? Optional.empty() : Optional.of("'" + route.address() + "' is no address of this machine");
        } catch (UnknownHostException unknown) {
            return Optional.of("'" + route.address() + "' cannot be resolved");
        } catch (IOException notTold) {
            return Optional.empty();
        }
    }

    /**
     * Where a route listens.
     *
     * @param route the route
     * @return for example {@code 127.0.0.1:8080}
     */
    public static String place(Route route) {
        return (route.address().contains(":") ? "[" + route.address() + "]" : route.address()) + ":" + route.port();
    }

    /**
     * Gives a route without a port the one it had, if there was a route of that name and address.
     *
     * @param routes the new routes
     * @param before those in force
     * @return the new routes; the ports of new ones are still 0
     */
    public static List<Route> keepPorts(List<Route> routes, List<Route> before) {
        return routes.stream()
                .map(route -> route.port() != 0
                        ? route
                        : before.stream()
                                .filter(old -> old.name().equals(route.name())
                                        && old.address().equals(route.address()))
                                .findFirst()
                                .map(old -> route.withPort(old.port()))
                                .orElse(route))
                .toList();
    }

    /**
     * Chooses a free port, or makes sure that a given one is free. Another program may still take it afterwards.
     *
     * @param project the project
     * @param route the route, with a port or 0
     * @param others the routes of all projects of the router, which are named as owners
     * @return the route with a port
     * @throws PortTakenException if the port is taken
     */
    public static Route free(String project, Route route, Map<String, List<Route>> others) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(route.address(), route.port()));
            return route.withPort(socket.getLocalPort());
        } catch (IOException e) {
            throw taken(project, route, others, e);
        }
    }

    /**
     * The failure for a port on which a router could not listen.
     *
     * @param project the project
     * @param route the route with the port
     * @param others the routes of all projects of the router, which are named as owners
     * @param cause what the system said, or null
     * @return the failure, to be thrown
     */
    public static PortTakenException taken(
            String project, Route route, Map<String, List<Route>> others, @Nullable Throwable cause) {
        String owner = others.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream()
                        .filter(other -> other.port() == route.port())
                        .map(other -> "route '" + other.name() + "' of project '" + entry.getKey() + "'"))
                .findFirst()
                .or(() -> SocketOwner.of("tcp", route.port()))
                .orElse(null);
        return new PortTakenException(
                "could not serve route '" + route.name() + "' of project '" + project + "' at " + place(route) + ": "
                        + (owner == null ? "the port is taken or may not be used" : "the port is in use by " + owner)
                        + (cause == null ? "" : " (" + cause.getMessage() + ")")
                        + "; free it or choose another port",
                route.port(),
                owner,
                cause);
    }

    /** Whether nothing listens where a route does. */
    static boolean isFree(Route route) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(route.address(), route.port()));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
