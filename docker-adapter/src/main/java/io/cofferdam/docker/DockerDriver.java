package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Sleeper;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.docker.watcher.DockerSweeper;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.driver.EngineDriver;
import io.cofferdam.driver.LogSink;
import io.cofferdam.driver.PlacedFile;
import io.cofferdam.driver.SnapshotStore;
import io.cofferdam.driver.StreamControl;
import io.cofferdam.driver.Unit;
import io.cofferdam.driver.UnitEvent;
import io.cofferdam.driver.Watch;
import io.cofferdam.driver.WatchPlan;
import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.Discovery;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.EngineInfo;
import io.cofferdam.environment.AttachSpec;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.ResourceUsage;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.resource.Images;
import io.cofferdam.resource.Network;
import io.cofferdam.resource.NetworkSpec;
import io.cofferdam.resource.Networks;
import io.cofferdam.resource.Volume;
import io.cofferdam.resource.Volumes;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Hands each operation to the class that does it, and owns what they share: connections and threads. */
final class DockerDriver implements EngineDriver {

    private final EngineFacts engine;
    private final EngineConfig config;
    private final Threads threads;
    private final EngineHttp http;
    private final Containers containers;
    private final Stop stop;
    private final Logs logs;
    private final Exec exec;
    private final Attach attach;
    private final Archives archives;
    private final Usage usage;
    private final ProbeAddresses probeAddresses;
    private final DockerImages images;
    private final DockerNetworks networks;
    private final DockerVolumes volumes;
    private final DockerSnapshots snapshots;
    private final Capabilities capabilities;

    private DockerDriver(EngineFacts engine, EngineConfig config, Surroundings around, Threads threads) {
        this.engine = engine;
        this.config = config;
        this.threads = threads;
        http = new EngineHttp(engine.address(), engine.api(), config.parallelism(), threads);
        Names names = new Names();
        capabilities = engine.capabilities();
        images = new DockerImages(http, config, around, threads, capabilities);
        networks = new DockerNetworks(http, config, engine.engineId());
        volumes = new DockerVolumes(http, config);
        Origins origins = new Origins();
        containers = new Containers(
                http,
                new ContainerBody(config.volumePrefix(), engine.limitsSwap(), engine.hasLogDriver("local")),
                new ContainerFacts(engine.address(), origins),
                networks,
                volumes,
                threads,
                names);
        stop = new Stop(http, engine.api(), names);
        logs = new Logs(http, containers, names);
        exec = new Exec(http, threads, names);
        attach = new Attach(http, containers, threads, names);
        archives = new Archives(http, names);
        usage = new Usage(http, engine.api(), engine.memory(), names);
        probeAddresses = new ProbeAddresses(containers, engine.mayReachBridges(), config.callTimeout(), names);
        snapshots = new DockerSnapshots(http, containers, volumes, origins);
    }

    /**
     * Finds an engine and opens a driver for it.
     *
     * @throws io.cofferdam.error.EngineUnavailableException if there is none
     * @throws io.cofferdam.error.EngineVersionException if there is one, but of the wrong version
     */
    static DockerDriver open(EngineConfig config, Surroundings around) {
        Threads threads = Threads.named("cofferdam-docker");
        try {
            EngineSearch search = new EngineSearch(config, around, threads);
            EngineFacts found = search.run();
            if (found == null) {
                var wrongVersion = search.wrongVersion();
                throw wrongVersion != null
                        ? wrongVersion
                        : Discovery.missing(DockerProvider.NAME, search.rejected())
                                .unavailable();
            }
            if (config.volumeDirectory().isPresent() && !found.address().isLocal()) {
                throw new InvalidInputException(
                        "engine configuration",
                        List.of(new Problem(
                                "volumeDirectory",
                                "the engine at " + found.address() + " is on another host, where this library makes no"
                                        + " folders",
                                "leave it out")));
            }
            return new DockerDriver(found, config, around, threads);
        } catch (RuntimeException failure) {
            threads.close();
            throw failure;
        }
    }

    @Override
    public EngineInfo info(Deadline deadline) {
        return ask(deadline).engineInfo();
    }

