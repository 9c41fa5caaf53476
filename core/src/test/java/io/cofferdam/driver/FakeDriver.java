package io.cofferdam.driver;

import static io.cofferdam.environment.EnvironmentState.EXITED;
import static io.cofferdam.environment.EnvironmentState.PAUSED;
import static io.cofferdam.environment.EnvironmentState.RUNNING;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.Capability;
import io.cofferdam.engine.EngineInfo;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.ResourceUsage;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.resource.Images;
import io.cofferdam.resource.Network;
import io.cofferdam.resource.Networks;
import io.cofferdam.resource.Volumes;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An engine in memory. Time is the test's; software does what the test says; each operation can be made to fail, or to do
 * something else just before or after it. Events are delivered on the thread that causes them, before the operation returns.
 */
class FakeDriver implements EngineDriver {

    private final Clock clock;
    private final Map<String, FakeUnit> units = new LinkedHashMap<>();
    private final Map<String, Network> networks = new TreeMap<>();
    private final List<Consumer<UnitEvent>> sinks = new CopyOnWriteArrayList<>();
    private final Map<String, Runnable> before = new ConcurrentHashMap<>();
    private final Map<String, Runnable> after = new ConcurrentHashMap<>();
    private final Map<Capability, String> missing = new ConcurrentHashMap<>(
            Map.of(Capability.RESTART_POLICY, "it is a fake", Capability.HEALTH_CHECKS, "it is a fake"));
    private BiFunction<ExecSpec, Deadline, Integer> commands = (command, deadline) -> 0;
    private int made;
    private int madeNetworks;
    private int callsUntilFailure = -1;
    private Thread failing;
    private RuntimeException failure = new IllegalStateException();
    private final List<String> calls = new ArrayList<>();
    private boolean closed;
    private Images images;
    private int cutAfter;
    private int cuts;
    private int lastFollowed = Integer.MAX_VALUE;
    private List<UnitEvent> held;

    FakeDriver(Clock clock) {
        this.clock = clock;
    }

    // What a test says.

    /** What it has instead of no images at all. */
    FakeDriver images(Images with) {
        images = with;
        return this;
    }

    /** The operation with this number, from 0, of this thread fails once, having done nothing. */
    synchronized FakeDriver failAt(int call, RuntimeException with) {
        callsUntilFailure = call;
        failing = Thread.currentThread();
        failure = with;
        return this;
    }

    /** No operation fails any more: whether the one that was to fail has done so. */
    synchronized boolean failNoMore() {
        boolean failed = callsUntilFailure < 0;
        callsUntilFailure = -1;
        return failed;
    }

    /** Just before an operation is done, once. */
    void before(String operation, Runnable action) {
        before.put(operation, action);
    }

    /** When an operation is done, before it returns, once. */
    void after(String operation, Runnable action) {
        after.put(operation, action);
    }

    /** The engine lacks something. */
    FakeDriver without(Capability capability) {
        missing.put(capability, "it is a fake");
        return this;
    }

    FakeDriver with(Capability capability) {
        missing.remove(capability);
        return this;
    }

    /** What commands exit with. */
    void commandsExit(Function<ExecSpec, Integer> with) {
        commands = (exec, deadline) -> with.apply(exec);
    }

    /** What commands exit with, who know until when they have to. */
    void commandsExit(BiFunction<ExecSpec, Deadline, Integer> with) {
        commands = with;
    }

    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    synchronized Optional<FakeUnit> unit(String name) {
        return units.values().stream().filter(unit -> unit.name.equals(name)).findFirst();
    }

    synchronized List<String> unitNames() {
        return units.values().stream().map(unit -> unit.name).sorted().toList();
    }

