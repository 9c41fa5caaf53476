package io.cofferdam.deployment;

import io.cofferdam.application.Application;
import io.cofferdam.deployment.Halt.Halted;
import io.cofferdam.deployment.Halt.Reason;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.workload.Prepared;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one deployment out, from wherever it is to its end: forward to its release, and back to the stable one when it fails or is
 * called off. Everything it has to know again after the end of a JVM is in the ledger.
 */
final class DeploymentRun {

    private static final Logger LOG = LoggerFactory.getLogger(DeploymentRun.class);

    private final EngineParts parts;
    private final Workshop workshop;
    private final Ledger ledger;
    private final Meter meter;
    private final Order order;
    private final DeployOptions options;
    private final Strategy strategy;
    private final Pauses pauses;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition asked = lock.newCondition();

    /** What brings the present attempt to a stop; guarded by the lock. */
    private Halt halt = new Halt();

    private boolean isResumed;

    /** Where it goes now; read by those who look at instances. */
    @Nullable
    private volatile Goal heading;

    /** Whether another controller began it, and its journal was not looked through yet; used by one thread. */
    private boolean isTakenOver;

    DeploymentRun(EngineParts parts, Workshop workshop, Ledger ledger, Meter meter) {
        this.parts = parts;
        this.workshop = workshop;
        this.ledger = ledger;
        this.meter = meter;
        this.order = Order.read(ledger.record().options());
        this.options = order.options();
        this.strategy = parts.strategy(options.strategy());
        this.pauses = new Pauses(ledger, parts.scheduler());
    }

    DeploymentRecord record() {
        return ledger.record();
    }

    /** How long instances of a service have to be ready to count as available. */
    Duration minReady(String service) {
        Goal towards = heading;
        return towards == null ? options.minReady() : towards.minReady(service, options);
    }

