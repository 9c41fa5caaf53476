package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Sleeper;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.driver.EngineDriver;
import io.cofferdam.driver.LogSink;
import io.cofferdam.driver.LogTail;
import io.cofferdam.driver.PlacedFile;
import io.cofferdam.driver.StreamControl;
import io.cofferdam.driver.Unit;
import io.cofferdam.driver.UnitEvent;
import io.cofferdam.driver.Unsupported;
import io.cofferdam.driver.Verdict;
import io.cofferdam.driver.Watch;
import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Discovery;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.EngineInfo;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.ResourceUsage;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.UnsupportedCapabilityException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.resource.Images;
import io.cofferdam.resource.Network;
import io.cofferdam.resource.NetworkSpec;
import io.cofferdam.resource.Networks;
import io.cofferdam.resource.Volume;
import io.cofferdam.resource.Volumes;
import io.cofferdam.watcher.Sweeper;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands each operation to the class that does it, and owns what they share: connections, watches and threads. */
final class KubernetesDriver implements EngineDriver {

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesDriver.class);

    private final EngineConfig config;
    private final Threads threads;
    private final Api api;
    private final ClusterFacts facts;
    private final Capabilities capabilities;
    private final Units units;
    private final Lifecycle lifecycle;
    private final Logs logs;
    private final Exec exec;
    private final Copies copies;
    private final PodVolumes volumes;
    private final ClusterNetworks networks;
    private final ObjectWatch pods;
    private final ObjectWatch records;
    private final Images images;
    private final PortForwards forwards;
    private final UnitFiles files;
    private final OwnerLease lease;
    private final PodUsage usage;
    private final Paths paths;

    private KubernetesDriver(ClusterFacts facts, Api api, EngineConfig config, Threads threads) {
        this.facts = facts;
        this.api = api;
        this.config = config;
        this.threads = threads;
        Settings settings = new Settings(config);
        paths = new Paths(facts.cluster().namespace());
        capabilities = facts.capabilities();
        images = Unsupported.images(capabilities);
        lease = new OwnerLease(api, paths, threads);
        volumes = new PodVolumes(api, paths, config, settings.volumeSize(), lease);
        networks = new ClusterNetworks(api, paths, config, lease);
        String ours = Marks.selector(UnitBody.ENVIRONMENT);
        pods = new ObjectWatch(api, threads, "pods", paths.pods(), ours);
        records = new ObjectWatch(api, threads, "environments", paths.configMaps(), ours);
        exec = new Exec(api, paths, threads, pods);
        usage = new PodUsage(exec);
        forwards = new PortForwards(api, paths, threads, facts.neighbour());
        StackNames names = new StackNames(api, paths, exec, threads);
        units = new Units(
                api,
                paths,
                new UnitBody(config.volumePrefix(), settings.pullSecrets()),
                settings.volumeSize(),
                volumes,
                forwards,
                names,
                networks,
                lease);
        files = new UnitFiles(api, paths, units);
        lifecycle = new Lifecycle(api, paths, units, pods, exec, threads, forwards, names, networks);
        logs = new Logs(api, paths, units);
        copies = new Copies(
                (operation, pod, spec, deadline) -> exec.run(operation, pod, spec, terminal -> {}, deadline), threads);
    }

    /**
     * Finds a cluster and opens a driver for it.
     *
     * @throws EngineUnavailableException if there is none
     * @throws io.cofferdam.error.EngineVersionException if it is too old
     * @throws io.cofferdam.error.EngineException if the account lacks a right that is needed
     */
    static KubernetesDriver open(EngineConfig config, Map<String, String> env) {
        Threads threads = Threads.named("cofferdam-kubernetes");
        Api api = null;
        try {
            ClusterSearch search = ClusterSearch.of(env, config, threads);
            ClusterSearch.Found found = search.run();
            if (found == null) {
                throw Discovery.missing(KubernetesProvider.NAME, search.rejected())
                        .unavailable();
            }
            Cluster cluster = found.cluster();
            api = new Api(cluster, cluster.client(), threads, config.parallelism(), Sleeper.system());
            Deadline deadline = Deadline.in(config.callTimeout());
            ClusterFacts facts = ClusterFacts.ask(api, new Settings(config), deadline);
            ClusterFacts.checkRights(api, deadline);
            return new KubernetesDriver(facts, api, config, threads);
        } catch (IOException unusable) {
            closeAfter(api, threads);
            throw new EngineUnavailableException(
                    "the configuration of the cluster cannot be used: " + unusable.getMessage(), unusable);
        } catch (RuntimeException failure) {
            closeAfter(api, threads);
            throw failure;
        }
    }

    private static void closeAfter(@org.jspecify.annotations.Nullable Api api, Threads threads) {
        if (api != null) {
            api.close();
        }
        threads.close();
    }

    @Override
    public EngineInfo info(Deadline deadline) {
        return new ClusterFacts(
                        facts.cluster(), ClusterFacts.version(api, deadline), facts.storage(), facts.neighbour())
                .engineInfo();
    }

    /** The cluster as steps of pipelines use it. */
    io.cofferdam.pipeline.Cluster cluster() {
        return new StepCluster(api, threads, new Settings(config).pullSecrets(), config.callTimeout());
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public boolean isLocal() {
        return false;
    }

    @Override
    public String create(CreateRequest request, Deadline deadline) {
        return units.create(request, deadline);
    }

    @Override
    public void start(String id, Deadline deadline) {
        lifecycle.start(id, deadline);
    }

    @Override
    public void stop(String id, String signal, Duration grace, Deadline deadline) {
        lifecycle.stop(id, signal, grace, deadline);
    }

    @Override
    public void pause(String id, Deadline deadline) {
        throw unsupported(Capability.PAUSE);
    }

    @Override
    public void resume(String id, Deadline deadline) {
        throw unsupported(Capability.PAUSE);
    }

    private UnsupportedCapabilityException unsupported(Capability capability) {
        return new UnsupportedCapabilityException(
                KubernetesProvider.NAME,
                capability.toString(),
                capabilities.reason(capability),
                "open an engine that has it");
    }

    @Override
    public void rename(String id, String name, Deadline deadline) {
        units.rename(id, name, deadline);
    }

    @Override
    public void remove(String id, Deadline deadline) {
        units.remove(id, deadline);
    }

    @Override
    public Unit inspect(String id, Deadline deadline) {
        return units.inspect(id, deadline);
    }

    @Override
    public List<Unit> list(LabelSelector selector, Deadline deadline) {
        return units.list(selector, deadline);
    }

    /** The pod of an environment, for what needs one that runs. */
    private JsonNode running(Operation operation, String id, Deadline deadline) {
        units.record(operation, id, deadline);
        return units.runs(operation, id, deadline)
                .last()
                .filter(pod -> Runs.main(pod).phase() == Runs.Phase.RUNNING)
                .orElseThrow(() -> new WrongStateException(operation.failed("it does not run; start it first")));
    }

    @Override
    public ExecResult exec(String id, ExecSpec spec, Deadline deadline) {
        return exec(id, spec, terminal -> {}, deadline);
    }

    @Override
    public ExecResult exec(String id, ExecSpec spec, StreamControl control, Deadline deadline) {
        Operation operation =
                Operation.of("run", "running", "'" + spec.command().get(0) + "' in '" + id + "'");
        if (spec.user().isPresent()) {
            throw unsupported(Capability.USER_SWITCH);
        }
        return exec.run(operation, running(operation, id, deadline), spec, control, deadline);
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
    public LogTail tail(String id, LogQuery query) {
        return logs.tail(id, query);
    }

    @Override
    public void copyIn(String id, Path source, String target, Deadline deadline) {
        Operation operation = Operation.of("copy", "copying", "into '" + id + "'");
        copies.copyIn(running(operation, id, deadline), id, source, target, deadline);
    }

    @Override
    public void place(String id, List<PlacedFile> placed, Deadline deadline) {
        Operation operation = Operation.of("place", "placing", "files in '" + id + "'");
        boolean runs = units.runs(operation, id, deadline)
                .last()
                .filter(pod -> Runs.main(pod).phase() == Runs.Phase.RUNNING)
                .isPresent();
        if (runs) {
            EngineDriver.super.place(id, placed, deadline);
        } else {
            files.place(id, placed, deadline);
        }
    }

    @Override
    public void copyOut(String id, String source, Path target, Deadline deadline) {
        Operation operation = Operation.of("copy", "copying", "out of '" + id + "'");
        copies.copyOut(running(operation, id, deadline), id, source, target, deadline);
    }

    @Override
    public ResourceUsage usage(String id, Deadline deadline) {
        Operation operation = Operation.of("measure", "measuring", "'" + id + "'");
        return usage.of(operation, running(operation, id, deadline), deadline);
    }

    @Override
    public Watch watch(Consumer<UnitEvent> sink) {
        Deadline deadline = Deadline.in(config.callTimeout());
        UnitEvents events = new UnitEvents(sink);
        records.open(deadline);
        pods.open(deadline);
        Runnable noRecords = records.listen(events::record);
        Runnable noPods = pods.listen(events::pod);
        events.begin();
        return () -> {
            events.end();
            noPods.run();
            noRecords.run();
        };
    }

    @Override
    public Optional<InetSocketAddress> probeAddress(Unit unit, int port) {
        if (!facts.neighbour()) {
            return Optional.empty();
        }
        String id = unit.status().id();
        Operation operation = Operation.of("find", "finding", "the address of '" + id + "'");
        try {
            return Units.address(units.runs(operation, id, Deadline.in(config.callTimeout())))
                    .map(address -> new InetSocketAddress(address, port));
        } catch (CofferdamException gone) {
            return Optional.empty();
        }
    }

    /** Asked where pods are reached through the API server only: the pod's own tables of sockets tell. */
    @Override
    public Optional<Boolean> isListening(Unit unit, int port) {
        try {
            ExecResult tables = exec(
                    unit.status().id(),
                    ExecSpec.of(List.of("cat", "/proc/net/tcp", "/proc/net/tcp6")),
                    Deadline.in(config.callTimeout()));
            // A local address ends with the port in hexadecimal digits; state 0A is listening.
            Pattern listening = Pattern.compile(String.format(Locale.ROOT, ":%04X [0-9A-F]+:[0-9A-F]{4} 0A ", port));
            return tables.stdout().isEmpty()
                    ? Optional.empty()
                    : Optional.of(listening.matcher(tables.stdout()).find());
        } catch (CofferdamException gone) {
            return Optional.empty();
        }
    }

    /** What listens for a published port passes a connection on to whoever is there, or to nobody. */
    @Override
    public boolean acceptsEarly() {
        return true;
    }

    @Override
    public boolean publishesOnThisHost() {
        return true;
    }

    @Override
    public boolean hasColours() {
        return true;
    }

    @Override
    public void recolour(String id, Set<String> colours, Deadline deadline) {
        units.recolour(id, colours, deadline);
    }

    @Override
    public boolean checksHealth(Probe probe) {
        return false;
    }

    @Override
    public void remember(String id, Verdict verdict) {
        Operation operation = Operation.of("remember", "remembering", "the health of '" + id + "'");
        String text =
                Json.write(Json.object().put("health", verdict.health().name()).put("restarts", verdict.restarts()));
        try {
            units.annotate(operation, id, Marks.VERDICT, text, Deadline.in(config.callTimeout()));
        } catch (CofferdamException gone) {
            LOG.debug("the health of '{}' was not remembered", id, gone);
        }
    }

    @Override
    public Network createNetwork(NetworkSpec spec, Map<String, String> labels, Deadline deadline) {
        return networks.create(spec.name(), labels, deadline);
    }

    @Override
    public Volume createVolume(String name, Map<String, String> labels, Deadline deadline) {
        return volumes.create(name, labels, deadline);
    }

    @Override
    public Optional<Sweeper> sweeper(String owner) {
        return Optional.of(new ClusterSweep(api, paths, config, units, volumes, owner));
    }

    @Override
    public boolean hasExpired(String owner, Deadline deadline) {
        return OwnerLease.hasExpired(api, paths, owner, deadline);
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
    public void close() {
        forwards.close();
        lease.close();
        pods.close();
        records.close();
        api.close();
        threads.close();
    }

    /** Where the cluster is; nothing of what runs on it. */
    @Override
    public String toString() {
        return "KubernetesDriver[" + facts.cluster() + "]";
    }
}
