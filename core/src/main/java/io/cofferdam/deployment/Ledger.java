package io.cofferdam.deployment;

import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.StorageException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The books of one deployment that is carried out: its record, its journal, its events and the state of its project, written in
 * one transaction each, one after the other, whatever number of steps is under way. Events are published in their order, after
 * they were stored. Thread-safe.
 */
final class Ledger {

    /** How often a write is tried again while the store is away. */
    private static final int TRIES = 20;

    private static final Duration BETWEEN_TRIES = Duration.ofMillis(250);

    private final DeploymentStore store;
    private final Supplier<Lease> lease;
    private final Clock clock;
    private final Consumer<DeploymentEvent> published;
    private final Meter meter;
    private final ReentrantLock lock = new ReentrantLock();

    private DeploymentRecord record;
    private ProjectState project;

    Ledger(
            DeploymentStore store,
            Supplier<Lease> lease,
            Clock clock,
            DeploymentRecord record,
            Meter meter,
            Consumer<DeploymentEvent> published) {
        this.store = store;
        this.lease = lease;
        this.clock = clock;
        this.record = record;
        this.meter = meter;
        this.published = published;
        this.project = store.project(record.project()).orElse(new ProjectState(record.project(), null, ""));
    }

    DeploymentRecord record() {
        lock.lock();
        try {
            return record;
        } finally {
            lock.unlock();
        }
    }

    RunState state() {
        return RunState.read(record().state());
    }

    ProjectState project() {
        lock.lock();
        try {
            return project;
        } finally {
            lock.unlock();
        }
    }

    ProjectData data() {
        return ProjectData.read(project().data());
    }

    Instant now() {
        return clock.instant();
    }

    /** What is written at once. Used on one thread. */
    final class Entry {
        private final List<JournalEntry> journal = new ArrayList<>();
        private final List<DeploymentEvent> events = new ArrayList<>();
        private final List<Long> handled = new ArrayList<>();
        private final List<UnaryOperator<DeploymentRecord>> changes = new ArrayList<>();
        private UnaryOperator<ProjectState> projectChange = UnaryOperator.identity();

        @Nullable
        private StoredRelease release;

        private Entry() {}

        Entry journal(String step, JournalEntry.Phase phase, String detail) {
            journal.add(new JournalEntry(record.id(), 0, step, phase, detail, 0, now()));
            return this;
        }

        Entry event(String type, String service, String message, Map<String, String> details) {
            events.add(new DeploymentEvent(record.project(), 0, record.id(), type, service, message, details, now()));
            return this;
        }

        Entry event(String type, String message) {
            return event(type, "", message, Map.of());
        }

        Entry at(DeploymentStatus status, String message) {
            changes.add(current -> current.at(status, meter.progress(), message));
            return this;
        }

        Entry message(String message) {
            changes.add(current -> current.at(current.status(), meter.progress(), message));
            return this;
        }

        Entry change(UnaryOperator<DeploymentRecord> change) {
            changes.add(change);
            return this;
        }

        Entry state(UnaryOperator<RunState> change) {
            changes.add(current -> current.with(
                    current.release(),
                    current.version(),
                    change.apply(RunState.read(current.state())).write()));
            return this;
        }

        Entry project(UnaryOperator<ProjectState> change) {
            UnaryOperator<ProjectState> before = projectChange;
            projectChange = state -> change.apply(before.apply(state));
            return this;
        }

        Entry data(UnaryOperator<ProjectData> change) {
            return project(state -> new ProjectState(
                    state.project(),
                    state.stable(),
                    change.apply(ProjectData.read(state.data())).write()));
        }

        Entry release(StoredRelease value) {
            release = value;
            return this;
        }

        Entry handled(List<Long> signals) {
            handled.addAll(signals);
            return this;
        }

        /** Writes all of it. */
        DeploymentRecord write() {
            lock.lock();
            try {
                DeploymentRecord changed = record;
                for (UnaryOperator<DeploymentRecord> change : changes) {
                    changed = change.apply(changed);
                }
                ProjectState changedProject = projectChange.apply(project);
                Lease held = lease.get();
                Change change = new Change(
                        changed.equals(record) ? null : changed,
                        journal.stream()
                                .map(line -> new JournalEntry(
                                        line.deployment(),
                                        0,
                                        line.step(),
                                        line.phase(),
                                        line.detail(),
                                        held.token(),
                                        line.at()))
                                .toList(),
                        events,
                        changedProject.equals(project) ? null : changedProject,
                        release,
                        handled);
                Change.Written written = commit(held, change);
                record = Objects.requireNonNullElse(written.record(), record);
                project = changedProject;
                written.events().forEach(published);
                return record;
            } finally {
                lock.unlock();
            }
        }
    }

    /** Begins something to write. */
    Entry entry() {
        return new Entry();
    }

    /** A store that is away for a moment must not end a deployment. */
    private Change.Written commit(Lease held, Change change) {
        for (int tried = 1; ; tried++) {
            try {
                return store.commit(held, change);
            } catch (EngineUnavailableException | StorageException e) {
                if (tried == TRIES || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
            }
        }
    }
}