    synchronized List<String> networkNames() {
        return List.copyOf(networks.keySet());
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** The main process ends by itself. */
    void exits(String name, int code) {
        UnitEvent event;
        synchronized (this) {
            event = ended(unit(name).orElseThrow(), code, false);
        }
        tell(event);
    }

    /** The main process ends by itself, and the event of it is lost. */
    synchronized void exitsUnseen(String name, int code) {
        ended(unit(name).orElseThrow(), code, false);
    }

    void writes(String name, String line) {
        synchronized (this) {
            unit(name).orElseThrow().log.add(new LogLine(LogLine.Stream.STDOUT, clock.instant(), line, true));
            notifyAll();
        }
    }

    /** Readings of logs break off after so many lines, the given number of times. */
    synchronized void cutsLogs(int afterLines, int times) {
        cutAfter = afterLines;
        cuts = times;
    }

    /** The next reading that follows ends after so many lines, as if there were no more. */
    synchronized void endsFollowing(int afterLines) {
        lastFollowed = afterLines;
    }

    synchronized void vanishes(String network) {
        networks.remove(network);
    }

    /** The engine is slow to tell what happens. */
    synchronized void holdEvents() {
        held = new ArrayList<>();
    }

    /** It tells all of it, and from then on at once. */
    void releaseEvents() {
        List<UnitEvent> events;
        synchronized (this) {
            events = held;
            held = null;
        }
        events.forEach(this::tell);
    }

    void resyncs() {
        tell(UnitEvent.resync(clock.instant()));
    }

    // What the engine does.

    private void call(String operation) {
        synchronized (this) {
            calls.add(operation);
            if (Thread.currentThread() == failing && callsUntilFailure >= 0 && callsUntilFailure-- == 0) {
                throw failure;
            }
        }
        Runnable action = before.remove(operation);
        if (action != null) {
            action.run();
        }
    }

    private void done(String operation) {
        Runnable action = after.remove(operation);
        if (action != null) {
            action.run();
        }
    }

    private void tell(UnitEvent event) {
        synchronized (this) {
            if (held != null) {
                held.add(event);
                return;
            }
        }
        sinks.forEach(sink -> sink.accept(event));
    }

    private UnitEvent event(UnitEvent.Kind kind, FakeUnit unit) {
        return UnitEvent.of(kind, unit.id, clock.instant(), unit.request.labels());
    }

    private UnitEvent ended(FakeUnit unit, int code, boolean asked) {
        unit.state = EXITED;
        unit.exit = code;
        unit.finished = clock.instant();
        notifyAll();
        UnitEvent event = UnitEvent.died(unit.id, unit.finished, unit.request.labels(), code, false);
        return asked ? event.asAsked() : event;
    }

    private FakeUnit get(String idOrName) {
        FakeUnit unit = units.get(idOrName);
        if (unit != null) {
            return unit;
        }
        return unit(idOrName).orElseThrow(() -> new NotFoundException("there is no unit '" + idOrName + "'"));
    }

    @Override
    public EngineInfo info(Deadline deadline) {
        return new EngineInfo("fake", "1", "", "memory", "fake", "fake", 1, 1, Map.of());
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.allBut("fake", missing);
    }

    @Override
    public boolean isLocal() {
        return false;
    }

    @Override
    public String create(CreateRequest request, Deadline deadline) {
        call("create");
        FakeUnit unit;
        synchronized (this) {
            if (unit(request.name()).isPresent()) {
                throw new NameTakenException("'" + request.name() + "' is taken");
            }
            unit = new FakeUnit("id-" + ++made, request, clock.instant());
            bind(unit);
            units.put(unit.id, unit);
        }
        tell(event(UnitEvent.Kind.CREATED, unit));
        done("create");
        return unit.id;
    }

    private Network network(String name) {
        return Optional.ofNullable(networks.get(name))
                .orElseThrow(() -> new NotFoundException("there is no network '" + name + "'"));
    }

    private void bind(FakeUnit unit) {
        unit.request
                .network()
                .ifPresent(membership ->
                        unit.boundTo = network(membership.network()).id());
    }

    private void requireItsNetwork(FakeUnit unit) {
        unit.request.network().ifPresent(membership -> {
            if (!network(membership.network()).id().equals(unit.boundTo)) {
                throw new NotFoundException("there is no network with identifier '" + unit.boundTo + "'");
            }
        });
    }

    @Override
    public void connect(String id, CreateRequest.Membership membership, Deadline deadline) {
        call("connect");
        synchronized (this) {
            bind(get(id));
        }
    }

    @Override
    public void start(String id, Deadline deadline) {
        call("start");
        FakeUnit unit;
        synchronized (this) {
            unit = get(id);
            if (unit.state.isAlive()) {
                return;
            }
            requireItsNetwork(unit);
            unit.state = RUNNING;
            unit.started = clock.instant();
            unit.starts++;
        }
        tell(event(UnitEvent.Kind.STARTED, unit));
        done("start");
    }

    @Override
    public void stop(String id, String signal, Duration grace, Deadline deadline) {
        call("stop");
        UnitEvent event = null;
        synchronized (this) {
            FakeUnit unit = get(id);
            if (unit.state.isAlive()) {
                event = ended(unit, grace.isZero() ? 137 : 143, true);
            }
        }
        if (event != null) {
            tell(event);
        }
        done("stop");
    }

    @Override
    public void pause(String id, Deadline deadline) {
        change(id, RUNNING, PAUSED, UnitEvent.Kind.PAUSED);
    }

    @Override
    public void resume(String id, Deadline deadline) {
        change(id, PAUSED, RUNNING, UnitEvent.Kind.RESUMED);
    }

    private void change(String id, EnvironmentState from, EnvironmentState to, UnitEvent.Kind kind) {
        FakeUnit unit;
        synchronized (this) {
            unit = get(id);
            if (unit.state != from) {
                throw new WrongStateException("'" + unit.name + "' is " + unit.state);
            }
            unit.state = to;
        }
        tell(event(kind, unit));
    }

    @Override
    public void rename(String id, String name, Deadline deadline) {
        call("rename");
        FakeUnit unit;
        synchronized (this) {
            unit = get(id);
            if (unit(name).filter(other -> !other.id.equals(id)).isPresent()) {
                throw new NameTakenException("'" + name + "' is taken");
            }
            unit.name = name;
        }
        tell(event(UnitEvent.Kind.RENAMED, unit));
        done("rename");
    }

    @Override
    public void remove(String id, Deadline deadline) {
        call("remove");
        FakeUnit unit;
        UnitEvent end = null;
        synchronized (this) {
            unit = units.get(id);
            if (unit != null) {
                end = unit.state.isAlive() ? ended(unit, 137, true) : null;
                units.remove(id);
                notifyAll();
            }
        }
        if (end != null) {
            tell(end);
        }
        if (unit != null) {
            tell(event(UnitEvent.Kind.REMOVED, unit));
        }
        done("remove");
    }

    @Override
    public Unit inspect(String id, Deadline deadline) {
        call("inspect");
        Unit seen;
        synchronized (this) {
            seen = get(id).seen();
        }
        done("inspect");
        return seen;
    }

    @Override
    public List<Unit> list(LabelSelector selector, Deadline deadline) {
        call("list");
        List<Unit> seen = listed(selector);
        done("list");
        return seen;
    }

    private synchronized List<Unit> listed(LabelSelector selector) {
        return units.values().stream()
                .map(FakeUnit::seen)
                .filter(unit -> selector.matches(unit.status().labels()))
                .toList();
    }

    @Override
    public ExecResult exec(String id, ExecSpec exec, Deadline deadline) {
        call("exec");
        synchronized (this) {
            if (get(id).state != RUNNING) {
                throw new WrongStateException("'" + get(id).name + "' does not run");
            }
        }
        return new ExecResult(commands.apply(exec, deadline), new byte[0], new byte[0], false);
    }

    @Override
    public void copyLogs(String id, LogQuery query, LogSink sink, Deadline deadline) {
        throw new UnsupportedOperationException("the fake has lines only");
    }

    @Override
    public void readLines(String id, LogQuery query, boolean follow, Consumer<LogLine> sink, Deadline deadline) {
        call("readLines");
        int next = 0;
        int told = 0;
        int most = Integer.MAX_VALUE;
        if (follow) {
            synchronized (this) {
                most = lastFollowed;
                lastFollowed = Integer.MAX_VALUE;
            }
        }
        while (true) {
            List<LogLine> lines;
            synchronized (this) {
                FakeUnit unit = get(id);
                lines = List.copyOf(unit.log.subList(next, unit.log.size()));
                if (lines.isEmpty()) {
                    if (!follow || !unit.state.isAlive()) {
                        return;
                    }
                    awaitChange();
                }
            }
            next += lines.size();
            for (LogLine line : lines) {
                if (query.from() == null || !line.at().isBefore(query.from())) {
                    if (told == most) {
                        return;
                    }
                    cutIfWanted(told++);
                    sink.accept(line);
                }
            }
        }
    }

    private synchronized void cutIfWanted(int told) {
        if (cuts > 0 && told == cutAfter) {
            cuts--;
            throw new EngineUnavailableException("the connection was cut");
        }
    }

    private void awaitChange() {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("reading the log was interrupted", e);
        }
    }

