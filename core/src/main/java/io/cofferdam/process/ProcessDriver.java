package io.cofferdam.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.driver.EngineDriver;
import io.cofferdam.driver.LogSink;
import io.cofferdam.driver.LogTail;
import io.cofferdam.driver.SnapshotStore;
import io.cofferdam.driver.Unit;
import io.cofferdam.driver.UnitEvent;
import io.cofferdam.driver.Verdict;
import io.cofferdam.driver.Watch;
import io.cofferdam.driver.WatchPlan;
import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.EngineInfo;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Protocol;
import io.cofferdam.environment.ResourceUsage;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.process.watcher.ProcessSweeper;
import io.cofferdam.resource.Images;
import io.cofferdam.resource.Network;
import io.cofferdam.resource.NetworkSpec;
import io.cofferdam.resource.Networks;
import io.cofferdam.resource.Volume;
import io.cofferdam.resource.Volumes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The engine driver for processes: each method finds the environment and hands the work to the part that does it. */
final class ProcessDriver implements EngineDriver {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ProcessParts parts;
    private final AtomicBoolean closed = new AtomicBoolean();

    ProcessDriver(EngineConfig config) {
        parts = new ProcessParts(config);
    }

    @Override
    public EngineInfo info(Deadline deadline) {
        enter("asking about the engine", deadline);
        return parts.info();
    }

    @Override
    public Capabilities capabilities() {
        return parts.capabilities;
    }

    @Override
    public boolean isLocal() {
        return true;
    }

    @Override
    public String create(CreateRequest request, Deadline deadline) {
        enter("creating '" + request.name() + "'", deadline);
        String id = parts.maker.make(request, deadline);
        parts.observer.look(id);
        return id;
    }

    @Override
    public void start(String id, Deadline deadline) {
        UnitRecord unit = enter("starting", id, deadline);
        parts.runner.start(unit, deadline);
    }

    @Override
    public void stop(String id, String signal, Duration grace, Deadline deadline) {
        UnitRecord unit = enter("stopping", id, deadline);
        parts.runner.stop(unit, signal, grace, deadline);
    }

    @Override
    public void pause(String id, Deadline deadline) {
        parts.runner.pause(enter("pausing", id, deadline), deadline);
    }

    @Override
    public void resume(String id, Deadline deadline) {
        parts.runner.resume(enter("resuming", id, deadline), deadline);
    }

    @Override
    public void rename(String id, String name, Deadline deadline) {
        UnitRecord unit = enter("renaming", id, deadline);
        String what = "renaming '" + unit.engineName() + "'";
        UnitDirectory directory = parts.state.unit(id);
        parts.runner.exclusively(directory, deadline, what, () -> {
            UnitRecord before = parts.units.read(id).orElse(unit);
            if (before.engineName().equals(name)) {
                return;
            }
            parts.units.claimName(name, id);
            try {
                parts.units.write(before.renamed(name));
            } catch (IOException | RuntimeException e) {
                parts.units.releaseName(name, id);
                throw e;
            }
            parts.units.releaseName(before.engineName(), id);
        });
        parts.observer.look(id);
    }

    @Override
    public void remove(String id, Deadline deadline) {
        enter("removing an environment", deadline);
        Optional<UnitRecord> unit = parts.units.read(id);
        if (unit.isPresent()) {
            parts.runner.remove(unit.get(), deadline);
        }
    }

    @Override
    public Unit inspect(String id, Deadline deadline) {
        enter("inspecting an environment", deadline);
        return unit(parts.units.find(id));
    }

    @Override
    public List<Unit> list(LabelSelector selector, Deadline deadline) {
        enter("listing environments", deadline);
        return parts.units.all().stream()
                .filter(unit -> selector.matches(unit.labels()))
                .map(this::unit)
                .toList();
    }

    private Unit unit(UnitRecord unit) {
        UnitDirectory directory = parts.state.unit(unit.id());
        Run run = parts.runs.read(directory);
        Verdict verdict = verdict(directory);
        EnvironmentStatus status = new EnvironmentStatus(
                unit.id(),
                unit.name(),
                run.state(),
                verdict.health(),
                run.exit(),
                unit.created(),
                run.started(),
                run.finished(),
                verdict.restarts(),
                run.outOfMemory(),
                unit.source(),
                run.isAlive() ? endpoints(unit, directory) : List.of(),
                unit.labels());
        return new Unit(status, unit.engineName(), unit.spec().env());
    }

    private List<Endpoint> endpoints(UnitRecord unit, UnitDirectory directory) {
        if (unit.spec().ports().isEmpty()) {
            return List.of();
        }
        return member(directory)
                .map(member -> parts.relays.endpoints(directory.path(), unit.spec(), member))
                .orElse(List.of());
    }

