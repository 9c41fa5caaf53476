package io.cofferdam.memory;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Scheduler;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.driver.PlacedFile;
import io.cofferdam.driver.Unit;
import io.cofferdam.driver.UnitEvent;
import io.cofferdam.driver.Verdict;
import io.cofferdam.driver.Watch;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Mount;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.resource.Network;
import io.cofferdam.resource.Volume;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An engine in memory, shared by all that is opened on it: units whose software is interpreted, networks, volumes. It goes by a
 * time of the test's choice, and tells what happens from a thread for each who listens. It never fails by itself: what goes wrong
 * goes wrong on the way to it.
 */
final class MemoryEngine implements AutoCloseable {

    static final String NAME = "memory";

    final Clock clock;
    private final Scheduler scheduler;
    private final Threads threads;
    private final Map<String, MemoryUnit> units = new LinkedHashMap<>();
    private final Map<String, Network> networks = new TreeMap<>();
    private final Map<String, Volume> volumes = new TreeMap<>();
    private final Map<String, Map<String, MemoryFiles.File>> contents = new HashMap<>();
    private final Map<String, Object> claims = new ConcurrentHashMap<>();
    private final List<MemoryWatch> watches = new CopyOnWriteArrayList<>();
    private int made;

    MemoryEngine(Clock clock, Scheduler scheduler, Threads threads) {
        this.clock = clock;
        this.scheduler = scheduler;
        this.threads = threads;
    }

    // Units.

    String create(CreateRequest request) {
        if (request.spec().command().get(0).equals("sh")) {
            ScriptParser.parse(request.spec().command().get(2));
        }
        MemoryUnit unit;
        synchronized (this) {
            if (units.values().stream().anyMatch(other -> other.name.equals(request.name()))) {
                throw new NameTakenException("'" + request.name() + "' is taken (memory)");
            }
            Map<String, Map<String, MemoryFiles.File>> mounted = new HashMap<>();
            for (Mount mount : request.spec().mounts()) {
                Mount.Volume volume = (Mount.Volume) mount;
                ensureVolume(volume.volume(), Map.of());
                mounted.put(volume.target(), Objects.requireNonNull(contents.get(volume.volume())));
            }
            unit = new MemoryUnit("unit-" + ++made, request, new MemoryFiles(mounted), clock.instant());
            List<CreateRequest.Membership> memberships = new ArrayList<>(request.further());
            request.network().ifPresent(first -> memberships.add(0, first));
            for (CreateRequest.Membership membership : memberships) {
                requireNetwork(membership.network());
                unit.networks.put(membership.network(), membership.names());
            }
            request.spec().template().ifPresent(unit.files::copyFrom);
            units.put(unit.id, unit);
            tell(unit.event(UnitEvent.Kind.CREATED, clock.instant()));
        }
        return unit.id;
    }

    void start(String id, Deadline deadline) {
        MemoryUnit unit;
        MemoryProcess process;
        Instant since;
        synchronized (this) {
            unit = get(id);
            while (unit.isStarting) {
                awaitChange(deadline);
                unit = get(id);
            }
            if (unit.state.isAlive()) {
                return;
            }
            unit.networks.keySet().forEach(this::requireNetwork);
            MemoryUnit started = unit;
            process =
                    new MemoryProcess(unit.spec(), unit.files, scheduler, (stream, text) -> log(started, stream, text));
            process.prepare();
            unit.isStarting = true;
            unit.process = process;
            since = clock.instant();
        }
        MemoryUnit started = unit;
        AtomicBoolean isRunning = new AtomicBoolean();
        threads.start("process of " + unit.name, () -> {
            process.hasEnded(process.run());
            synchronized (this) {
                if (isRunning.get()) {
                    over(started, process);
                }
            }
        });
        process.awaitSettled();
        synchronized (this) {
            unit.isStarting = false;
            unit.runs(since);
            tell(unit.event(UnitEvent.Kind.STARTED, since));
            isRunning.set(true);
            if (process.exit() >= 0) {
                over(unit, process);
            }
            notifyAll();
        }
    }

    /** The process of a unit has ended; under the lock. */
    private void over(MemoryUnit unit, MemoryProcess process) {
        if (unit.process == process && unit.state == EnvironmentState.RUNNING) {
            tell(unit.ended(process.exit(), process.isAsked(), clock.instant()));
            process.isOver();
            notifyAll();
        }
    }

    void stop(String id, String signal, Duration grace, Deadline deadline) {
        MemoryProcess process;
        synchronized (this) {
            MemoryUnit unit = get(id);
            process = unit.process;
            if (process == null || unit.state != EnvironmentState.RUNNING) {
                return;
            }
        }
        end(process, signal, grace, deadline);
    }

