package io.cofferdam.deployment;

import io.cofferdam.traffic.Route;
import io.cofferdam.traffic.RouteTarget;
import io.cofferdam.traffic.TrafficRouter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A router that only remembers what it was told. */
final class FakeRouter implements TrafficRouter {

    private final Map<String, List<Route>> routes = new ConcurrentHashMap<>();
    final List<List<Route>> told = new ArrayList<>();
    final List<String> drained = new ArrayList<>();

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public synchronized List<Route> apply(String project, List<Route> wanted) {
        routes.put(project, wanted);
        told.add(wanted);
        return wanted;
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
        double sum = known.get(0).targets().stream().mapToDouble(RouteTarget::share).sum();
        Map<String, Long> shares = new java.util.TreeMap<>();
        known.get(0).targets().forEach(target -> shares.put(target.id(), Math.round(target.share() / sum * 100)));
        return shares;
    }

    @Override
    public void close() {}
}