    private Optional<NetworkMember> member(UnitDirectory directory) {
        try {
            return Optional.of(parts.networks.member(directory.path()));
        } catch (NotFoundException removedMeanwhile) {
            return Optional.empty();
        }
    }

    private static Verdict verdict(UnitDirectory directory) {
        return AtomicFile.read(directory.verdict())
                .map(json -> {
                    try {
                        JsonNode node = JSON.readTree(json);
                        return new Verdict(
                                HealthStatus.valueOf(node.path("health").asText()),
                                node.path("restarts").asInt());
                    } catch (JsonProcessingException e) {
                        throw Failures.of("reading " + directory.verdict(), e);
                    }
                })
                .orElse(new Verdict(HealthStatus.NONE, 0));
    }

    @Override
    public ExecResult exec(String id, ExecSpec exec, Deadline deadline) {
        return parts.runner.exec(enter("running a command in", id, deadline), exec, deadline);
    }

    @Override
    public void copyLogs(String id, LogQuery query, LogSink sink, Deadline deadline) {
        UnitRecord unit = enter("reading the logs of", id, deadline);
        String what = "reading the logs of '" + unit.name() + "'";
        try {
            parts.logs.copy(parts.state.unit(id), query, sink, deadline, what);
        } catch (IOException e) {
            throw Failures.of(what, e);
        }
    }

    @Override
    public void readLines(String id, LogQuery query, boolean follow, Consumer<LogLine> sink, Deadline deadline) {
        UnitRecord unit = enter("reading the logs of", id, deadline);
        String what = "reading the logs of '" + unit.name() + "'";
        UnitDirectory directory = parts.state.unit(id);
        try {
            parts.logs.lines(
                    directory,
                    query,
                    follow,
                    sink,
                    () -> {
                        ensureOpen(what);
                        return !parts.runs.read(directory).isAlive();
                    },
                    deadline,
                    what);
        } catch (IOException e) {
            if (!Files.isDirectory(directory.path())) {
                // Removed while it was followed: that is an end like another.
                return;
            }
            throw Failures.of(what, e);
        }
    }

    @Override
    public LogTail tail(String id, LogQuery query) {
        String what = "reading the logs of '" + id + "'";
        UnitDirectory directory = parts.state.unit(id);
        UnitLogs.Tail tail = parts.logs.tail(
                directory,
                query,
                () -> {
                    ensureOpen(what);
                    return !parts.runs.read(directory).isAlive();
                },
                what);
        return (sink, deadline) -> {
            enter("reading the logs of", id, deadline);
            try {
                tail.read(sink, deadline);
            } catch (IOException e) {
                if (!Files.isDirectory(directory.path())) {
                    // Removed while it was followed: that is an end like another.
                    return;
                }
                throw Failures.of(what, e);
            }
        };
    }

    @Override
    public void copyIn(String id, Path source, String target, Deadline deadline) {
        UnitRecord unit = enter("copying into", id, deadline);
        String what = "copying " + source + " into '" + unit.name() + "'";
        try {
            Optional<UserSwitch.User> owner = unit.spec().user().map(user -> parts.users.find(user, deadline));
            InsidePaths paths = parts.maker.paths(parts.state.unit(id), unit.spec());
            parts.copies.in(paths, source, target, owner, deadline, what);
        } catch (IOException e) {
            throw Failures.of(what, e);
        }
    }

    @Override
    public Optional<Path> artifacts() {
        return Optional.of(parts.state.artifacts());
    }

    @Override
    public void copyOut(String id, String source, Path target, Deadline deadline) {
        UnitRecord unit = enter("copying out of", id, deadline);
        String what = "copying '" + source + "' out of '" + unit.name() + "'";
        try {
            InsidePaths paths = parts.maker.paths(parts.state.unit(id), unit.spec());
            parts.copies.out(paths, source, target, deadline, what);
        } catch (IOException e) {
            throw Failures.of(what, e);
        }
    }

    @Override
    public ResourceUsage usage(String id, Deadline deadline) {
        UnitRecord unit = enter("measuring", id, deadline);
        Run run = parts.runs.read(parts.state.unit(id));
        if (!run.isAlive()) {
            throw new WrongStateException(
                    "could not measure what '" + unit.name() + "' uses (process): it does not run; start it first");
        }
        return parts.usage.of(
                parts.tree.members(id, run, false), unit.spec().limits().memoryBytes());
    }

    @Override
    public Watch watch(Consumer<UnitEvent> sink) {
        ensureOpen("watching");
        return parts.observer.watch(sink);
    }

