package io.cofferdam.deployment;

import io.cofferdam.application.Application;
import io.cofferdam.application.Service;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Protocol;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tells what cannot work of an application, a strategy and a router together, before anything is recorded. */
final class Combination {

    private Combination() {}

    /**
     * Checks all of it.
     *
     * @throws InvalidInputException with every reason why it cannot work, and the way out of each
     */
    static void check(Application application, String strategy, boolean hasRouter) {
        List<Problem> problems = new ArrayList<>();
        if (application.services().isEmpty()) {
            problems.add(new Problem("services", "there is no service to deploy", "give it one"));
        }
        Map<String, String> owners = new HashMap<>();
        for (Service service : application.services()) {
            ports(service, strategy, hasRouter, problems);
            taken(service, owners, problems);
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("the deployment of '" + application.project() + "'", problems);
        }
    }

    private static void ports(Service service, String strategy, boolean hasRouter, List<Problem> problems) {
        boolean isReplicated = service.replicas() > 1;
        boolean isDoubled = !strategy.equals("recreate");
        for (PortMapping port : service.template().ports()) {
            String where = "services." + service.name() + ".ports";
            boolean isFixed = port.hostPort().isPresent();
            if (port.protocol() == Protocol.UDP && isReplicated) {
                problems.add(new Problem(
                        where,
                        "UDP port " + port.port() + " of " + service.replicas()
                                + " instances needs a router that speaks UDP," + " and there is none",
                        "publish it with one replica only"));
            } else if (port.protocol() == Protocol.UDP && isFixed && isDoubled) {
                problems.add(new Problem(
                        where,
                        "UDP port " + port.hostPort().getAsInt()
                                + " of the host can only be had by one instance at a time",
                        "use the strategy recreate, or let the engine choose the host port"));
            } else if (port.protocol() == Protocol.TCP && isFixed && !hasRouter && isReplicated) {
                problems.add(new Problem(
                        where,
                        "port " + port.hostPort().getAsInt() + " of the host can only be had by one of "
                                + service.replicas() + " instances",
                        "use a router, one replica, or leave the host port out"));
            } else if (port.protocol() == Protocol.TCP && isFixed && !hasRouter && isDoubled) {
                problems.add(new Problem(
                        where,
                        "port " + port.hostPort().getAsInt()
                                + " of the host can only be had by the old or the new instance",
                        "use a router or the strategy recreate, or leave the host port out"));
            }
        }
    }

    private static void taken(Service service, Map<String, String> owners, List<Problem> problems) {
        for (PortMapping port : service.template().ports()) {
            if (port.hostPort().isEmpty()) {
                continue;
            }
            String address = port.hostAddress() + ":" + port.hostPort().getAsInt() + "/" + port.protocol();
            String other = owners.putIfAbsent(address, service.name());
            if (other != null && !other.equals(service.name())) {
                problems.add(new Problem(
                        "services." + service.name() + ".ports",
                        address + " of the host is published by service '" + other + "' too",
                        "give one of them another port"));
            }
        }
    }
}
