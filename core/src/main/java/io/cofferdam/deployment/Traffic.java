package io.cofferdam.deployment;

import io.cofferdam.application.Application;
import io.cofferdam.traffic.Route;
import io.cofferdam.traffic.TrafficRouter;
import io.cofferdam.workload.InstanceStatus;
import io.cofferdam.workload.Revision;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Keeps the router of one project in step with its instances. Thread-safe; the router is told one thing after the other. */
final class Traffic {

    private final String project;
    private final Observation observation;

    @Nullable
    private final TrafficRouter router;

    /** Throws if somebody else has the project by now: routers know no tokens. */
    private final Runnable ownership;

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock, as the rest. */
    private final Set<String> drained = new HashSet<>();

    private List<Application> applications = List.of();
    private Map<String, Map<Revision, Integer>> weights = Map.of();

    @Nullable
    private List<Route> told;

    Traffic(String project, Observation observation, @Nullable TrafficRouter router, Runnable ownership) {
        this.project = project;
        this.observation = observation;
        this.router = router;
        this.ownership = ownership;
    }

    boolean hasRouter() {
        return router != null;
    }

    /** Which releases have addresses, and who gets what of it. */
    void direct(List<Application> of, Map<String, Map<Revision, Integer>> shares) {
        lock.lock();
        try {
            applications = List.copyOf(of);
            weights = Map.copyOf(shares);
            refresh();
        } finally {
            lock.unlock();
        }
    }

    /** Gives revisions other shares. */
    void shift(Map<String, Map<Revision, Integer>> shares) {
        lock.lock();
        try {
            weights = Map.copyOf(shares);
            refresh();
        } finally {
            lock.unlock();
        }
    }

    /** Tells the router where instances are now, if it is not as it was told last. */
    void refresh() {
        TrafficRouter known = router;
        if (known == null) {
            return;
        }
        lock.lock();
        try {
            List<InstanceStatus> observed = observation.now();
            drained.retainAll(observed.stream().map(InstanceStatus::name).toList());
            List<Route> inForce = told == null ? known.routes(project) : told;
            List<Route> routes = RouteTable.of(applications, observed, weights, drained, inForce);
            if (!routes.equals(told)) {
                ownership.run();
                known.apply(project, routes);
                told = routes;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets an instance finish what it has, and nothing new. */
    void drain(String instance, Duration timeout) {
        TrafficRouter known = router;
        if (known == null) {
            return;
        }
        lock.lock();
        try {
            drained.add(instance);
            refresh();
        } finally {
            lock.unlock();
        }
        known.awaitDrained(project, instance, timeout);
    }

    /** Lets an instance of that name have traffic when it is there again. */
    void undrain(String instance) {
        lock.lock();
        try {
            drained.remove(instance);
        } finally {
            lock.unlock();
        }
    }

    /** Takes all addresses away. */
    void end() {
        direct(List.of(), Map.of());
    }
}