    /**
     * A published port is asked for where it is published, so that it is reachable once it is said to be: relays listen
     * only while the software inside does.
     */
    @Override
    public Optional<InetSocketAddress> probeAddress(Unit unit, int port) {
        if (unit.status().state() != EnvironmentState.RUNNING) {
            return Optional.empty();
        }
        return unit.status().endpoints().stream()
                .filter(endpoint -> endpoint.port() == port && endpoint.protocol() == Protocol.TCP)
                .findFirst()
                .map(Endpoint::address)
                .or(() -> member(parts.state.unit(unit.status().id()))
                        .filter(member -> !member.isolated() || isProbed(unit, port))
                        .map(member -> new InetSocketAddress(member.address(), port)));
    }

    /** Whether there is a relay to it because its specification has it probed. */
    private boolean isProbed(Unit unit, int port) {
        return parts.units.read(unit.status().id()).stream()
                .flatMap(record -> ProbedPorts.unpublished(record.spec()).stream())
                .anyMatch(mapping -> mapping.port() == port);
    }

    @Override
    public Optional<Boolean> isListening(Unit unit, int port) {
        UnitDirectory directory = parts.state.unit(unit.status().id());
        ProcessKey main = parts.runs.read(directory).main();
        return main == null
                ? Optional.empty()
                : member(directory).map(member -> Listeners.has(main.pid(), member.address(), port));
    }

    @Override
    public Optional<Watch> claim(String id) {
        UnitRecord unit = enter("claiming", id, Deadline.none());
        Path place = parts.state.unit(id).claims().resolve("care");
        String what = "claiming '" + unit.name() + "'";
        return parts.locks.tryClaim(place, what).map(claim -> {
            AtomicBoolean given = new AtomicBoolean();
            return () -> {
                if (given.compareAndSet(false, true)) {
                    try {
                        claim.release();
                    } catch (IOException e) {
                        throw Failures.of(what, e);
                    }
                }
            };
        });
    }

    @Override
    public void remember(String id, Verdict verdict) {
        UnitRecord unit = enter("remembering", id, Deadline.none());
        String json = JSON.createObjectNode()
                .put("health", verdict.health().name())
                .put("restarts", verdict.restarts())
                .toString();
        try {
            AtomicFile.write(parts.state.unit(id).verdict(), json);
        } catch (IOException e) {
            throw Failures.of("remembering how '" + unit.name() + "' is", e);
        }
    }

    @Override
    public Network createNetwork(NetworkSpec spec, Map<String, String> labels, Deadline deadline) {
        enter("making network '" + spec.name() + "'", deadline);
        return parts.networks.create(spec.name(), labels);
    }

    @Override
    public Volume createVolume(String name, Map<String, String> labels, Deadline deadline) {
        enter("making volume '" + name + "'", deadline);
        return parts.volumes.create(name, labels);
    }

    @Override
    public Optional<WatchPlan> watchPlan() {
        // Windows has no signals and no way to find a tree of processes whose root has ended.
        return parts.host.isPosix()
                ? Optional.of(new WatchPlan(
                        ProcessSweeper.class,
                        ProcessSweeper::new,
                        ProcessSweeper.parts(),
                        Map.of(
                                ProcessSweeper.STATE,
                                parts.state.root().toAbsolutePath().toString(),
                                ProcessSweeper.VOLUMES,
                                parts.state.volumes().toAbsolutePath().toString())))
                : Optional.empty();
    }

    @Override
    public Images images() {
        return parts.images;
    }

    @Override
    public boolean hasColours() {
        return parts.networks.hasColours();
    }

    @Override
    public void recolour(String id, Set<String> colours, Deadline deadline) {
        UnitRecord unit = parts.units.find(id);
        parts.networks.recolour(unit.engineName(), parts.state.unit(unit.id()).path(), colours);
    }

    @Override
    public Networks networks() {
        return parts.networks;
    }

    @Override
    public Volumes volumes() {
        return parts.volumes;
    }

    @Override
    public SnapshotStore snapshots() {
        ensureOpen("asking for snapshots");
        return parts.snapshots;
    }

    /** The beginning of every operation on one environment. */
    private UnitRecord enter(String doing, String id, Deadline deadline) {
        enter(doing + " '" + id + "'", deadline);
        return parts.units
                .read(id)
                .orElseThrow(() -> new NotFoundException(doing + " '" + id
                        + "' failed (process): there is no such environment; it may have been removed"));
    }

    private void enter(String what, Deadline deadline) {
        ensureOpen(what);
        Trees.check(deadline, what);
    }

    private void ensureOpen(String what) {
        if (closed.get()) {
            throw new ClosedException(what + " failed: the process engine was closed");
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            parts.close();
        }
    }

    /** For tests: the threads that must be gone after the close. */
    Threads threads() {
        return parts.threads;
    }
}
