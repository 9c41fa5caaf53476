package io.cofferdam.deployment;

import io.cofferdam.concurrent.Cancellable;
import io.cofferdam.deployment.Halt.Reason;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.workload.Prepared;
import io.cofferdam.workload.Workloads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the lease of one project and does its work, one thing after the other, until the engine is closed or somebody else
 * takes the project. Between deployments it keeps the router in step with the instances.
 */
final class ProjectController {

    private static final Logger LOG = LoggerFactory.getLogger(ProjectController.class);

    /** How often wishes of other JVMs are looked for: the store tells nobody when there are some. */
    private static final Duration LOOK = Duration.ofMillis(200);

    /** A task on the project between deployments. */
    private record Task(Runnable body, CompletableFuture<Void> done) {}

    private final EngineParts parts;
    private final String project;
    private final Workshop workshop;
    private final AtomicReference<Lease> lease;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();

    /** Guarded by the lock, as the rest. */
    private final Deque<Task> tasks = new ArrayDeque<>();

    @Nullable
    private DeploymentRun current;

    /** What the last deployment asks of instances to count as available. */
    private volatile Function<String, Duration> minReady = service -> Duration.ZERO;

    private boolean isAsked = true;
    private boolean hasSignal;
    private boolean isMoved;

    @Nullable
    private Reason end;

    @Nullable
    private Cancellable renewal;

    /** Signals that the present deployment knows of already, and deals with at its end. */
    private final Set<Long> known = new HashSet<>();

    ProjectController(EngineParts parts, Lease lease) {
        this.parts = parts;
        this.project = lease.project();
        this.lease = new AtomicReference<>(lease);
        Workloads workloads = new PatientWorkloads(parts.workloads());
        Observation observation = new Observation(() -> workloads.list(project, minReady));
        this.workshop = new Workshop(
                workloads,
                observation,
                new Traffic(project, observation, parts.router(), this::ensureOwnership),
                new Checks(project, parts.router(), parts.checks()),
                parts.threads());
    }

    String project() {
        return project;
    }

