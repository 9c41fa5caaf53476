package io.cofferdam.examples.chaos;

import io.cofferdam.deployment.AuditEntry;
import io.cofferdam.deployment.Change;
import io.cofferdam.deployment.DeploymentEvent;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.deployment.JournalEntry;
import io.cofferdam.deployment.Lease;
import io.cofferdam.deployment.ProjectState;
import io.cofferdam.deployment.Signal;
import io.cofferdam.deployment.StoredRelease;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store that hands everything on to another one. */
class ForwardingStore implements DeploymentStore {

    private final DeploymentStore store;

    ForwardingStore(DeploymentStore store) {
        this.store = store;
    }

    @Override
    public Change.Written submit(DeploymentRecord record, @Nullable StoredRelease release) {
        return store.submit(record, release);
    }

    @Override
    public Signal signal(Signal signal, String tenant) {
        return store.signal(signal, tenant);
    }

    @Override
    public void audit(AuditEntry entry) {
        store.audit(entry);
    }

    @Override
    public Optional<Lease> acquire(String project, String owner, Duration length) {
        return store.acquire(project, owner, length);
    }

    @Override
    public Optional<Lease> renew(Lease lease, Duration length) {
        return store.renew(lease, length);
    }

    @Override
    public void release(Lease lease) {
        store.release(lease);
    }

    @Override
    public Optional<Lease> holder(String project) {
        return store.holder(project);
    }

    @Override
    public Change.Written commit(Lease lease, Change change) {
        return store.commit(lease, change);
    }

    @Override
    public Optional<DeploymentRecord> find(String id) {
        return store.find(id);
    }

    @Override
    public List<DeploymentRecord> unfinished(String project) {
        return store.unfinished(project);
    }

    @Override
    public List<DeploymentRecord> history(String project, long before, int limit) {
        return store.history(project, before, limit);
    }

    @Override
    public List<String> projects() {
        return store.projects();
    }

    @Override
    public List<String> ownerless() {
        return store.ownerless();
    }

    @Override
    public Optional<ProjectState> project(String project) {
        return store.project(project);
    }

    @Override
    public Optional<StoredRelease> release(String id) {
        return store.release(id);
    }

    @Override
    public List<Signal> signals(String project) {
        return store.signals(project);
    }

    @Override
    public List<DeploymentEvent> events(String project, long after, int limit) {
        return store.events(project, after, limit);
    }

    @Override
    public List<DeploymentEvent> eventsOf(String deployment, long after, int limit) {
        return store.eventsOf(deployment, after, limit);
    }

    @Override
    public List<JournalEntry> journal(String deployment) {
        return store.journal(deployment);
    }

    @Override
    public List<AuditEntry> audit(String project, long before, int limit) {
        return store.audit(project, before, limit);
    }

    @Override
    public int prune(String project, int keep, Instant endedBefore) {
        return store.prune(project, keep, endedBefore);
    }

    @Override
    public void close() {
        store.close();
    }
}
