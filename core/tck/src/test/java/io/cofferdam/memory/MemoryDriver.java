package io.cofferdam.memory;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Retry;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.driver.EngineDriver;
import io.cofferdam.driver.LogSink;
import io.cofferdam.driver.PlacedFile;
import io.cofferdam.driver.Unit;
import io.cofferdam.driver.UnitEvent;
import io.cofferdam.driver.Unsupported;
import io.cofferdam.driver.Verdict;
import io.cofferdam.driver.Watch;
import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.Capability;
import io.cofferdam.engine.EngineInfo;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.ResourceUsage;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.resource.Images;
import io.cofferdam.resource.Network;
import io.cofferdam.resource.NetworkSpec;
import io.cofferdam.resource.Networks;
import io.cofferdam.resource.Volume;
import io.cofferdam.resource.Volumes;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Speaks to the engine in memory over a line on which things go wrong. As every driver it tries again by itself where doing
 * something twice is harmless; the rest it tells.
 */
final class MemoryDriver implements EngineDriver {

    private static final Set<Capability> HAS = Set.of(
            Capability.TEMPLATES,
            Capability.NETWORK_ISOLATION,
            Capability.NAME_RESOLUTION,
            Capability.SEVERAL_NETWORKS,
            Capability.PID_ISOLATION,
            Capability.FILE_SYSTEM_ISOLATION,
            Capability.VOLUMES);

    private final Retry again = Retry.builder()
            .maxAttempts(3)
            .delay(Duration.ofMillis(1), Duration.ofMillis(5))
            .retryOn(EngineUnavailableException.class::isInstance)
            .build();

    private final MemoryEngine engine;
    private final Faults faults;
    private final Path folder;
    private final Capabilities capabilities;
    private final Networks networks = new MemoryNetworks();
    private final Volumes volumes = new MemoryVolumes();
    private volatile boolean isClosed;

    /** @param folder where copies of folders are kept that units are made from */
    MemoryDriver(MemoryEngine engine, Faults faults, Path folder) {
        this.engine = engine;
        this.faults = faults;
        this.folder = folder;
        Map<Capability, String> missing = new EnumMap<>(Capability.class);
        for (Capability capability : Capability.values()) {
            if (!HAS.contains(capability)) {
                missing.put(capability, "it is in memory");
            }
        }
        this.capabilities = Capabilities.allBut(MemoryEngine.NAME, missing);
    }

    /** A call that can be made twice. */
    private <T> T repeatable(String operation, Deadline deadline, Supplier<T> work) {
        AtomicInteger attempts = new AtomicInteger();
        return again.call(deadline, operation, () -> call(operation, true, attempts.incrementAndGet(), work));
    }

    private void repeatable(String operation, Deadline deadline, Runnable work) {
        repeatable(operation, deadline, () -> {
            work.run();
            return true;
        });
    }

    private <T> T once(String operation, Supplier<T> work) {
        return call(operation, false, 1, work);
    }

    private <T> T call(String operation, boolean isRepeatable, int attempt, Supplier<T> work) {
        if (isClosed) {
            throw new ClosedException("the memory engine was closed; open it again to go on");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new OperationInterruptedException(operation + " (memory) was interrupted", null);
        }
        Faults.Fate fate = faults.call(isRepeatable, attempt);
        if (fate == Faults.Fate.UNREACHED) {
            throw new EngineUnavailableException(operation + " failed: the memory engine was not reached");
        }
        T answer = work.get();
        if (fate == Faults.Fate.UNANSWERED) {
            throw new EngineUnavailableException(operation + " failed: the memory engine's answer was lost");
        }
        return answer;
    }

