package io.cofferdam.gateway;

import io.cofferdam.traffic.Route;
import io.cofferdam.traffic.RouteProtocol;
import io.cofferdam.traffic.RouteTarget;
import java.nio.file.Path;
import java.util.List;

/** A JVM that routes and is then killed. Arguments: folder, project, port of the target. Says the route's port. */
final class Controller {

    private Controller() {}

    public static void main(String[] arguments) throws InterruptedException {
        Gateway gateway = Gateway.detached(Path.of(arguments[0]));
        RouteTarget target = new RouteTarget("only", "127.0.0.1", Integer.parseInt(arguments[2]), 1);
        Route route = gateway.apply(
                        arguments[1], List.of(new Route("web:80", "127.0.0.1", 0, RouteProtocol.HTTP, List.of(target))))
                .get(0);
        System.out.println(route.port());
        Thread.sleep(Long.MAX_VALUE);
    }
}