    @Override
    public void copyIn(String id, Path source, String target, Deadline deadline) {
        throw new UnsupportedOperationException("the fake has no files");
    }

    @Override
    public void copyOut(String id, String source, Path target, Deadline deadline) {
        throw new UnsupportedOperationException("the fake has no files");
    }

    @Override
    public ResourceUsage usage(String id, Deadline deadline) {
        throw new UnsupportedOperationException("the fake uses nothing");
    }

    @Override
    public Watch watch(Consumer<UnitEvent> sink) {
        call("watch");
        sinks.add(sink);
        return () -> sinks.remove(sink);
    }

    @Override
    public synchronized void remember(String id, Verdict verdict) {
        FakeUnit unit = units.get(id);
        if (unit != null) {
            unit.verdict = verdict;
        }
    }

    @Override
    public Images images() {
        return images == null ? Unsupported.images(capabilities()) : images;
    }

    @Override
    public Networks networks() {
        return new FakeNetworks();
    }

    @Override
    public Volumes volumes() {
        throw new UnsupportedOperationException("the fake has no volumes");
    }

    @Override
    public synchronized void close() {
        closed = true;
        sinks.clear();
    }

    private final class FakeNetworks implements Networks {

        @Override
        public Network ensure(String name, Map<String, String> labels) {
            call("ensure network");
            synchronized (FakeDriver.this) {
                return networks.computeIfAbsent(
                        name, key -> new Network("net-" + ++madeNetworks, key, null, true, labels));
            }
        }

        @Override
        public Optional<Network> find(String name) {
            synchronized (FakeDriver.this) {
                return Optional.ofNullable(networks.get(name));
            }
        }

        @Override
        public List<Network> list(LabelSelector selector) {
            synchronized (FakeDriver.this) {
                return networks.values().stream()
                        .filter(network -> selector.matches(network.labels()))
                        .toList();
            }
        }

        @Override
        public boolean remove(String name) {
            call("remove network");
            synchronized (FakeDriver.this) {
                if (units.values().stream().anyMatch(unit -> unit.isIn(name))) {
                    return false;
                }
                networks.remove(name);
                return true;
            }
        }
    }
}
