package io.cofferdam.deployment;

import io.cofferdam.application.Application;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.environment.Protocol;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.NotReadyException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.StartFailedException;
import io.cofferdam.workload.Blueprint;
import io.cofferdam.workload.Condition;
import io.cofferdam.workload.Instance;
import io.cofferdam.workload.InstanceStatus;
import io.cofferdam.workload.Prepared;
import io.cofferdam.workload.Revision;
import io.cofferdam.workload.Workloads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An engine in memory. How an instance behaves is the first word of its service's command: {@code never} is never ready, {@code crash}
 * ends before it is, {@code refuse} cannot be started, everything else is ready at once. What happens is kept, bounds can be
 * asked for afterwards, and every operation can be told to do something else first.
 */
final class FakeWorkloads implements Workloads {

    final List<String> calls = new CopyOnWriteArrayList<>();
    volatile Consumer<String> before = call -> {};
    volatile boolean hasColours = true;

    /** How long instances of a service had to be ready the last time they were waited for. */
    final Map<String, Duration> patience = new ConcurrentHashMap<>();

    private final Map<String, InstanceStatus> instances = new LinkedHashMap<>();
    private final Map<String, Set<String>> joined = new HashMap<>();
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
    private int nextPort = 20_000;

    /** For each service the most instances there were at once, and the fewest available ones since it first had some. */
    private final Map<String, Integer> most = new HashMap<>();

    private final Map<String, Integer> fewest = new HashMap<>();

    private void call(String call) {
        before.accept(call);
        calls.add(call);
    }

    synchronized void watchBounds() {
        most.clear();
        fewest.clear();
        note();
    }

    synchronized int most(String service) {
        return most.getOrDefault(service, 0);
    }

    synchronized int fewestAvailable(String service) {
        return fewest.getOrDefault(service, 0);
    }

    private void note() {
        Map<String, Integer> all = new HashMap<>();
        Map<String, Integer> available = new HashMap<>();
        instances.values().forEach(one -> {
            all.merge(one.instance().service(), 1, Integer::sum);
            available.merge(one.instance().service(), one.instance().isAvailable() ? 1 : 0, Integer::sum);
        });
        all.forEach((service, count) -> most.merge(service, count, Math::max));
        fewest.keySet().forEach(service -> available.putIfAbsent(service, 0));
        available.forEach((service, count) -> fewest.merge(service, count, Math::min));
    }

    static String name(String project, Revision revision, int ordinal) {
        return project + "-" + revision.service() + "-" + revision.hash().substring(0, 8) + "-" + ordinal;
    }

    @Override
    public Prepared prepare(Application application, Consumer<String> progress, Duration timeout) {
        call("prepare " + application.version());
        Map<String, Revision> revisions = new HashMap<>();
        application
                .services()
                .forEach(service -> revisions.put(
                        service.name(), new Revision(service.name(), application.contentHash(service.name()))));
        return new Prepared(application, revisions);
    }

    @Override
    public synchronized List<InstanceStatus> list(String project, Function<String, Duration> minReady) {
        return instances.values().stream()
                .filter(one -> one.project().equals(project))
                .toList();
    }

    @Override
    public synchronized Optional<InstanceStatus> find(String project, Revision revision, int ordinal) {
        return Optional.ofNullable(instances.get(name(project, revision, ordinal)));
    }

    @Override
    public InstanceStatus start(Blueprint blueprint, int ordinal, Duration timeout) {
        String name = name(blueprint.project(), blueprint.revision(), ordinal);
        call("start " + name);
        if (behaviour(blueprint).equals("refuse")) {
            throw new StartFailedException("'" + name + "' cannot be started", null, List.of(), null);
        }
        synchronized (this) {
            InstanceStatus made = instances.computeIfAbsent(
                    name, key -> status(blueprint, ordinal, key, Condition.STARTING, nextPort++));
            note();
            changed();
            return made;
        }
    }

