package io.cofferdam.traffic;

import io.cofferdam.api.Experimental;
import java.util.Objects;

/**
 * One instance that a route can lead to.
 *
 * @param id tells it from the other targets of the project; the name of the instance's environment
 * @param host where it is reached from the router, a name or an address
 * @param port the port there, 1 to 65535
 * @param share its part of what the route gets, 0 or more, in relation to the sum of all shares of the route; a target
 *     with 0 gets nothing new
 */
@Experimental
public record RouteTarget(String id, String host, int port, double share) {

    public RouteTarget {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(host, "host");
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " of target '" + id + "' is not between 1 and 65535");
        }
        if (!(share >= 0 && share < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the share of target '" + id + "' is " + share + ", not 0 or more");
        }
    }

    /**
     * The same target with another share.
     *
     * @param value 0 or more
     * @return the target
     */
    public RouteTarget withShare(double value) {
        return new RouteTarget(id, host, port, value);
    }
}
