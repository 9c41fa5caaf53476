package io.cofferdam.deployment;

import io.cofferdam.error.ClosedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Keeps everything in maps under one lock, which is held for a look or a change and never while waiting. */
final class MemoryStore implements DeploymentStore {

    private final Clock clock;
    private final Map<String, MemoryProject> projects = new TreeMap<>();
    private final Map<String, DeploymentRecord> records = new HashMap<>();
    private final Map<String, StoredRelease> releases = new HashMap<>();
    private final Map<String, List<JournalEntry>> journals = new HashMap<>();
    private final NavigableMap<Long, Signal> signals = new TreeMap<>();
    private long lastSignal;
    private boolean isClosed;

    MemoryStore(Clock clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    @Override
    public synchronized Change.Written submit(DeploymentRecord record, @Nullable StoredRelease release) {
        requireOpen();
        if (release != null) {
            StoreRules.requireSame(record.project(), release.project(), "release");
        }
        if (records.containsKey(record.id())) {
            throw StoreRules.taken(record);
        }
        requireRelease(record, release);
        MemoryProject project = known(record.project());
        keep(release);
        DeploymentRecord written = record.stored(++project.lastNumber, 1);
        put(project, written);
        project.add(AuditEntry.of(written));
        return new Change.Written(written, List.of(project.add(DeploymentEvent.submitted(written))));
    }

    @Override
    public synchronized Signal signal(Signal signal, String tenant) {
        requireOpen();
        requireDeployment(signal.deployment(), signal.project());
        Signal written = signal.numbered(++lastSignal);
        signals.put(written.number(), written);
        known(signal.project()).add(AuditEntry.of(written, tenant));
        return written;
    }

    @Override
    public synchronized void audit(AuditEntry entry) {
        requireOpen();
        known(entry.project()).add(entry);
    }

    @Override
    public synchronized Optional<Lease> acquire(String project, String owner, Duration length) {
        requireOpen();
        StoreRules.requireLength(length);
        Objects.requireNonNull(owner, "owner");
        MemoryProject state = known(project);
        if (state.lease != null && clock.instant().isBefore(state.lease.until())) {
            return Optional.empty();
        }
        state.lease =
                new Lease(project, owner, ++state.lastToken, clock.instant().plus(length));
        return Optional.of(state.lease);
    }

    @Override
    public synchronized Optional<Lease> renew(Lease lease, Duration length) {
        requireOpen();
        StoreRules.requireLength(length);
        MemoryProject state = projects.get(lease.project());
        if (state == null || state.lastToken != lease.token()) {
            return Optional.empty();
        }
        state.lease = new Lease(
                lease.project(), lease.owner(), lease.token(), clock.instant().plus(length));
        return Optional.of(state.lease);
    }

    @Override
    public synchronized void release(Lease lease) {
        requireOpen();
        MemoryProject state = projects.get(lease.project());
        if (state != null && state.lastToken == lease.token()) {
            state.lastToken++;
            state.lease = null;
        }
    }

    @Override
    public synchronized Optional<Lease> holder(String project) {
        requireOpen();
        return Optional.ofNullable(projects.get(project))
                .map(state -> state.lease)
                .filter(lease -> clock.instant().isBefore(lease.until()));
    }

    @Override
    public synchronized Change.Written commit(Lease lease, Change change) {
        requireOpen();
        change.requireProject(lease.project());
        MemoryProject project = projects.get(lease.project());
        if (project == null || project.lastToken != lease.token()) {
            throw StaleLeaseException.of(lease, project == null ? null : project.lease);
        }
        DeploymentRecord record = change.record();
        if (record != null) {
            DeploymentRecord kept = requireDeployment(record.id(), record.project());
            if (kept.revision() != record.revision()) {
                throw StaleRecordException.of(record, kept.revision());
            }
            requireRelease(record, change.release());
            record = record.stored(kept.number(), kept.revision() + 1);
        }
        change.journal().forEach(line -> requireDeployment(line.deployment(), lease.project()));
        // From here on nothing can fail, so that a change is written as a whole or not at all.
        keep(change.release());
        if (record != null) {
            put(project, record);
        }
        for (JournalEntry line : change.journal()) {
            List<JournalEntry> journal = journals.computeIfAbsent(line.deployment(), id -> new ArrayList<>());
            journal.add(line.numbered(journal.size() + 1L));
        }
        if (change.project() != null) {
            project.state = change.project();
        }
        change.handled()
                .forEach(number -> signals.computeIfPresent(
                        number, (key, signal) -> signal.project().equals(lease.project()) ? null : signal));
        return new Change.Written(
                record, change.events().stream().map(project::add).toList());
    }

    @Override
    public synchronized Optional<DeploymentRecord> find(String id) {
        requireOpen();
        return Optional.ofNullable(records.get(id));
    }

    @Override
    public synchronized List<DeploymentRecord> unfinished(String project) {
        requireOpen();
        return look(project)
                .flatMap(state -> state.unfinished.values().stream())
                .toList();
    }

    @Override
    public synchronized List<DeploymentRecord> history(String project, long before, int limit) {
        requireOpen();
        StoreRules.requireLimit(limit);
        return look(project)
                .flatMap(state -> state.deployments.headMap(before, false).descendingMap().values().stream())
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized List<String> projects() {
        requireOpen();
        return projects.entrySet().stream()
                .filter(entry -> entry.getValue().isThere())
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public synchronized List<String> ownerless() {
        requireOpen();
        return projects.keySet().stream()
                .filter(name -> look(name).anyMatch(state -> !state.unfinished.isEmpty())
                        || signals.values().stream()
                                .anyMatch(signal -> signal.project().equals(name)))
                .filter(name -> holder(name).isEmpty())
                .toList();
    }

    @Override
    public synchronized Optional<ProjectState> project(String project) {
        requireOpen();
        return Optional.ofNullable(projects.get(project)).map(state -> state.state);
    }

    @Override
    public synchronized Optional<StoredRelease> release(String id) {
        requireOpen();
        return Optional.ofNullable(releases.get(id));
    }

    @Override
    public synchronized List<Signal> signals(String project) {
        requireOpen();
        return signals.values().stream()
                .filter(signal -> signal.project().equals(project))
                .toList();
    }

    @Override
    public synchronized List<DeploymentEvent> events(String project, long after, int limit) {
        requireOpen();
        StoreRules.requireLimit(limit);
        return look(project)
                .flatMap(state -> state.events.tailMap(after, false).values().stream())
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized List<DeploymentEvent> eventsOf(String deployment, long after, int limit) {
        requireOpen();
        StoreRules.requireLimit(limit);
        DeploymentRecord record = records.get(deployment);
        return record == null
                ? List.of()
                : look(record.project())
                        .flatMap(state -> state.events.tailMap(after, false).values().stream())
                        .filter(event -> event.deployment().equals(deployment))
                        .limit(limit)
                        .toList();
    }

    @Override
    public synchronized List<JournalEntry> journal(String deployment) {
        requireOpen();
        return List.copyOf(journals.getOrDefault(deployment, List.of()));
    }

    @Override
    public synchronized List<AuditEntry> audit(String project, long before, int limit) {
        requireOpen();
        StoreRules.requireLimit(limit);
        return look(project)
                .flatMap(state -> state.audit.headMap(before, false).descendingMap().values().stream())
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized int prune(String project, int keep, Instant endedBefore) {
        requireOpen();
        StoreRules.requireKeep(keep);
        List<DeploymentRecord> gone =
                look(project).flatMap(state -> state.old(keep, endedBefore)).toList();
        for (DeploymentRecord record : gone) {
            records.remove(record.id());
            journals.remove(record.id());
            signals.values().removeIf(signal -> signal.deployment().equals(record.id()));
            known(project).forget(record);
        }
        gone.stream()
                .map(DeploymentRecord::release)
                .distinct()
                .filter(id -> look(project)
                        .flatMap(state -> state.deployments.values().stream())
                        .noneMatch(record -> record.release().equals(id)))
                .forEach(releases::remove);
        return gone.size();
    }

    @Override
    public synchronized void close() {
        isClosed = true;
    }

    private void requireOpen() {
        if (isClosed) {
            throw new ClosedException("the store of deployments in memory is closed; open another one");
        }
    }

    private DeploymentRecord requireDeployment(String id, String project) {
        DeploymentRecord record = records.get(id);
        if (record == null || !record.project().equals(project)) {
            throw StoreRules.noDeployment(id, project);
        }
        return record;
    }

    private void requireRelease(DeploymentRecord record, @Nullable StoredRelease coming) {
        String id = record.release();
        if (!id.isEmpty()
                && !releases.containsKey(id)
                && (coming == null || !coming.id().equals(id))) {
            throw StoreRules.noRelease(record);
        }
    }

    private void keep(@Nullable StoredRelease release) {
        if (release != null) {
            releases.putIfAbsent(release.id(), release);
        }
    }

    private void put(MemoryProject project, DeploymentRecord record) {
        records.put(record.id(), record);
        project.put(record);
    }

    private MemoryProject known(String project) {
        return projects.computeIfAbsent(Objects.requireNonNull(project, "project"), name -> new MemoryProject());
    }

    private Stream<MemoryProject> look(String project) {
        return Stream.ofNullable(projects.get(project));
    }
}
