package io.cofferdam.driver;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.AttachSpec;
import io.cofferdam.environment.Attachment;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSession;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.LogFollower;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Protocol;
import io.cofferdam.environment.ResourceUsage;
import io.cofferdam.environment.Snapshot;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.WrongStateException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The handle to one environment, over whatever unit has its name. */
final class DrivenEnvironment implements IsolatedEnvironment {

    private static final Duration LOG_OF_A_FAILURE = Duration.ofSeconds(2);

    private final EngineSession session;
    private final DrivenEnvironments home;
    private final String name;
    private final boolean madeHere;
    private final ReentrantLock operations = new ReentrantLock();
    private volatile Incarnation current;
    private volatile EnvironmentStatus lastSeen;
    private volatile boolean neverStarted;
    private volatile boolean removed;

    /** The unit whose health check said yes to a question of ours, and the start it was asked after. */
    @Nullable
    private volatile Proof proof;

    private record Proof(String id, @Nullable Instant started) {}

    /** A unit that runs, and whether it does so because of this call. */
    private record Begun(Incarnation unit, boolean byThisCall, LogMark logMark) {}

    DrivenEnvironment(
            EngineSession session,
            DrivenEnvironments home,
            Incarnation incarnation,
            EnvironmentStatus seen,
            boolean madeHere) {
        this.session = session;
        this.home = home;
        this.name = seen.name();
        this.current = incarnation;
        this.lastSeen = seen;
        this.madeHere = madeHere;
        this.neverStarted = madeHere;
    }

