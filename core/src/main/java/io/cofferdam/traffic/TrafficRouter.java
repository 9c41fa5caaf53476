package io.cofferdam.traffic;

import io.cofferdam.api.Experimental;
import java.time.Duration;
import java.util.List;

/**
 * A reverse proxy that stands before the services of projects: it keeps the addresses that callers use while instances come and
 * go. What it does is said as a whole, never as a change, so saying it twice is harmless. Implementations are thread-safe.
 *
 * <p>What is asked of every router: a change of shares breaks no connection and no request that is under way; a request whose
 * target refuses the connection, or closes it before any byte of an answer, is tried at another one when it may be
 * repeated (GET, HEAD, OPTIONS and TRACE without a body), and never otherwise; a connection that was refused was never a
 * request, so any request may go to another target then. Bodies are streamed in both directions.
 *
 * <pre>{@code
 * router.apply("shop", List.of(new Route("web:80", "127.0.0.1", 8080, RouteProtocol.HTTP, List.of(
 *         new RouteTarget("shop-web-3f9c-1", "127.0.0.1", 40001, 90),
 *         new RouteTarget("shop-web-77ab-1", "127.0.0.1", 40002, 10)))));
 * }</pre>
 */
@Experimental
public interface TrafficRouter extends AutoCloseable {

    /**
     * Its name in records and messages.
     *
     * @return for example {@code gateway}
     */
    String name();

    /**
     * Makes the routes of a project exactly these. When it returns, every request that begins goes by them. Either all
     * of them are in force then or, after an exception, those from before.
     *
     * @param project the project; routes of other projects are left alone
     * @param routes the routes; none removes all of them and frees their ports
     * @return the routes with the ports that were chosen
     * @throws io.cofferdam.error.PortTakenException if a port is taken by something else
     * @throws io.cofferdam.error.InvalidInputException if a route cannot be served at all, with every reason
     * @throws io.cofferdam.error.EngineUnavailableException if the router cannot be reached
     * @throws io.cofferdam.error.OperationTimeoutException if it does not answer in time
     */
    List<Route> apply(String project, List<Route> routes);

    /**
     * The routes of a project that are in force, also those that another JVM gave a router which outlives it.
     *
     * @param project the project
     * @return the routes; empty if it has none
     */
    List<Route> routes(String project);

    /**
     * Waits until nothing is under way to a target any more: no request, and no connection of a TCP route or an upgraded
     * request. The target should have no share by then.
     *
     * @param project the project
     * @param target the target's id
     * @param timeout how long to wait at the most; 0 only looks
     * @return whether nothing is under way; true for an unknown target
     * @throws io.cofferdam.error.OperationInterruptedException if the thread is interrupted
     */
    boolean awaitDrained(String project, String target, Duration timeout);

    /** Detaches from the router, or ends it if it lives in this JVM. Does nothing the second time. */
    @Override
    void close();
}