    /** Brings it to a stop. */
    void halt(Reason reason) {
        lock.lock();
        try {
            halt.raise(reason);
            asked.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Acts on what somebody asks; says whether it is dealt with already. */
    boolean signal(Signal signal) {
        boolean isRestoring = ledger.record().status() == DeploymentStatus.ROLLING_BACK;
        switch (signal.kind()) {
            case CANCEL -> {
                if (isRestoring || ledger.state().isCancelled()) {
                    return true;
                }
                ledger.entry()
                        .state(RunState::cancelled)
                        .handled(List.of(signal.number()))
                        .write();
                halt(Reason.CANCEL);
                return false;
            }
            case PROMOTE -> {
                pauses.promote();
                return true;
            }
            case PAUSE -> {
                if (isRestoring || ledger.state().isHeld()) {
                    return true;
                }
                ledger.entry()
                        .state(state -> state.held(true))
                        .handled(List.of(signal.number()))
                        .write();
                halt(Reason.PAUSE);
                return false;
            }
            case RESUME -> {
                resume();
                return true;
            }
        }
        throw new IllegalStateException("an unknown signal: " + signal.kind());
    }

    private void resume() {
        lock.lock();
        try {
            if (ledger.state().isHeld()) {
                ledger.entry().state(state -> state.held(false).failed("")).write();
            }
            isResumed = true;
            asked.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Works until it has ended, or has to be left to somebody else. */
    void run() {
        try {
            begin();
            while (!ledger.record().status().isTerminal() && goOn()) {
                LOG.debug("deployment {} goes on", ledger.record().id());
            }
        } catch (StaleLeaseException e) {
            LOG.info(
                    "deployment {} is left to another controller: {}",
                    ledger.record().id(),
                    e.getMessage());
        } catch (OperationInterruptedException e) {
            LOG.debug(
                    "deployment {} is left as it is, since its engine is closed",
                    ledger.record().id());
        }
    }

    private void begin() {
        DeploymentRecord record = ledger.record();
        if (record.status() == DeploymentStatus.PENDING) {
            String stable = ledger.project().stable();
            ledger.entry()
                    .change(old -> old.begun(ledger.now(), stable))
                    .data(data -> data.on(parts.engineName()))
                    .at(DeploymentStatus.IN_PROGRESS, "begins")
                    .event(
                            DeploymentEventType.STARTED,
                            "",
                            what(record) + " of '" + record.project() + "' begins, " + record.strategy(),
                            Map.of("version", record.version(), "strategy", record.strategy()))
                    .write();
        } else {
            isTakenOver = true;
            ledger.entry()
                    .event(DeploymentEventType.RESUMED_WORK, "the work goes on where another controller left it")
                    .write();
        }
    }

    private static String what(DeploymentRecord record) {
        return switch (record.kind()) {
            case DEPLOY -> "deployment of version " + record.version();
            case ROLLBACK -> "rollback to version " + record.version();
            case SCALE -> "scaling";
            case REMOVE -> "removal";
        };
    }

    /** One attempt; false if it is to be left. */
    private boolean goOn() {
        Halt own = renew();
        try {
            RunState state = ledger.state();
            if (state.isHeld()) {
                return hold();
            }
            boolean isRestoring = state.isCancelled() || ledger.record().status() == DeploymentStatus.ROLLING_BACK;
            if (isRestoring) {
                restore(own, state);
            } else {
                advance(own);
            }
            return true;
        } catch (Halted e) {
            return halted(e.reason);
        } catch (StaleLeaseException | OperationInterruptedException e) {
            throw e;
        } catch (Exception e) {
            if (own.reason() == Reason.CLOSE || own.reason() == Reason.LOST) {
                return false;
            }
            if (ledger.state().isCancelled() && ledger.record().status() != DeploymentStatus.ROLLING_BACK) {
                LOG.debug(
                        "deployment {} failed after it was called off",
                        ledger.record().id(),
                        e);
                return true;
            }
            failed(e);
            return true;
        }
    }

    private Halt renew() {
        lock.lock();
        try {
            Reason last = halt.reason();
            if (last == Reason.CLOSE || last == Reason.LOST || last == Reason.SUPERSEDE) {
                return halt;
            }
            halt = new Halt();
            return halt;
        } finally {
            lock.unlock();
        }
    }

    private boolean halted(Reason reason) {
        switch (reason) {
            case SUPERSEDE -> {
                ledger.entry()
                        .change(record -> record.ended(ledger.now(), false))
                        .at(DeploymentStatus.SUPERSEDED, "a newer deployment took its place")
                        .event(DeploymentEventType.SUPERSEDED, "a newer deployment took its place")
                        .write();
                return true;
            }
            case CLOSE, LOST -> {
                return false;
            }
            case CANCEL, PAUSE, FAILURE -> {
                return true;
            }
        }
        throw new IllegalStateException("an unknown reason: " + reason);
    }

    /** Somebody paused it: waits until somebody resumes it, or wants something else of it. */
    private boolean hold() {
        String failure = ledger.state().failure();
        String message = failure.isEmpty() ? "paused; resume it or cancel it" : "paused after a failure: " + failure;
        if (!ledger.record().message().equals(message)) {
            ledger.entry()
                    .at(DeploymentStatus.PAUSED, message)
                    .event(DeploymentEventType.PAUSED, message)
                    .write();
        }
        lock.lock();
        try {
            while (!isResumed && !halt.isRaised() && ledger.state().isHeld()) {
                asked.await();
            }
            isResumed = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("a paused deployment was interrupted", e);
        } finally {
            lock.unlock();
        }
        Reason reason = currentReason();
        if (reason != null && reason != Reason.PAUSE) {
            return halted(reason);
        }
        ledger.entry()
                .at(DeploymentStatus.IN_PROGRESS, "goes on")
                .event(DeploymentEventType.RESUMED, "it was resumed")
                .write();
        return true;
    }

    @Nullable
    private Reason currentReason() {
        lock.lock();
        try {
            return halt.reason();
        } finally {
            lock.unlock();
        }
    }

    private void advance(Halt own) throws Exception {
        DeploymentRecord record = ledger.record();
        Prepared stable = stable().orElse(null);
        Prepared target = record.kind() == DeploymentKind.REMOVE ? null : prepared(own, stable);
        Goal goal = new Goal(
                record.id(),
                target,
                stable,
                ledger.state().colour(),
                record.kind() == DeploymentKind.ROLLBACK,
                workshop.traffic().hasRouter());
        go(goal, own, record.kind() == DeploymentKind.REMOVE ? Strategies.recreate() : strategy);
        complete(goal);
    }

    private void go(Goal goal, Halt own, Strategy by) throws Exception {
        heading = goal;
        StepRunner steps = new StepRunner(workshop, ledger, goal, options, own, pauses);
        Attempt attempt = new Attempt(workshop, ledger, goal, by, meter, own, steps);
        mend(goal);
        closeBooks(goal);
        if (by.wantsOwnNames() && !goal.isRollback() && goal.stable() != null) {
            ledger.entry()
                    .event(DeploymentEventType.GREEN_STARTED, "the new instances are started beside the old ones")
                    .write();
            joinUnchanged(goal, new HashSet<>(List.of(ledger.data().colour(), goal.colour())));
        }
        attempt.run();
    }

    /** Traffic as it was decided last, whatever the router was told before a crash. */
    private void mend(Goal goal) {
        workshop.traffic().direct(goal.applications(), ledger.data().weights());
    }

    /** What another controller meant to do last, and did or did not do: what is planned next is found by looking. */
    private void closeBooks(Goal goal) {
        if (!isTakenOver) {
            return;
        }
        isTakenOver = false;
        Map<String, JournalEntry.Phase> last = new LinkedHashMap<>();
        parts.store().journal(ledger.record().id()).forEach(line -> last.put(line.step(), line.phase()));
        Ledger.Entry entry = ledger.entry();
        boolean hasMoved = false;
        for (Map.Entry<String, JournalEntry.Phase> step : last.entrySet()) {
            if (step.getValue() != JournalEntry.Phase.INTENT
                    || ledger.state().pauses().containsKey(step.getKey())) {
                continue;
            }
            // Shares are written down before the router is told, and it was told again just now.
            boolean isShift = step.getKey().startsWith(Step.ShiftTraffic.PREFIX);
            hasMoved |= isShift;
            entry.journal(
                    step.getKey(),
                    isShift ? JournalEntry.Phase.DONE : JournalEntry.Phase.SKIPPED,
                    "another controller took over");
        }
        if (hasMoved) {
            entry.event(
                    isSwitched(goal) ? DeploymentEventType.TRAFFIC_SWITCHED : DeploymentEventType.TRAFFIC_SHIFTED,
                    "the traffic goes where it was meant to go when another controller took over");
        }
        entry.write();
    }

    private boolean isSwitched(Goal goal) {
        Release target = goal.target();
        return ledger.data().weights().values().stream()
                .allMatch(shares -> shares.entrySet().stream()
                        .filter(share -> share.getValue() > 0)
                        .allMatch(share -> target.service(share.getKey().service())
                                .filter(service -> service.revision().equals(share.getKey()))
                                .isPresent()));
    }

    /** Services that stay as they are have to be found by old and new instances alike. */
    private void joinUnchanged(Goal goal, Set<String> colours) {
        Prepared target = goal.prepared();
        Prepared stable = goal.stable();
        if (target == null || stable == null || !workshop.workloads().hasColours()) {
            return;
        }
        target.revisions().forEach((service, revision) -> {
            if (revision.equals(stable.revisions().get(service))) {
                workshop.workloads().join(goal.blueprint(revision), colours);
            }
        });
    }

    private Optional<Prepared> stable() {
        return ledger.record()
                .previousId()
                .flatMap(parts.store()::find)
                .flatMap(record -> parts.store().release(record.release()))
                .flatMap(release ->
                        ReleaseContent.read(release.content(), parts.seal()).prepared());
    }

    /** The release this deployment brings, fetched and built if that was not done yet. */
    private Prepared prepared(Halt own, @Nullable Prepared stable) throws Exception {
        DeploymentRecord record = ledger.record();
        ReleaseContent content = parts.release(record.release());
        Optional<Prepared> ready = content.prepared();
        if (ready.isPresent() && ledger.state().isPrepared()) {
            return ready.get();
        }
        Application application = content.application();
        Prepared prepared = ready.isPresent()
                ? ready.get()
                : own.waiting(() -> workshop.workloads()
                        .prepare(
                                application,
                                message -> ledger.entry().message(message).write(),
                                options.progressDeadline()));
        String colour = colour(stable);
        StoredRelease stored = new StoredRelease(
                record.id() + "-release",
                record.project(),
                application.version(),
                content.prepared(prepared).write(parts.seal()));
        String id = ready.isPresent() ? record.release() : stored.id();
        Ledger.Entry entry = ledger.entry()
                .change(old -> old.with(id, old.version(), old.state()))
                .state(state -> state.prepared(colour))
                .message("everything it is made from is at hand");
        if (ready.isEmpty()) {
            entry.release(stored);
        }
        entry.write();
        return prepared;
    }

    /** New instances have names of their own where strategy and engine want and can. */
    private String colour(@Nullable Prepared stable) {
        String now = ledger.data().colour();
        boolean own = strategy.wantsOwnNames()
                && stable != null
                && ledger.record().kind() == DeploymentKind.DEPLOY
                && workshop.workloads().hasColours();
        return own ? (now.isEmpty() ? "green" : "") : now;
    }

    private void complete(Goal goal) {
        settle(goal);
        DeploymentRecord record = ledger.record();
        boolean isRemoval = record.kind() == DeploymentKind.REMOVE;
        Ledger.Entry entry = ledger.entry();
        if (strategy.name().equals("recreate") && !isRemoval) {
            entry.event(DeploymentEventType.SERVICES_STARTED, "all services were started");
        }
        String message = isRemoval
                ? "everything of '" + record.project() + "' is removed"
                : "every service of version " + record.version() + " is available";
        entry.change(old -> old.ended(ledger.now(), !isRemoval))
                .change(old -> old.at(DeploymentStatus.COMPLETED, 100, message))
                .project(state -> new ProjectState(
                        state.project(),
                        isRemoval ? null : record.id(),
                        ProjectData.read(state.data())
                                .coloured(isRemoval ? "" : goal.colour())
                                .write()))
                .event(
                        DeploymentEventType.COMPLETED,
                        "",
                        message,
                        Map.of("version", record.version(), "seconds", seconds(record)))
                .write();
    }

    private String seconds(DeploymentRecord record) {
        return Long.toString(Duration.between(record.startedAt().orElse(record.createdAt()), ledger.now())
                .toSeconds());
    }

    /** Leaves only what the goal needs: addresses, names, networks. */
    private void settle(Goal goal) {
        String project = ledger.record().project();
        if (goal.prepared() == null) {
            workshop.traffic().end();
            workshop.workloads().tidy(project, Set.of(), order.volumes());
            return;
        }
        workshop.traffic()
                .direct(List.of(goal.prepared().application()), ledger.data().weights());
        boolean hadOthers = !goal.colour().equals(ledger.data().colour())
                || !goal.colour().equals(ledger.state().colour());
        if (workshop.workloads().hasColours() && hadOthers) {
            goal.prepared()
                    .revisions()
                    .values()
                    .forEach(revision -> workshop.workloads().join(goal.blueprint(revision), Set.of(goal.colour())));
        }
        workshop.workloads().tidy(project, Set.of(goal.colour()), false);
    }

    private void failed(Exception failure) {
        DeploymentRecord record = ledger.record();
        RunState state = ledger.state();
        String why = message(failure);
        boolean isRestoring = state.isCancelled() || record.status() == DeploymentStatus.ROLLING_BACK;
        LOG.info("deployment {} of '{}' failed: {}", record.id(), record.project(), why);
        if (!(failure instanceof CofferdamException)) {
            LOG.warn("deployment {} of '{}' failed in an unexpected way", record.id(), record.project(), failure);
        }
        Ledger.Entry entry = ledger.entry().event(DeploymentEventType.FAILED, why);
        if (isRestoring) {
            end(entry, "restoring the last stable release failed: " + why);
        } else if (record.kind() != DeploymentKind.DEPLOY && record.kind() != DeploymentKind.SCALE) {
            end(entry, why);
        } else if (options.onFailure() == FailureAction.PAUSE) {
            entry.state(old -> old.failed(why).held(true)).write();
        } else if (options.onFailure() == FailureAction.STOP) {
            end(entry, why);
        } else if (record.previousId().isEmpty()) {
            end(
                    entry,
                    why + " There is no release that was stable to go back to; what was started is left to look at.");
        } else if (isSameAsStable()) {
            end(entry, why + " The release that was stable last has the same content, so going back would not help.");
        } else {
            String version = parts.store()
                    .find(Objects.requireNonNull(record.previous()))
                    .map(DeploymentRecord::version)
                    .orElse("");
            entry.state(old -> old.failed(why))
                    .change(old -> old.restoring(version))
                    .at(DeploymentStatus.ROLLING_BACK, "goes back to version " + version + ", since: " + why)
                    .event(
                            DeploymentEventType.ROLLBACK_STARTED,
                            "",
                            "version " + version + " is being restored",
                            Map.of("version", version))
                    .write();
        }
    }

    /** What a person reads; unexpected failures have no sentence of their own. */
    private static String message(Exception failure) {
        String message = failure.getMessage();
        return failure instanceof CofferdamException && message != null ? message : failure.toString();
    }

    private boolean isSameAsStable() {
        Prepared stable = stable().orElse(null);
        Prepared target = parts.release(ledger.record().release()).prepared().orElse(null);
        return stable != null
                && target != null
                && stable.revisions().equals(target.revisions())
                && sameReplicas(stable.application(), target.application());
    }

    private static boolean sameReplicas(Application one, Application other) {
        return one.services().stream()
                .allMatch(service -> other.service(service.name())
                        .filter(same -> same.replicas() == service.replicas())
                        .isPresent());
    }

    private void end(Ledger.Entry entry, String why) {
        entry.change(old -> old.ended(ledger.now(), false))
                .at(DeploymentStatus.FAILED, why)
                .write();
    }

    /** Goes back to the stable release, or to nothing if a first deployment was called off. */
    private void restore(Halt own, RunState state) throws Exception {
        DeploymentRecord record = ledger.record();
        Prepared stable = stable().orElse(null);
        if (record.status() != DeploymentStatus.ROLLING_BACK) {
            String version = record.previousId()
                    .flatMap(parts.store()::find)
                    .map(DeploymentRecord::version)
                    .orElse("");
            String message = stable == null
                    ? "called off; what it started is being removed"
                    : "called off; version " + version + " is being restored";
            ledger.entry()
                    .change(old -> old.restoring(version))
                    .at(DeploymentStatus.ROLLING_BACK, message)
                    .event(DeploymentEventType.ROLLBACK_STARTED, "", message, Map.of("version", version))
                    .write();
        }
        String colour = ledger.data().colour();
        Goal goal = new Goal(
                record.id(), stable, stable, colour, true, workshop.traffic().hasRouter());
        go(goal, own, stable == null ? Strategies.recreate() : strategy);
        settle(goal);
        boolean cancelled = state.isCancelled();
        String message = cancelled
                ? (stable == null
                        ? "called off; what it had started is removed"
                        : "called off; the stable release is restored")
                : "the stable release is restored, since: " + state.failure();
        ledger.entry()
                .change(old -> old.ended(ledger.now(), false))
                .change(old ->
                        old.at(cancelled ? DeploymentStatus.CANCELLED : DeploymentStatus.ROLLED_BACK, 100, message))
                .event(cancelled ? DeploymentEventType.CANCELLED : DeploymentEventType.ROLLBACK_COMPLETED, message)
                .write();
    }
}
