package io.cofferdam.traffic;

import io.cofferdam.api.Experimental;
import java.util.List;
import java.util.Objects;

/**
 * One address that callers use, and where what arrives there goes.
 *
 * @param name tells it from the other routes of the project, for example {@code web:80}
 * @param address the address the router listens on, for example {@code 127.0.0.1}
 * @param port the port the router listens on, 1 to 65535; 0 lets the router choose one, and keep it while the route is there
 * @param protocol what it is made of
 * @param targets where it leads; without targets, or with none that has a share, HTTP requests are answered with 503 and
 *     connections are closed
 */
@Experimental
public record Route(String name, String address, int port, RouteProtocol protocol, List<RouteTarget> targets) {

    public Route {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(protocol, "protocol");
        targets = List.copyOf(targets);
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " of route '" + name + "' is not between 0 and 65535");
        }
    }

    /**
     * The same route on another port.
     *
     * @param value 0 to 65535
     * @return the route
     */
    public Route withPort(int value) {
        return new Route(name, address, value, protocol, targets);
    }

    /**
     * The same route to other targets.
     *
     * @param value the targets
     * @return the route
     */
    public Route withTargets(List<RouteTarget> value) {
        return new Route(name, address, port, protocol, value);
    }
}