    private static String behaviour(Blueprint blueprint) {
        List<String> command = blueprint.service().template().command();
        return command.isEmpty() ? "" : command.get(0);
    }

    private static InstanceStatus status(Blueprint blueprint, int ordinal, String name, Condition condition, int port) {
        List<Endpoint> endpoints = blueprint.service().template().ports().stream()
                .map(mapping -> new Endpoint(mapping.port(), Protocol.TCP, "127.0.0.1", port))
                .toList();
        EnvironmentStatus environment = new EnvironmentStatus(
                "id-" + name,
                name,
                EnvironmentState.RUNNING,
                HealthStatus.NONE,
                null,
                Instant.EPOCH,
                Instant.EPOCH,
                null,
                0,
                false,
                "image",
                endpoints,
                Map.of());
        return new InstanceStatus(
                new Instance(blueprint.revision(), ordinal, condition),
                blueprint.project(),
                blueprint.deployment(),
                blueprint.colour(),
                environment);
    }

    private InstanceStatus become(String name, Condition condition) {
        InstanceStatus old = instances.get(name);
        if (old == null) {
            throw new NotFoundException("there is no instance '" + name + "'");
        }
        InstanceStatus changed = new InstanceStatus(
                old.instance().in(condition), old.project(), old.deployment(), old.colour(), old.environment());
        instances.put(name, changed);
        note();
        changed();
        return changed;
    }

    private void changed() {
        watchers.forEach(Runnable::run);
    }

    @Override
    public InstanceStatus awaitAvailable(Blueprint blueprint, int ordinal, Duration minReady, Duration timeout) {
        String name = name(blueprint.project(), blueprint.revision(), ordinal);
        call("await " + name);
        patience.put(blueprint.service().name(), minReady);
        switch (behaviour(blueprint)) {
            case "never" -> {
                try {
                    Thread.sleep(timeout.toMillis());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new OperationInterruptedException("waiting for '" + name + "' was interrupted", e);
                }
                throw new OperationTimeoutException("'" + name + "' was not available in time", null);
            }
            case "crash" -> {
                synchronized (this) {
                    become(name, Condition.UNAVAILABLE);
                }
                throw new NotReadyException("'" + name + "' ended with exit code 1", null, List.of());
            }
            default -> {
                synchronized (this) {
                    return become(name, Condition.AVAILABLE);
                }
            }
        }
    }

    @Override
    public InstanceStatus runOnce(Blueprint blueprint, Duration timeout) {
        start(blueprint, 1, timeout);
        if (behaviour(blueprint).equals("crash")) {
            throw new NotReadyException("the task ended with exit code 1", null, List.of());
        }
        synchronized (this) {
            return become(name(blueprint.project(), blueprint.revision(), 1), Condition.SUCCEEDED);
        }
    }

    /** Somebody else ends an instance. */
    synchronized void kill(String name) {
        become(name, Condition.UNAVAILABLE);
    }

    @Override
    public void remove(String project, Revision revision, int ordinal) {
        String name = name(project, revision, ordinal);
        call("remove " + name);
        synchronized (this) {
            instances.remove(name);
            note();
            changed();
        }
    }

    @Override
    public synchronized void join(Blueprint blueprint, Set<String> colours) {
        joined.put(blueprint.revision().service(), new HashSet<>(colours));
    }

    synchronized Set<String> coloursOf(String service) {
        return Set.copyOf(joined.getOrDefault(service, Set.of()));
    }

    @Override
    public boolean hasColours() {
        return hasColours;
    }

    @Override
    public AutoCloseable watch(String project, Runnable changed) {
        watchers.add(changed);
        return () -> watchers.remove(changed);
    }

    @Override
    public void tidy(String project, Set<String> colours, boolean volumes) {
        calls.add("tidy " + new ArrayList<>(colours) + (volumes ? " with volumes" : ""));
    }

    synchronized List<String> names() {
        return instances.keySet().stream().sorted().toList();
    }
}