    private EngineFacts ask(Deadline deadline) {
        Operation operation = Operation.of("ask", "asking", "the engine about itself");
        JsonNode version = http.json(operation, HttpRequest.get("/version"), deadline);
        JsonNode info = http.json(operation, HttpRequest.get("/info"), deadline);
        return new EngineFacts(engine.address(), engine.api(), version, info);
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public boolean stagesCopies() {
        return true;
    }

    @Override
    public boolean isLocal() {
        return engine.address().isLocal();
    }

    @Override
    public String create(CreateRequest request, Deadline deadline) {
        CreateRequest.Origin origin = request.origin();
        return origin == null ? containers.create(request, deadline) : snapshots.create(request, origin, deadline);
    }

    @Override
    public void start(String id, Deadline deadline) {
        probeAddresses.forget(id);
        containers.start(id, deadline);
    }

    @Override
    public void stop(String id, String signal, Duration grace, Deadline deadline) {
        stop.stop(id, signal, grace, deadline);
    }

    @Override
    public void pause(String id, Deadline deadline) {
        containers.pause(id, deadline);
    }

    @Override
    public void resume(String id, Deadline deadline) {
        containers.resume(id, deadline);
    }

    @Override
    public void rename(String id, String name, Deadline deadline) {
        containers.rename(id, name, deadline);
    }

    @Override
    public void remove(String id, Deadline deadline) {
        probeAddresses.forget(id);
        containers.remove(id, deadline);
        snapshots.containerRemoved(id);
    }

    @Override
    public Unit inspect(String id, Deadline deadline) {
        return containers.inspect(id, deadline);
    }

    @Override
    public List<Unit> list(LabelSelector selector, Deadline deadline) {
        return containers.list(selector, deadline);
    }

    @Override
    public ExecResult exec(String id, ExecSpec spec, Deadline deadline) {
        return exec.run(id, spec, deadline);
    }

    @Override
    public ExecResult exec(String id, ExecSpec spec, StreamControl control, Deadline deadline) {
        return exec.run(id, spec, control, deadline);
    }

    @Override
    public void attach(String id, AttachSpec spec, StreamControl control, Deadline deadline) {
        attach.run(id, spec, control, deadline);
    }

    @Override
    public void copyLogs(String id, LogQuery query, LogSink sink, Deadline deadline) {
        logs.copy(id, query, sink, deadline);
    }

    @Override
    public void readLines(String id, LogQuery query, boolean follow, Consumer<LogLine> sink, Deadline deadline) {
        logs.lines(id, query, follow, sink, deadline);
    }

    @Override
    public void copyIn(String id, Path source, String target, Deadline deadline) {
        archives.copyIn(id, source, target, deadline);
    }

    @Override
    public void place(String id, List<PlacedFile> files, Deadline deadline) {
        archives.place(id, files, deadline);
    }

    @Override
    public void copyOut(String id, String source, Path target, Deadline deadline) {
        archives.copyOut(id, source, target, deadline);
    }

    @Override
    public ResourceUsage usage(String id, Deadline deadline) {
        return usage.of(id, deadline);
    }

    @Override
    public Watch watch(Consumer<UnitEvent> sink) {
        Deadline deadline = Deadline.in(config.callTimeout());
        return EventStream.open(http, threads, sink, Sleeper.system(), engineTime(deadline), deadline);
    }

    /** A moment of the engine's clock that is not later than now: on the same kernel our own, else to the second. */
    private Instant engineTime(Deadline deadline) {
        if (engine.mayReachBridges()) {
            return Instant.now();
        }
        Operation operation = Operation.of("ask", "asking", "the engine for its time");
        return http.call(
                operation,
                HttpRequest.get("/_ping"),
                deadline,
                reply -> reply.header("Date")
                        .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                                .toInstant())
                        .orElseGet(Instant::now));
    }

    @Override
    public boolean checksHealth(Probe probe) {
        return probe instanceof Probe.Command;
    }

    @Override
    public Optional<InetSocketAddress> probeAddress(Unit unit, int port) {
        return probeAddresses.of(unit, port);
    }

    @Override
    public boolean acceptsEarly() {
        return true; // the engine's proxy listens before the software inside does
    }

    @Override
    public Network createNetwork(NetworkSpec spec, Map<String, String> labels, Deadline deadline) {
        return networks.create(spec, labels, deadline);
    }

    @Override
    public void connect(String id, CreateRequest.Membership membership, Deadline deadline) {
        probeAddresses.forget(id);
        containers.connect(id, membership, deadline);
    }

    @Override
    public void disconnect(String id, String network, Deadline deadline) {
        probeAddresses.forget(id);
        containers.disconnect(id, network, deadline);
    }

    @Override
    public Volume createVolume(String name, Map<String, String> labels, Deadline deadline) {
        return volumes.create(name, labels, deadline);
    }

    @Override
    public Optional<WatchPlan> watchPlan() {
        return WatchSettings.of(engine.address(), engine.api())
                .map(settings ->
                        new WatchPlan(DockerSweeper.class, DockerSweeper::new, DockerSweeper.parts(), settings));
    }

    @Override
    public Images images() {
        return images;
    }

    @Override
    public Networks networks() {
        return networks;
    }

    @Override
    public Volumes volumes() {
        return volumes;
    }

    @Override
    public SnapshotStore snapshots() {
        return snapshots;
    }

    @Override
    public void close() {
        http.close();
        threads.close();
    }

    /** Where the engine is; nothing of what runs on it. */
    @Override
    public String toString() {
        return "DockerDriver[" + engine.address() + "]";
    }
}
