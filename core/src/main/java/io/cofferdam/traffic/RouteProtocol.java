package io.cofferdam.traffic;

import io.cofferdam.api.Experimental;

/** What a route is made of, and so what its shares are shares of. */
@Experimental
public enum RouteProtocol {
    /** Requests of HTTP/1.1, WebSocket upgrades among them: each request is given to a target of its own. */
    HTTP,
    /** Connections: each is given to a target for as long as it lasts. */
    TCP
}