    private void end(MemoryProcess process, String signal, Duration grace, Deadline deadline) {
        process.ask(grace.isZero() ? "KILL" : signal);
        var force = scheduler.schedule(grace, () -> process.ask("KILL"));
        try {
            process.awaitOver(deadline);
        } finally {
            force.cancel();
        }
    }

    void rename(String id, String name) {
        synchronized (this) {
            MemoryUnit unit = get(id);
            if (units.values().stream().anyMatch(other -> other != unit && other.name.equals(name))) {
                throw new NameTakenException("'" + name + "' is taken (memory)");
            }
            unit.name = name;
            tell(unit.event(UnitEvent.Kind.RENAMED, clock.instant()));
        }
    }

    void remove(String id, Deadline deadline) {
        synchronized (this) {
            MemoryUnit unit = units.get(id);
            while (unit != null && unit.isStarting) {
                awaitChange(deadline);
            }
            if (unit == null) {
                return;
            }
        }
        try {
            stop(id, "KILL", Duration.ZERO, deadline);
        } catch (NotFoundException removedMeanwhile) {
            return;
        }
        synchronized (this) {
            MemoryUnit unit = units.remove(id);
            if (unit != null) {
                tell(unit.event(UnitEvent.Kind.REMOVED, clock.instant()));
                notifyAll();
            }
        }
    }

    synchronized Unit inspect(String idOrName) {
        return get(idOrName).seen();
    }

    synchronized List<Unit> list(LabelSelector selector) {
        return units.values().stream()
                .map(MemoryUnit::seen)
                .filter(unit -> selector.matches(unit.status().labels()))
                .toList();
    }

    synchronized void remember(String id, Verdict verdict) {
        MemoryUnit unit = units.get(id);
        if (unit != null) {
            unit.verdict = verdict;
        }
    }

    synchronized void place(String id, List<PlacedFile> files) {
        MemoryUnit unit = get(id);
        files.forEach(file -> unit.files.write(file.target(), file.content(), file.mode()));
    }

    private MemoryUnit get(String idOrName) {
        MemoryUnit unit = units.get(idOrName);
        return unit != null
                ? unit
                : units.values().stream()
                        .filter(other -> other.name.equals(idOrName))
                        .findFirst()
                        .orElseThrow(() -> new NotFoundException("there is no unit '" + idOrName + "' (memory)"));
    }

    // What runs in them.

    ExecResult exec(String id, ExecSpec exec) {
        MemoryProcess process;
        synchronized (this) {
            MemoryUnit unit = get(id);
            process = unit.process;
            if (unit.state != EnvironmentState.RUNNING || process == null) {
                throw new WrongStateException("'" + unit.name + "' does not run (memory)");
            }
        }
        StringBuilder[] streams = {new StringBuilder(), new StringBuilder()};
        List<String> command = exec.command();
        int exit;
        switch (command.get(0)) {
            case "sh" ->
                exit = process.exec(
                        command.get(2),
                        exec.env(),
                        scheduler,
                        (isError, text) -> streams[isError ? 1 : 0].append(text));
            case "test" ->
                exit = process.exec(
                        String.join(" ", command), exec.env(), scheduler, (isError, text) -> streams[0].append(text));
            case "resolve" -> exit = reached(id, command.get(1)).isPresent() ? 0 : 1;
            case "fetch" -> {
                Optional<String> page = reached(id, command.get(1))
                        .filter(server -> server.listensOn(Integer.parseInt(command.get(2))))
                        .map(MemoryProcess::page);
                streams[0].append(page.orElse(""));
                exit = page.isPresent() ? 0 : 1;
            }
            default -> exit = 127;
        }
        return new ExecResult(exit, bytes(streams[0]), bytes(streams[1]), false);
    }