    @Override
    public String id() {
        return current.id();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public EnvironmentSpec spec() {
        return current.spec(session);
    }

    @Override
    public EnvironmentStatus status() {
        session.ensureOpen();
        try {
            return statusOf(session.driver.inspect(id(), session.callDeadline()));
        } catch (NotFoundException gone) {
            return lastSeen.asRemoved();
        }
    }

    @Override
    public void start(Duration timeout) {
        session.ensureOpen();
        Deadline deadline = Deadline.in(timeout);
        Begun begun = locked(deadline, "starting '" + name + "'", () -> begin(current, deadline));
        Incarnation started = begun.unit();
        EnvironmentSpec spec = started.spec(session);
        if (ReadinessWait.isTrivial(spec)) {
            // One that ran already when it was looked at was ready then, whatever has become of it since.
            if (begun.byThisCall()) {
                tellReady(started.id());
            }
            return;
        }
        try {
            awaitReady(started, spec, deadline, timeout, begun.logMark(), !begun.byThisCall());
        } catch (CofferdamException failed) {
            session.feed.notBegun(started.id());
            if (begun.byThisCall()) {
                Cleanup.after(failed, () -> abandon(started));
            }
            throw failed;
        }
        tellReady(started.id());
    }

    @Override
    public void awaitReady(Duration timeout) {
        session.ensureOpen();
        Incarnation waited = current;
        EnvironmentStatus status = status();
        failIfRemoved(status);
        if (status.state() == EnvironmentState.CREATED) {
            throw wrongState("wait until it is ready", status.state(), "start it first");
        }
        awaitReady(waited, waited.spec(session), Deadline.in(timeout), timeout, LogMark.after(status.finished()), true);
    }

    @Override
    public int awaitExit(Duration timeout) {
        session.ensureOpen();
        session.feed.open();
        Deadline deadline = Deadline.in(timeout);
        Incarnation waited = current;
        UnitSignal signal = session.feed.signal(waited.id());
        while (true) {
            long seen = signal.version();
            Integer exit = exitCode(waited, signal);
            if (exit != null) {
                return exit;
            }
            if (deadline.isExpired()) {
                throw deadline.timeout("waiting for the end of '" + name + "' (" + session.engine() + ")", null);
            }
            signal.await(seen, deadline.remainingNanos(), "waiting for the end of '" + name + "'");
            session.ensureOpen();
        }
    }

    @Override
    public void stop(Duration grace) {
        session.ensureOpen();
        // What is being stopped ends in its own time; the engine has the usual time for the rest.
        Deadline deadline = Deadline.in(session.config.callTimeout().plus(grace));
        run(deadline, "stopping '" + name + "'", () -> stopUnit(current, grace, deadline));
    }

    @Override
    public void restart() {
        stop();
        start();
    }

    @Override
    public void pause() {
        session.ensureOpen();
        session.driver.capabilities().require(Capability.PAUSE, "stop the environment instead");
        Deadline deadline = session.callDeadline();
        run(
                deadline,
                "pausing '" + name + "'",
                () -> inState("pause it", () -> {
                    session.driver.pause(id(), deadline);
                    return Boolean.TRUE;
                }));
    }

    @Override
    public void resume() {
        session.ensureOpen();
        session.driver.capabilities().require(Capability.PAUSE, "start the environment instead");
        Deadline deadline = session.callDeadline();
        run(
                deadline,
                "resuming '" + name + "'",
                () -> inState("resume it", () -> {
                    session.driver.resume(id(), deadline);
                    return Boolean.TRUE;
                }));
    }

    @Override
    public void update(EnvironmentSpec changed) {
        session.ensureOpen();
        Deadline deadline = Deadline.in(session.config
                .callTimeout()
                .plus(changed.startTimeout())
                .plus(spec().stopGrace())
                .plus(session.config.pullTimeout()));
        run(deadline, "updating '" + name + "'", () -> {
            Incarnation old = current;
            Incarnation replacement = new Update(session, home, this, old, changed, null, deadline).run();
            session.feed.forget(old.id());
            session.bus.publish(
                    new EnvironmentEvent.Updated(session.clock.instant(), name, replacement.id(), old.id()));
        });
    }

    @Override
    public Snapshot snapshot(String snapshot, Map<String, String> labels) {
        session.ensureOpen();
        // Not while it is being updated, restored or removed.
        return locked(
                session.transferDeadline(),
                "making a snapshot of '" + name + "'",
                () -> home.snapshots().save(snapshot, id(), spec(), labels));
    }

    @Override
    public void restore(Snapshot snapshot) {
        session.ensureOpen();
        SavedSnapshot stored = home.snapshots().stored(snapshot);
        EnvironmentSpec goal = home.snapshots().goal(name, spec(), snapshot);
        Deadline deadline = Deadline.in(
                session.config.pullTimeout().plus(goal.startTimeout()).plus(spec().stopGrace()));
        run(deadline, "restoring '" + name + "'", () -> {
            Incarnation old = current;
            Incarnation restored = new Update(session, home, this, old, goal, stored, deadline).run();
            session.feed.forget(old.id());
            session.bus.publish(new EnvironmentEvent.Updated(session.clock.instant(), name, restored.id(), old.id()));
        });
    }

    @Override
    public void remove() {
        session.ensureOpen();
        removeUnit();
    }

    @Override
    public ExecResult exec(ExecSpec exec) {
        session.ensureOpen();
        requireTerminal(exec.terminal().isPresent());
        try {
            return inState(
                    "run a command in it",
                    () -> known(() -> session.driver.exec(id(), exec, Deadline.in(exec.timeout()))));
        } catch (OperationTimeoutException late) {
            throw new OperationTimeoutException(
                    late.getMessage() + "; give it more time by ExecSpec.withTimeout, or find out what '"
                            + exec.command().get(0) + "' waits for, its input included",
                    late);
        }
    }

    @Override
    public ExecSession startExec(ExecSpec exec) {
        session.ensureOpen();
        requireTerminal(exec.terminal().isPresent());
        EnvironmentStatus status = status();
        failIfRemoved(status);
        if (status.state() != EnvironmentState.RUNNING) {
            throw wrongState("run a command in it", status.state(), "start it first");
        }
        StdinPipe pipe = exec.stdin().isPresent() ? null : new StdinPipe();
        ExecSpec piped = pipe == null ? exec : exec.withStdin(pipe.input);
        Deadline deadline = Deadline.in(exec.timeout());
        String id = id();
        Conversation<ExecResult> conversation = new Conversation<>(
                session,
                "'" + exec.command().get(0) + "' in '" + name + "' (" + session.engine() + ")",
                pipe,
                control -> inState(
                        "run a command in it", () -> known(() -> session.driver.exec(id, piped, control, deadline))));
        conversation.awaitConnected(deadline);
        return new Talks.Exec(conversation, exec);
    }

    @Override
    public Attachment attach(AttachSpec attach) {
        session.ensureOpen();
        session.driver
                .capabilities()
                .require(Capability.ATTACH, "follow its log, or talk to a command of its own by startExec");
        EnvironmentStatus status = status();
        failIfRemoved(status);
        if (status.state() == EnvironmentState.EXITED) {
            throw wrongState("attach to it", status.state(), "attach before it is started again");
        }
        if (attach.hasInput() && !spec().hasOpenStdin()) {
            throw new WrongStateException("could not attach to the input of '" + name + "' (" + session.engine()
                    + "): it has none; make it with openStdin() in its specification, or attach to its output only");
        }
        StdinPipe pipe = attach.hasInput() && attach.stdin().isEmpty() ? new StdinPipe() : null;
        AttachSpec piped = pipe == null ? attach : attach.withInput(pipe.input);
        String id = id();
        Conversation<Boolean> conversation = new Conversation<>(
                session, "the attachment to '" + name + "' (" + session.engine() + ")", pipe, control -> {
                    known(() -> session.driver.attach(id, piped, control, Deadline.none()));
                    return true;
                });
        conversation.awaitConnected(session.callDeadline());
        return new Talks.Attached(conversation);
    }

    @Override
    public List<LogLine> logs(LogQuery query) {
        session.ensureOpen();
        requireStreams(query);
        List<LogLine> lines = new ArrayList<>();
        known(() -> session.driver.readLines(id(), query, false, lines::add, session.transferDeadline()));
        return lines;
    }

    @Override
    public void copyLogs(LogQuery query, OutputStream stdout, OutputStream stderr) {
        session.ensureOpen();
        requireStreams(query);
        LogSink sink = (stream, bytes, offset, length) ->
                (stream == LogLine.Stream.STDOUT ? stdout : stderr).write(bytes, offset, length);
        known(() -> session.driver.copyLogs(id(), query, sink, session.transferDeadline()));
    }

    @Override
    public LogFollower follow(LogQuery query, Consumer<LogLine> consumer) {
        session.ensureOpen();
        requireStreams(query);
        if (query.followsRestarts()) {
            session.feed.open();
        }
        return new Follower(session, this, id(), query, Objects.requireNonNull(consumer, "consumer"));
    }

    private void requireStreams(LogQuery query) {
        if (query.stdout() != query.stderr()) {
            session.driver.capabilities().require(Capability.LOG_STREAMS, "ask for both streams");
        }
    }

    @Override
    public void copyIn(Path source, String target) {
        session.ensureOpen();
        if (!Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
            throw new NotFoundException(
                    "could not copy into '" + name + "': there is no " + source.toAbsolutePath() + " on this host");
        }
        requireCopying();
        known(() -> session.driver.copyIn(id(), source, target, session.transferDeadline()));
    }

    @Override
    public void copyOut(String source, Path target) {
        session.ensureOpen();
        requireCopying();
        Path folder = target.toAbsolutePath().normalize().getParent();
        if (session.driver.stagesCopies() && folder != null) {
            session.watcher.expectFilesIn(folder);
        }
        known(() -> session.driver.copyOut(id(), source, target, session.transferDeadline()));
    }

    @Override
    public Endpoint endpoint(int port) {
        session.ensureOpen();
        EnvironmentSpec spec = spec();
        if (spec.ports().stream().noneMatch(p -> p.port() == port && p.protocol() == Protocol.TCP)) {
            throw new NotFoundException("'" + name + "' (" + session.engine() + ") does not publish port " + port
                    + "/tcp; publish it in its specification");
        }
        EnvironmentStatus status = status();
        failIfRemoved(status);
        if (!status.state().isAlive()) {
            throw wrongState("tell the endpoint of port " + port, status.state(), "start it first");
        }
        return status.endpoints().stream()
                .filter(e -> e.port() == port && e.protocol() == Protocol.TCP)
                .findFirst()
                .orElseThrow(() -> new EngineException("the " + session.engine() + " engine tells no endpoint for port "
                        + port + "/tcp of '" + name + "' although it is published; look at its status"));
    }

    @Override
    public ResourceUsage usage() {
        session.ensureOpen();
        session.driver.capabilities().require(Capability.USAGE, "ask the operating system");
        return inState("tell its usage", () -> known(() -> session.driver.usage(id(), session.callDeadline())));
    }

    @Override
    public void close() {
        if (endsWithSession() && !session.isClosed()) {
            removeUnit();
        }
    }

    @Override
    public String toString() {
        return "'" + name + "' (" + session.engine() + ", " + id() + ")";
    }

    /** From now on this is the unit of the environment. */
    void become(Incarnation replacement) {
        current = replacement;
        neverStarted = false;
    }

    /** Whether it is this session's to remove. */
    boolean endsWithSession() {
        return madeHere && !removed && current.spec(session).lifetime() instanceof Lifetime.Session;
    }

    /** Removes the unit and what was made for it alone; also while the session closes. */
    void removeUnit() {
        Deadline deadline = session.callDeadline();
        run(deadline, "removing '" + name + "'", () -> {
            home.supervisor().disarm(id());
            home.lifetimes().cancel(id());
            home.removing(id(), () -> {
                session.driver.remove(id(), deadline);
                removed = true;
                home.forget(this);
                session.feed.forget(id());
                lastSeen.stack().ifPresent(stack -> home.stacks().left(stack));
                home.children().removed(name, !madeHere);
            });
        });
    }

    /** Starts it, unless it runs, without waiting until it is ready. */
    void launch(Deadline deadline) {
        session.ensureOpen();
        Begun begun = locked(deadline, "starting '" + name + "'", () -> begin(current, deadline));
        if (begun.byThisCall() && ReadinessWait.isTrivial(begun.unit().spec(session))) {
            tellReady(begun.unit().id());
        }
    }

    /**
     * Waits until it is ready, unless something is found out that makes waiting useless.
     *
     * @param doubts is told how it is after each event, and throws to end the wait
     */
    void awaitReady(Deadline deadline, Duration timeout, Consumer<EnvironmentStatus> doubts) {
        session.ensureOpen();
        session.feed.open();
        Incarnation waited = current;
        EnvironmentStatus status = status();
        failIfRemoved(status);
        LogMark logMark = LogMark.after(status.finished());
        EnvironmentSpec spec = waited.spec(session);
        try (ReadinessWait wait = new ReadinessWait(session, this, waited.id(), spec, logMark, true)) {
            wait.await(deadline, timeout, doubts);
        }
        session.feed.readyIfBegun(new EnvironmentEvent.Ready(session.clock.instant(), name, waited.id()));
    }

    /** Puts files into it, whether it runs or not. */
    void place(List<PlacedFile> files, Deadline deadline) {
        session.ensureOpen();
        known(() -> session.driver.place(id(), files, deadline));
    }

    /** What the engine says of a unit of this environment, completed by what is known here. */
    EnvironmentStatus statusOf(Unit unit) {
        EnvironmentStatus status = home.supervisor().overlay(unit.status());
        Proof proved = proof;
        if (status.health() == HealthStatus.STARTING
                && proved != null
                && proved.equals(new Proof(status.id(), status.started()))) {
            status = status.withHealth(HealthStatus.HEALTHY);
        }
        if (status.id().equals(id())) {
            // During an update it may be asked about a unit that never takes over.
            lastSeen = status;
        }
        return status;
    }

    /** A question of ours was answered as its health check wants it, so there is no need to wait for the engine's. */
    void provedHealthy(Unit unit) {
        proof = new Proof(unit.status().id(), unit.status().started());
        home.supervisor().proved(unit.status().id());
    }

    Duration uptime(EnvironmentStatus status) {
        Instant started = status.started();
        return started == null ? Duration.ZERO : Duration.between(started, session.clock.instant());
    }

    /** The last lines of a failure's log; a sentence in their place if they cannot be had. */
    List<String> lastLines(String id, int count) {
        List<String> lines = new ArrayList<>();
        try {
            session.driver.readLines(
                    id,
                    LogQuery.all().withTail(count),
                    false,
                    line -> lines.add(line.text()),
                    Deadline.in(LOG_OF_A_FAILURE));
        } catch (CofferdamException unreadable) {
            lines.add("(its log could not be read: " + unreadable.getMessage() + ")");
        }
        // Engines count the lines of each stream.
        return lines.size() <= count ? lines : lines.subList(lines.size() - count, lines.size());
    }

    /** What runs in it, for messages. */
    String software(EnvironmentSpec spec) {
        return spec.image()
                .map(image -> "image " + image)
                .orElseGet(() -> spec.command().stream()
                        .findFirst()
                        .map(word -> "command " + word)
                        .orElse("no command"));
    }

    /**
     * Waits for a unit of this environment; it may be one that is about to replace another.
     *
     * @param logMark where in its log its run begins
     * @param mayHaveEnded whether its events were not followed from its start on
     */
    void awaitReady(
            Incarnation unit,
            EnvironmentSpec spec,
            Deadline deadline,
            Duration timeout,
            LogMark logMark,
            boolean mayHaveEnded) {
        session.feed.open();
        try (ReadinessWait wait = new ReadinessWait(session, this, unit.id(), spec, logMark, mayHaveEnded)) {
            wait.await(deadline, timeout);
        }
    }

    /** Starts a unit; makes sure of the network of its stack if that vanished meanwhile. */
    void startUnit(Incarnation unit, EnvironmentSpec spec, Deadline deadline) {
        Optional<CreateRequest.Membership> inStack = DrivenEnvironments.inStack(spec);
        if (inStack.isPresent()) {
            home.stacks().start(unit.id(), inStack.get(), deadline);
        } else {
            session.driver.start(unit.id(), deadline);
        }
    }

    void stopUnit(Incarnation unit, Duration grace, Deadline deadline) {
        home.supervisor().disarm(unit.id());
        session.driver.stop(unit.id(), unit.spec(session).stopSignal(), grace, deadline);
    }

    /** Starts the unit again for its restart policy, unless that was called off. */
    boolean restartUnit(String id, BooleanSupplier stillWanted) {
        Deadline deadline = session.callDeadline();
        return locked(deadline, "restarting '" + name + "'", () -> {
            Incarnation unit = current;
            if (!unit.id().equals(id) || !stillWanted.getAsBoolean()) {
                return false;
            }
            startUnit(unit, unit.spec(session), deadline);
            return true;
        });
    }

    /** Stops the unit and starts it again because it is unhealthy, unless that was called off or is not so any more. */
    boolean recoverUnit(String id, BooleanSupplier stillWanted) {
        EnvironmentSpec spec = current.spec(session);
        Deadline deadline = Deadline.in(session.config.callTimeout().plus(spec.stopGrace()));
        return locked(deadline, "restarting '" + name + "'", () -> {
            Incarnation unit = current;
            if (!unit.id().equals(id)) {
                return false;
            }
            EnvironmentStatus status = statusOf(session.driver.inspect(id, deadline));
            boolean recovered = status.state().isAlive() && status.health() != HealthStatus.UNHEALTHY;
            if (recovered || status.state() == EnvironmentState.PAUSED || !stillWanted.getAsBoolean()) {
                return false;
            }
            session.driver.stop(id, spec.stopSignal(), spec.stopGrace(), deadline);
            startUnit(unit, spec, deadline);
            return true;
        });
    }

    /** The unit that has taken the place of one of this environment, whoever replaced it. */
    Optional<String> successorOf(String former) {
        if (!id().equals(former)) {
            return Optional.of(id());
        }
        try {
            Unit unit = session.driver.inspect(name, session.callDeadline());
            boolean another = unit.engineName().equals(name)
                    && unit.status().name().equals(name)
                    && !unit.status().id().equals(former);
            return another ? Optional.of(unit.status().id()) : Optional.empty();
        } catch (NotFoundException none) {
            return Optional.empty();
        }
    }

    /** Takes care of a unit that runs already and that nobody living cares for. */
    void adopt() {
        Incarnation unit = current;
        if (home.supervisor().arm(this, unit.id(), unit.spec(session))) {
            home.supervisor().started(unit.id(), home.supervisor().runs(unit.id()));
        }
    }

    /** Starts the unit if it does not run: whether it was this call that did. */
    private Begun begin(Incarnation unit, Deadline deadline) {
        EnvironmentSpec spec = unit.spec(session);
        if (!neverStarted) {
            EnvironmentStatus status = statusOf(session.driver.inspect(unit.id(), deadline));
            if (status.state() == EnvironmentState.PAUSED) {
                throw wrongState("start it", status.state(), "resume it");
            }
            if (status.state().isAlive()) {
                return new Begun(unit, false, LogMark.after(status.finished()));
            }
        }
        home.ports().check(name, spec, deadline);
        LogMark logMark = neverStarted ? LogMark.beginning() : logSoFar(unit, spec, deadline);
        try {
            startWithCare(unit, spec, deadline);
        } catch (OperationTimeoutException | OperationInterruptedException givenUp) {
            // The engine may have started what nobody waits for any more.
            neverStarted = false;
            Cleanup.after(givenUp, () -> stopUnit(unit, Duration.ZERO, session.callDeadline()));
            throw givenUp;
        }
        neverStarted = false;
        return new Begun(unit, true, logMark);
    }

    private LogMark logSoFar(Incarnation unit, EnvironmentSpec spec, Deadline deadline) {
        LogMark.Counter lines = new LogMark.Counter();
        if (LogMark.isNeeded(spec.readiness())) {
            session.driver.readLines(unit.id(), LogQuery.all(), false, lines, deadline);
        }
        return lines.mark();
    }

    /** Starts a unit whose events are followed from before its start, where somebody will need them. */
    void startWithCare(Incarnation unit, EnvironmentSpec spec, Deadline deadline) {
        boolean awaited = !ReadinessWait.isTrivial(spec);
        if (awaited || home.supervisor().isNeeded(spec) || spec.lifetime() instanceof Lifetime.Ttl) {
            session.feed.open();
        }
        if (awaited) {
            // An end between the start and the wait for readiness must not be missed.
            session.feed.signal(unit.id());
        }
        home.supervisor().arm(this, unit.id(), spec);
        int runs = home.supervisor().runs(unit.id());
        session.feed.beginning(unit.id(), !awaited);
        try {
            startUnit(unit, spec, deadline);
        } catch (CofferdamException failed) {
            session.feed.notBegun(unit.id());
            home.supervisor().disarm(unit.id());
            throw failed;
        }
        home.supervisor().started(unit.id(), runs);
    }

    /** A start that failed leaves nothing running. There is no time left for a grace period. */
    private void abandon(Incarnation unit) {
        Deadline deadline = session.callDeadline();
        run(deadline, "stopping '" + name + "'", () -> {
            if (current.id().equals(unit.id())) {
                stopUnit(unit, Duration.ZERO, deadline);
            }
        });
    }

    private @Nullable Integer exitCode(Incarnation unit, UnitSignal signal) {
        EnvironmentStatus status;
        try {
            status = statusOf(session.driver.inspect(unit.id(), session.callDeadline()));
        } catch (NotFoundException gone) {
            session.feed.forget(unit.id());
            UnitEvent death = signal.lastDeath();
            if (death != null) {
                return death.exitCode();
            }
            throw removed(gone);
        }
        if (status.state() == EnvironmentState.CREATED) {
            throw wrongState("wait for its end", status.state(), "start it first");
        }
        return status.state() == EnvironmentState.EXITED ? status.exit() : null;
    }

    private void failIfRemoved(EnvironmentStatus status) {
        if (status.state() == EnvironmentState.REMOVED) {
            throw removed(null);
        }
    }

    private NotFoundException removed(@Nullable NotFoundException cause) {
        return new NotFoundException(
                "there is no environment '" + name + "' on the " + session.engine()
                        + " engine any more: it was removed",
                cause);
    }

    /** Makes a call that needs the unit in a certain state; the error names the environment, its state and the remedy. */
    private <T> T inState(String what, Supplier<T> call) {
        try {
            return call.get();
        } catch (WrongStateException refused) {
            EnvironmentStatus status = status();
            failIfRemoved(status);
            String remedy = switch (status.state()) {
                case PAUSED -> "resume it first";
                case RUNNING -> "that needs one that is paused";
                default -> "start it first";
            };
            WrongStateException told = wrongState(what, status.state(), remedy);
            told.addSuppressed(refused);
            throw told;
        }
    }

    private void known(Runnable call) {
        known(() -> {
            call.run();
            return Boolean.TRUE;
        });
    }

    /** Makes a call to the engine, which knows the unit only; if that is gone the error is to name the environment. */
    private <T> T known(Supplier<T> call) {
        try {
            return call.get();
        } catch (NotFoundException missing) {
            if (isGone()) {
                throw removed(missing);
            }
            throw missing;
        }
    }

    private boolean isGone() {
        try {
            session.driver.inspect(id(), session.callDeadline());
            return false;
        } catch (NotFoundException gone) {
            return true;
        }
    }

    private WrongStateException wrongState(String what, EnvironmentState state, String remedy) {
        return new WrongStateException("could not " + what + ": '" + name + "' (" + session.engine() + ") is "
                + state.name().toLowerCase(java.util.Locale.ROOT) + "; " + remedy);
    }

    private void requireCopying() {
        if (!session.driver.capabilities().has(Capability.COPY_WHILE_STOPPED)) {
            EnvironmentStatus status = status();
            // Of one that is gone the call itself tells.
            if (!status.state().isAlive() && status.state() != EnvironmentState.REMOVED) {
                session.driver.capabilities().require(Capability.COPY_WHILE_STOPPED, "start the environment first");
            }
        }
    }

    private void requireTerminal(boolean wanted) {
        if (wanted) {
            session.driver.capabilities().require(Capability.TERMINAL, "run it without a terminal");
        }
    }

    private void tellReady(String id) {
        session.feed.ready(new EnvironmentEvent.Ready(session.clock.instant(), name, id));
    }

    private void run(Deadline deadline, String what, Runnable operation) {
        locked(deadline, what, () -> {
            operation.run();
            return Boolean.TRUE;
        });
    }

    private <T> T locked(Deadline deadline, String what, Supplier<T> operation) {
        try {
            if (!operations.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw deadline.timeout(what + ", while another operation on it went on,", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(what + " was interrupted", e);
        }
        try {
            return known(operation);
        } finally {
            operations.unlock();
        }
    }
}
