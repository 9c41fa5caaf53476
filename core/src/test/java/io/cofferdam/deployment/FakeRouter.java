package io.cofferdam.deployment;

import io.cofferdam.traffic.Route;
import io.cofferdam.traffic.RouteTarget;
import io.cofferdam.traffic.TrafficRouter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** A router that only remembers what it was told, with one port that takes connections. */
final class FakeRouter implements TrafficRouter {

    private final ServerSocket port;
    private final Map<String, List<Route>> routes = new ConcurrentHashMap<>();
    final List<List<Route>> told = new ArrayList<>();
    final List<String> drained = new ArrayList<>();

    FakeRouter() {
        try {
            port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public synchronized List<Route> apply(String project, List<Route> wanted) {
        List<Route> chosen = wanted.stream()
                .map(route -> route.port() == 0 ? route.withPort(port.getLocalPort()) : route)
                .toList();
        routes.put(project, chosen);
        told.add(chosen);
        return chosen;
    }

    @Override
    public List<Route> routes(String project) {
        return routes.getOrDefault(project, List.of());
    }

    @Override
    public synchronized boolean awaitDrained(String project, String target, Duration timeout) {
        drained.add(target);
        return true;
    }

    /** The share of each target of the first route, in percent of all. */
    Map<String, Long> shares(String project) {
        List<Route> known = routes(project);
        if (known.isEmpty()) {
            return Map.of();
        }
        double sum =
                known.get(0).targets().stream().mapToDouble(RouteTarget::share).sum();
        Map<String, Long> shares = new TreeMap<>();
        known.get(0).targets().forEach(target -> shares.put(target.id(), Math.round(target.share() / sum * 100)));
        return shares;
    }

    @Override
    public void close() {
        try {
            port.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