    private static byte[] bytes(StringBuilder text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The running member of a network of a unit that has a name there. */
    private synchronized Optional<MemoryProcess> reached(String id, String name) {
        MemoryUnit from = get(id);
        return units.values().stream()
                .filter(unit -> unit.state == EnvironmentState.RUNNING)
                .filter(unit -> unit.networks.entrySet().stream()
                        .anyMatch(network -> from.networks.containsKey(network.getKey())
                                && network.getValue().contains(name)))
                .flatMap(unit -> Optional.ofNullable(unit.process).stream())
                .findFirst();
    }

    synchronized boolean listens(String id, int port) {
        MemoryUnit unit = get(id);
        return unit.state == EnvironmentState.RUNNING && unit.process != null && unit.process.listensOn(port);
    }

    private synchronized void log(MemoryUnit unit, LogLine.Stream stream, String text) {
        text.lines().forEach(line -> unit.log.add(new LogLine(stream, clock.instant(), line, true)));
        notifyAll();
    }

    /** Delivers lines; goes on until the unit ends if wanted. */
    void readLines(String id, LogQuery query, boolean follow, Consumer<LogLine> sink, Deadline deadline) {
        int next = 0;
        boolean isFirst = true;
        while (true) {
            List<LogLine> lines;
            synchronized (this) {
                MemoryUnit unit = get(id);
                lines = List.copyOf(unit.log.subList(next, unit.log.size()));
                if (lines.isEmpty() && !isFirst) {
                    if (!follow || !(unit.state.isAlive() || unit.isStarting)) {
                        return;
                    }
                    awaitChange(deadline);
                    continue;
                }
            }
            next += lines.size();
            List<LogLine> wanted = lines.stream()
                    .filter(line -> line.stream() == LogLine.Stream.STDOUT ? query.stdout() : query.stderr())
                    .filter(line ->
                            query.since().map(from -> !line.at().isBefore(from)).orElse(true))
                    .toList();
            int most = isFirst ? query.tail().orElse(Integer.MAX_VALUE) : Integer.MAX_VALUE;
            wanted.subList(Math.max(0, wanted.size() - most), wanted.size()).forEach(sink);
            isFirst = false;
        }
    }

    /** Waits for a change of any unit; under the lock. */
    private void awaitChange(Deadline deadline) {
        try {
            deadline.check("waiting for a unit (memory)");
            TimeUnit.NANOSECONDS.timedWait(this, Math.min(deadline.remainingNanos(), 100_000_000));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("waiting for a unit (memory) was interrupted", e);
        }
    }

    // What they share.

    synchronized Network ensureNetwork(String name, Map<String, String> labels, boolean isInternal) {
        return networks.computeIfAbsent(
                name, key -> new Network("network-" + ++made, key, null, true, labels, isInternal, clock.instant()));
    }

    synchronized Network createNetwork(String name, Map<String, String> labels, boolean isInternal) {
        if (networks.containsKey(name)) {
            throw new NameTakenException("there is a network '" + name + "' (memory)");
        }
        return ensureNetwork(name, labels, isInternal);
    }

    synchronized List<Network> networks() {
        return List.copyOf(networks.values());
    }

    synchronized List<Network.Member> members(String network) {
        requireNetwork(network);
        return units.values().stream()
                .filter(unit -> unit.networks.containsKey(network))
                .map(unit -> new Network.Member(
                        unit.spec().name().orElseThrow(), unit.id, "", unit.networks.getOrDefault(network, List.of())))
                .toList();
    }

    synchronized boolean removeNetwork(String name) {
        if (units.values().stream().anyMatch(unit -> unit.networks.containsKey(name))) {
            return false;
        }
        networks.remove(name);
        return true;
    }

    synchronized void connect(String id, CreateRequest.Membership membership) {
        requireNetwork(membership.network());
        get(id).networks.put(membership.network(), membership.names());
    }

    synchronized void disconnect(String id, String network) {
        requireNetwork(network);
        get(id).networks.remove(network);
    }

    private void requireNetwork(String name) {
        if (!networks.containsKey(name)) {
            throw new NotFoundException("there is no network '" + name + "' (memory)");
        }
    }

    synchronized Volume ensureVolume(String name, Map<String, String> labels) {
        contents.computeIfAbsent(name, key -> new ConcurrentSkipListMap<>());
        return volumes.computeIfAbsent(name, key -> new Volume(key, labels, clock.instant()));
    }

    synchronized Volume createVolume(String name, Map<String, String> labels) {
        if (volumes.containsKey(name)) {
            throw new NameTakenException("there is a volume '" + name + "' (memory)");
        }
        return ensureVolume(name, labels);
    }

    synchronized List<Volume> volumes() {
        return List.copyOf(volumes.values());
    }

    synchronized void removeVolume(String name) {
        for (MemoryUnit unit : units.values()) {
            if (unit.uses(name)) {
                throw new WrongStateException(
                        "volume '" + name + "' is used by '" + unit.name + "' (memory); remove that first");
            }
        }
        volumes.remove(name);
        contents.remove(name);
    }

    // Who listens, and who cares.

    /** @param chance what becomes of each event on its way */
    Watch watch(Consumer<UnitEvent> sink, Faults faults) {
        MemoryWatch watch = new MemoryWatch(sink, faults, clock, ended -> watches.remove(ended));
        synchronized (this) {
            watches.add(watch);
        }
        threads.start("events", watch);
        return watch;
    }

    private void tell(UnitEvent event) {
        watches.forEach(watch -> watch.offer(event));
    }

    Optional<Watch> claim(String id, Object owner) {
        @Nullable Object other = claims.putIfAbsent(id, owner);
        return other == null || other == owner ? Optional.of(() -> claims.remove(id, owner)) : Optional.empty();
    }

    void unclaim(Object owner) {
        claims.values().removeIf(owner::equals);
    }

    @Override
    public void close() {
        threads.close();
    }
}
