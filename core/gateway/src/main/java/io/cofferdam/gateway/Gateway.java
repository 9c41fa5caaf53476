package io.cofferdam.gateway;

import io.cofferdam.api.Experimental;
import io.cofferdam.traffic.Route;
import io.cofferdam.traffic.TrafficRouter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The embedded traffic router: a reverse proxy for HTTP/1.1, WebSocket upgrades among it, and for TCP. HTTP/2 is not spoken.
 * Nothing is written about requests.
 *
 * <p>Each request is given to a target by smooth weighted round robin. Clients keep their connections over any change of
 * routes; connections to targets are kept, too, for 30 s at the most and not beyond the target's time in the route. A
 * target that refused a connection is passed over for a second when there is another. A target has 5 s to accept a connection
 * and 60 s to begin its answer. Targets find the client in {@code X-Forwarded-For} (appended to what is there),
 * {@code X-Forwarded-Proto} and {@code X-Forwarded-Host} (left alone when there); {@code Host} is the client's. The gateway
 * answers itself, with a sentence, 503 when a route has no target with a share, 502 and 504 when none took the request
 * or answered it, 400, 414 and 431 when a request is not valid HTTP or its head is too long (a line 8 KiB, all of it 64 KiB).
 * A client that closes its half of the connection gives up its request.
 *
 * <pre>{@code
 * try (Gateway gateway = Gateway.detached(Path.of("/var/lib/shop/gateway"))) {
 *     gateway.apply("shop", routes);
 * }
 * }</pre>
 */
@Experimental
public final class Gateway implements TrafficRouter {

    private final TrafficRouter router;

    private Gateway(TrafficRouter router) {
        this.router = router;
    }

    /**
     * A gateway in this JVM. Its routes go with it.
     *
     * @return the gateway, to be closed by the caller
     */
    public static Gateway inProcess() {
        return new Gateway(new GatewayServer(routes -> {}));
    }

    /**
     * A gateway in a process of its own, which outlives this JVM and every other that uses it. Many may use it at once.
     * The process is started when there are routes and it does not run: by the first {@link #apply}, and after it was
     * killed or the machine was started again by the next call of any method, with the routes it had. Nothing is started
     * by this method itself, nor by a call when there never were routes.
     *
     * <p>The process runs the Java of this JVM from copies or the places of the jars it needs, with 64 MB of heap, in a
     * session of its own. It is spoken to through a Unix domain socket in the folder, which only this user may open.
     *
     * @param stateDirectory the folder of the gateway, made if it is not there, for its owner only; its path may have 90
     *     bytes at the most, because of its socket. One gateway has one folder
     * @return a connection to that gateway; closing it leaves the process and its routes alone
     * @throws io.cofferdam.error.StorageException if the folder cannot be made
     */
    public static Gateway detached(Path stateDirectory) {
        return new Gateway(new DetachedGateway(stateDirectory));
    }

    @Override
    public String name() {
        return router.name();
    }

    /**
     * {@inheritDoc}
     *
     * @throws io.cofferdam.error.StorageException if a detached gateway cannot write its state; the old routes are in force
     * @throws io.cofferdam.error.ClosedException if this has been closed
     */
    @Override
    public List<Route> apply(String project, List<Route> routes) {
        return router.apply(project, routes);
    }

    @Override
    public List<Route> routes(String project) {
        return router.routes(project);
    }

    @Override
    public boolean awaitDrained(String project, String target, Duration timeout) {
        return router.awaitDrained(project, target, timeout);
    }

    /**
     * Asks a detached gateway to end its process as soon as no project has routes: now, if that is so, or when the last
     * project has removed its routes. Until then {@link #apply} by anybody works as ever, and after that starts it again.
     * Does nothing for a gateway in this JVM.
     *
     * @return whether no process runs when this returns
     */
    public boolean stopWhenIdle() {
        return router instanceof DetachedGateway detached && detached.stopWhenIdle();
    }

    /**
     * The process of a detached gateway.
     *
     * @return the process; empty if none runs, or for a gateway in this JVM
     */
    public Optional<ProcessHandle> process() {
        return router instanceof DetachedGateway detached ? detached.process() : Optional.empty();
    }

    @Override
    public void close() {
        router.close();
    }
}
