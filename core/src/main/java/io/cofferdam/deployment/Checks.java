package io.cofferdam.deployment;

import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.traffic.Route;
import io.cofferdam.traffic.TrafficRouter;
import io.cofferdam.workload.InstanceStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks whether a release answers: each route of it takes a connection, and the host's own checks have nothing against it. */
final class Checks {

    private static final int PATIENCE_MILLIS = 5_000;
    private static final String THROUGH_THE_ROUTER = "through the router";

    private final String project;
    private final List<ReleaseCheck> own;

    @Nullable
    private final TrafficRouter router;

    Checks(String project, @Nullable TrafficRouter router, List<ReleaseCheck> own) {
        this.project = project;
        this.router = router;
        this.own = List.copyOf(own);
    }

    void check(String when, Goal goal, List<InstanceStatus> observed) {
        List<Route> routes = router == null ? List.of() : router.routes(project);
        if (THROUGH_THE_ROUTER.equals(when)) {
            routes.forEach(Checks::connect);
        }
        goal.application().ifPresent(application -> {
            for (ReleaseCheck check : own) {
                try {
                    check.check(when, application, observed, routes);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new OperationInterruptedException("the check " + when + " was interrupted", e);
                } catch (OperationInterruptedException e) {
                    throw e;
                } catch (Exception e) {
                    throw new CofferdamException(
                            "release " + application.version() + " of '" + project + "' did not pass the check " + when
                                    + ": " + e.getMessage(),
                            e);
                }
            }
        });
    }

    private static void connect(Route route) {
        if (route.targets().isEmpty()) {
            return;
        }
        String host = "0.0.0.0".equals(route.address()) ? "127.0.0.1" : route.address();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, route.port()), PATIENCE_MILLIS);
        } catch (IOException e) {
            throw new CofferdamException(
                    "route " + route.name() + " does not answer on " + host + ":" + route.port() + " (" + e.getMessage()
                            + "): the router has to listen there",
                    e);
        }
    }
}