    @Override
    public EngineInfo info(Deadline deadline) {
        return new EngineInfo(MemoryEngine.NAME, "1", "", "memory", "memory", "memory", 1, 1, Map.of());
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public boolean isLocal() {
        return true;
    }

    @Override
    public String create(CreateRequest request, Deadline deadline) {
        return once("creating '" + request.name() + "'", () -> engine.create(request));
    }

    @Override
    public void start(String id, Deadline deadline) {
        // What has ended already would run a second time.
        once("starting " + id, () -> {
            engine.start(id, deadline);
            return true;
        });
    }

    @Override
    public void stop(String id, String signal, Duration grace, Deadline deadline) {
        repeatable("stopping " + id, deadline, () -> engine.stop(id, signal, grace, deadline));
    }

    @Override
    public void pause(String id, Deadline deadline) {
        throw new UnsupportedOperationException("units in memory are not paused");
    }

    @Override
    public void resume(String id, Deadline deadline) {
        throw new UnsupportedOperationException("units in memory are not paused");
    }

    @Override
    public void rename(String id, String name, Deadline deadline) {
        repeatable("renaming " + id, deadline, () -> engine.rename(id, name));
    }

    @Override
    public void remove(String id, Deadline deadline) {
        repeatable("removing " + id, deadline, () -> engine.remove(id, deadline));
    }

    @Override
    public Unit inspect(String id, Deadline deadline) {
        return repeatable("inspecting " + id, deadline, () -> engine.inspect(id));
    }

    @Override
    public List<Unit> list(LabelSelector selector, Deadline deadline) {
        return repeatable("listing", deadline, () -> engine.list(selector));
    }

    @Override
    public ExecResult exec(String id, ExecSpec exec, Deadline deadline) {
        return once("running a command in " + id, () -> engine.exec(id, exec));
    }

    @Override
    public void copyLogs(String id, LogQuery query, LogSink sink, Deadline deadline) {
        throw new UnsupportedOperationException("units in memory write lines");
    }

    @Override
    public void readLines(String id, LogQuery query, boolean follow, Consumer<LogLine> sink, Deadline deadline) {
        // Only the way there fails: what breaks off in the middle is for the contract of environments.
        repeatable("reading the log of " + id, deadline, () -> true);
        engine.readLines(id, query, follow, sink, deadline);
    }

    @Override
    public void copyIn(String id, Path source, String target, Deadline deadline) {
        throw new UnsupportedOperationException("units in memory have no files of the host");
    }

    @Override
    public void place(String id, List<PlacedFile> files, Deadline deadline) {
        repeatable("placing files in " + id, deadline, () -> engine.place(id, files));
    }

    @Override
    public void copyOut(String id, String source, Path target, Deadline deadline) {
        throw new UnsupportedOperationException("units in memory have no files of the host");
    }

    @Override
    public ResourceUsage usage(String id, Deadline deadline) {
        throw new UnsupportedOperationException("units in memory use nothing");
    }

    @Override
    public Watch watch(Consumer<UnitEvent> sink) {
        return engine.watch(sink, faults);
    }

    @Override
    public Optional<InetSocketAddress> probeAddress(Unit unit, int port) {
        return unit.status().endpoints().stream()
                .filter(endpoint -> endpoint.port() == port)
                .findFirst()
                .map(Endpoint::address);
    }

    @Override
    public Optional<Boolean> isListening(Unit unit, int port) {
        return Optional.of(engine.listens(unit.status().id(), port));
    }

    @Override
    public Optional<Watch> claim(String id) {
        return engine.claim(id, this);
    }

    @Override
    public void remember(String id, Verdict verdict) {
        engine.remember(id, verdict);
    }

    @Override
    public Network createNetwork(NetworkSpec spec, Map<String, String> labels, Deadline deadline) {
        return once(
                "making network '" + spec.name() + "'",
                () -> engine.createNetwork(spec.name(), labels, spec.internal()));
    }

    @Override
    public void connect(String id, CreateRequest.Membership membership, Deadline deadline) {
        repeatable("connecting " + id, deadline, () -> engine.connect(id, membership));
    }

    @Override
    public void disconnect(String id, String network, Deadline deadline) {
        repeatable("disconnecting " + id, deadline, () -> engine.disconnect(id, network));
    }

    @Override
    public Volume createVolume(String name, Map<String, String> labels, Deadline deadline) {
        return once("making volume '" + name + "'", () -> engine.createVolume(name, labels));
    }

    @Override
    public Optional<Path> artifacts() {
        return Optional.of(folder);
    }

    @Override
    public Images images() {
        return Unsupported.images(capabilities);
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
        isClosed = true;
        engine.unclaim(this);
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(30));
    }

    private final class MemoryNetworks implements Networks {

        @Override
        public Network ensure(String name, Map<String, String> labels) {
            return repeatable("making network '" + name + "'", soon(), () -> engine.ensureNetwork(name, labels, false));
        }

        @Override
        public Optional<Network> find(String name) {
            return list(LabelSelector.all()).stream()
                    .filter(network -> network.name().equals(name))
                    .findFirst();
        }

        @Override
        public List<Network> list(LabelSelector selector) {
            return repeatable("listing networks", soon(), engine::networks).stream()
                    .filter(network -> selector.matches(network.labels()))
                    .toList();
        }

        @Override
        public List<Network.Member> members(String name) {
            return repeatable("looking into network '" + name + "'", soon(), () -> engine.members(name));
        }

        @Override
        public boolean remove(String name) {
            return repeatable("removing network '" + name + "'", soon(), () -> engine.removeNetwork(name));
        }
    }

    private final class MemoryVolumes implements Volumes {

        @Override
        public Volume ensure(String name, Map<String, String> labels) {
            return repeatable("making volume '" + name + "'", soon(), () -> engine.ensureVolume(name, labels));
        }

        @Override
        public Optional<Volume> find(String name) {
            return list(LabelSelector.all()).stream()
                    .filter(volume -> volume.name().equals(name))
                    .findFirst();
        }

        @Override
        public List<Volume> list(LabelSelector selector) {
            return repeatable("listing volumes", soon(), engine::volumes).stream()
                    .filter(volume -> selector.matches(volume.labels()))
                    .toList();
        }

        @Override
        public void remove(String name) {
            repeatable("removing volume '" + name + "'", soon(), () -> engine.removeVolume(name));
        }
    }
}