    /** Looks for work at once instead of at the next look. */
    void wake() {
        lock.lock();
        try {
            isAsked = true;
            hasSignal = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Does something when no deployment is under way. */
    CompletableFuture<Void> submit(Runnable body) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        lock.lock();
        try {
            if (end != null) {
                done.completeExceptionally(
                        new CofferdamException("project '" + project + "' is not worked on here any more"));
            } else {
                tasks.add(new Task(body, done));
                woken.signalAll();
            }
        } finally {
            lock.unlock();
        }
        return done;
    }

    Workshop workshop() {
        return workshop;
    }

    /** Leaves the project as it is. */
    void stop(Reason why) {
        lock.lock();
        try {
            if (end == null || why == Reason.LOST) {
                end = why;
            }
            if (current != null) {
                current.halt(why);
            }
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Works until it is stopped. */
    void run() {
        scheduleRenewal();
        AutoCloseable watch = null;
        try {
            watch = workshop.workloads().watch(project, this::moved);
            parts.threads().start("signals of " + project, this::listen);
            direct();
            while (true) {
                Optional<DeploymentRecord> next = next();
                if (next.isEmpty()) {
                    break;
                }
                carryOut(next.get());
            }
        } catch (StaleLeaseException e) {
            LOG.info("project '{}' is left to another controller: {}", project, e.getMessage());
        } catch (Exception e) {
            LOG.warn("the work on project '{}' was given up", project, e);
        } finally {
            stop(Reason.CLOSE);
            Cancellable scheduled = renewal;
            if (scheduled != null) {
                scheduled.cancel();
            }
            failTasks();
            endWatch(watch);
            releaseLease();
        }
    }

    private static void endWatch(@Nullable AutoCloseable watch) {
        try {
            if (watch != null) {
                watch.close();
            }
        } catch (Exception e) {
            LOG.debug("a watch of instances could not be ended", e);
        }
    }

    private void releaseLease() {
        try {
            parts.store().release(lease.get());
        } catch (RuntimeException e) {
            LOG.debug("the lease of project '{}' was not given back, and ends by itself", project, e);
        }
    }

    private void failTasks() {
        lock.lock();
        try {
            tasks.forEach(task -> task.done()
                    .completeExceptionally(new CofferdamException(
                            "the work on project '" + project + "' was given up before this was done")));
            tasks.clear();
        } finally {
            lock.unlock();
        }
    }

    private void moved() {
        lock.lock();
        try {
            isMoved = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void ensureOwnership() {
        Lease renewed = parts.store()
                .renew(lease.get(), parts.lease())
                .orElseThrow(() -> new StaleLeaseException(
                        "project '" + project + "' is worked on by another controller now; its routes are left alone"));
        lease.set(renewed);
    }

    private void scheduleRenewal() {
        Duration third = parts.lease().dividedBy(3);
        renewal = parts.scheduler().schedule(third, this::renew);
    }

    private void renew() {
        try {
            Optional<Lease> renewed = parts.store().renew(lease.get(), parts.lease());
            if (renewed.isEmpty()) {
                stop(Reason.LOST);
                return;
            }
            lease.set(renewed.get());
        } catch (RuntimeException e) {
            // Every write checks the lease, so a store that is away for a moment does no harm here.
            LOG.debug("the lease of project '{}' could not be renewed; it is tried again", project, e);
        }
        if (!isEnded()) {
            scheduleRenewal();
        }
    }

    private boolean isEnded() {
        lock.lock();
        try {
            return end != null;
        } finally {
            lock.unlock();
        }
    }

    /** The next deployment to carry out; empty when the work is over. Does other tasks and keeps the routes meanwhile. */
    private Optional<DeploymentRecord> next() throws InterruptedException {
        while (true) {
            if (isEnded()) {
                return Optional.empty();
            }
            List<DeploymentRecord> unfinished = mine(parts.store().unfinished(project));
            if (!unfinished.isEmpty()) {
                supersede(unfinished.subList(0, unfinished.size() - 1));
                return Optional.of(unfinished.get(unfinished.size() - 1));
            }
            dropSignals();
            Task task = poll();
            if (task != null) {
                perform(task);
                continue;
            }
            if (awaitMove()) {
                refresh();
            }
        }
    }

    private List<DeploymentRecord> mine(List<DeploymentRecord> unfinished) {
        return unfinished.stream()
                .filter(record -> Order.read(record.options()).engine().equals(parts.engineName()))
                .toList();
    }

    private void refresh() {
        try {
            workshop.traffic().refresh();
        } catch (StaleLeaseException e) {
            stop(Reason.LOST);
        } catch (CofferdamException e) {
            LOG.warn("the routes of project '{}' could not be brought up to date: {}", project, e.getMessage());
        }
    }

    /** Routes as they were when the project was left. */
    private void direct() {
        ProjectState state = parts.store().project(project).orElse(null);
        if (state == null || parts.router() == null) {
            return;
        }
        Optional<Prepared> stable = state.stableId()
                .flatMap(parts.store()::find)
                .map(record -> parts.release(record.release()))
                .flatMap(ReleaseContent::prepared);
        if (stable.isPresent() && mine(parts.store().unfinished(project)).isEmpty()) {
            try {
                workshop.traffic()
                        .direct(
                                List.of(stable.get().application()),
                                ProjectData.read(state.data()).weights());
            } catch (StaleLeaseException e) {
                throw e;
            } catch (CofferdamException e) {
                LOG.warn("the routes of project '{}' could not be restored: {}", project, e.getMessage());
            }
        }
    }

    @Nullable
    private Task poll() {
        lock.lock();
        try {
            return tasks.poll();
        } finally {
            lock.unlock();
        }
    }

    private static void perform(Task task) {
        try {
            task.body().run();
            task.done().complete(null);
        } catch (RuntimeException | Error e) {
            task.done().completeExceptionally(e);
        }
    }

    /** Waits for something to do; true if instances moved. */
    private boolean awaitMove() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = LOOK.toNanos();
            while (left > 0 && end == null && tasks.isEmpty() && !isAsked && !isMoved) {
                left = woken.awaitNanos(left);
            }
            isAsked = false;
            boolean moved = isMoved;
            isMoved = false;
            return moved;
        } finally {
            lock.unlock();
        }
    }

    private void supersede(List<DeploymentRecord> older) {
        for (DeploymentRecord record : older) {
            Ledger ledger = ledger(record, new Meter(record.progress()));
            ledger.entry()
                    .change(old -> old.ended(ledger.now(), false))
                    .at(DeploymentStatus.SUPERSEDED, "a newer deployment took its place")
                    .event(DeploymentEventType.SUPERSEDED, "a newer deployment took its place")
                    .write();
        }
    }

    private Ledger ledger(DeploymentRecord record, Meter meter) {
        return new Ledger(
                parts.store(),
                lease::get,
                parts.clock(),
                record,
                meter,
                event -> parts.bus().publish(event));
    }

    private void carryOut(DeploymentRecord record) {
        Meter meter = new Meter(record.progress());
        Ledger ledger = ledger(record, meter);
        DeploymentRun run;
        try {
            run = new DeploymentRun(parts, workshop, ledger, meter);
            minReady = run::minReady;
        } catch (CofferdamException e) {
            ledger.entry()
                    .change(old -> old.ended(ledger.now(), false))
                    .at(DeploymentStatus.FAILED, String.valueOf(e.getMessage()))
                    .event(DeploymentEventType.FAILED, String.valueOf(e.getMessage()))
                    .write();
            return;
        }
        lock.lock();
        try {
            if (end != null) {
                return;
            }
            current = run;
        } finally {
            lock.unlock();
        }
        try {
            run.run();
        } finally {
            lock.lock();
            try {
                current = null;
                known.clear();
                if (!run.record().status().isTerminal() && end == null) {
                    // It lost the project, or its engine is being closed.
                    end = Reason.LOST;
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Hands signals and newer deployments to the one that is under way. */
    private void listen() {
        while (!isEnded()) {
            try {
                DeploymentRun run = currentRun();
                if (run != null) {
                    tell(run);
                }
                lock.lockInterruptibly();
                try {
                    long left = LOOK.toNanos();
                    while (left > 0 && end == null && !hasSignal) {
                        left = woken.awaitNanos(left);
                    }
                    hasSignal = false;
                } finally {
                    lock.unlock();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (StaleLeaseException e) {
                stop(Reason.LOST);
            } catch (RuntimeException e) {
                LOG.debug("the signals for project '{}' could not be read; it is tried again", project, e);
            }
        }
    }

    @Nullable
    private DeploymentRun currentRun() {
        lock.lock();
        try {
            return current;
        } finally {
            lock.unlock();
        }
    }

    private void tell(DeploymentRun run) {
        List<Long> done = new ArrayList<>();
        for (Signal signal : parts.store().signals(project)) {
            if (!signal.deployment().equals(run.record().id())) {
                done.add(signal.number());
            } else if (isNew(signal) && run.signal(signal)) {
                done.add(signal.number());
            }
        }
        if (!done.isEmpty()) {
            parts.store().commit(lease.get(), Change.NONE.handled(done));
        }
        boolean hasNewer = mine(parts.store().unfinished(project)).stream()
                .anyMatch(other -> other.number() > run.record().number());
        if (hasNewer) {
            run.halt(Reason.SUPERSEDE);
        }
    }

    private boolean isNew(Signal signal) {
        lock.lock();
        try {
            return known.add(signal.number());
        } finally {
            lock.unlock();
        }
    }

    /** What nobody can act on any more. */
    private void dropSignals() {
        List<Long> left =
                parts.store().signals(project).stream().map(Signal::number).toList();
        if (!left.isEmpty()) {
            parts.store().commit(lease.get(), Change.NONE.handled(left));
        }
    }
}
