package io.cofferdam.deployment.jdbc;

import io.cofferdam.api.Experimental;
import io.cofferdam.deployment.AuditEntry;
import io.cofferdam.deployment.Change;
import io.cofferdam.deployment.DeploymentEvent;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.deployment.JournalEntry;
import io.cofferdam.deployment.Lease;
import io.cofferdam.deployment.ProjectState;
import io.cofferdam.deployment.Signal;
import io.cofferdam.deployment.StoreRules;
import io.cofferdam.deployment.StoredRelease;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps deployments in a database: PostgreSQL 15 or later, or H2 2.x. Several engines in several processes may open the same one.
 * The tables, whose names begin with {@code cofferdam_}, are made in the schema that the data source's connections use, and brought
 * to the version of this library, when the store is opened.
 *
 * <p>Every operation takes at most 30 s and answers an interrupt; it is done again by itself where transactions came in each other's
 * way, and for up to 12 s where the database is away. Besides what {@link DeploymentStore} says, operations throw
 *
 * <ul>
 *   <li>{@link io.cofferdam.error.EngineUnavailableException} if the database cannot be reached; nothing was written then
 *   <li>{@link io.cofferdam.error.StorageException} if it refuses, or went away when a change was about to be made permanent, so that
 *       nobody knows whether it was
 *   <li>{@link io.cofferdam.error.OperationTimeoutException} and {@link io.cofferdam.error.OperationInterruptedException}, after
 *       which it is not known either
 * </ul>
 *
 * <p>Times are kept to the microsecond. Text is kept without characters no database takes: NUL and halves of surrogate pairs
 * become U+FFFD.
 */
@Experimental
public final class JdbcDeploymentStore implements DeploymentStore {

    private final Database database;
    private final Dialect dialect;
    private final Reads reads;

    private JdbcDeploymentStore(Database database) {
        this.database = database;
        this.dialect = database.dialect();
        this.reads = new Reads(database);
    }

    /**
     * Opens a store over a data source that gives connections quickly, as a pool does: each operation takes one and gives it back.
     *
     * @param source where the database is; stays open when the store is closed
     * @return the store
     * @throws io.cofferdam.error.EngineUnavailableException if the database cannot be reached
     * @throws io.cofferdam.error.StorageException if it is of another kind or too old, its tables are of a later version than
     *     this library's, or it refuses to make them
     */
    public static DeploymentStore open(DataSource source) {
        return open(source, 0);
    }

    /**
     * Opens a store over a data source that makes a connection each time it is asked for one. H2 closes a database with its last
     * connection: keep 1 or more there, unless something else holds one.
     *
     * @param source where the database is; stays open when the store is closed
     * @param kept how many connections the store itself keeps open between operations at the most, 0 or more; more are opened
     *     while more operations are under way, and closed after them
     * @return the store
     * @throws io.cofferdam.error.EngineUnavailableException if the database cannot be reached
     * @throws io.cofferdam.error.StorageException if it is of another kind or too old, its tables are of a later version than
     *     this library's, or it refuses to make them
     */
    public static DeploymentStore open(DataSource source, int kept) {
        Objects.requireNonNull(source, "source");
        if (kept < 0) {
            throw new IllegalArgumentException("0 or more connections can be kept, not " + kept);
        }
        return new JdbcDeploymentStore(Opening.open(new Connections(source, kept)));
    }

    @Override
    public Change.Written submit(DeploymentRecord record, @Nullable StoredRelease release) {
        if (release != null) {
            StoreRules.requireSame(record.project(), release.project(), "release");
        }
        return database.write("add deployment '" + record.id() + "'", sql -> {
            Writes writes = new Writes(sql, dialect);
            Rows.Head head = writes.lockOrMake(record.project());
            if (sql.exists("SELECT 1 FROM cofferdam_deployment WHERE id = ?", record.id())) {
                throw StoreRules.taken(record);
            }
            writes.requireRelease(record, release);
            writes.keep(release);
            DeploymentRecord written = kept(record).stored(head.number() + 1, 1);
            writes.insert(written);
            DeploymentEvent event = DeploymentEvent.submitted(written).numbered(head.event() + 1);
            writes.events(List.of(event));
            writes.audit(AuditEntry.of(written).numbered(head.audit() + 1));
            writes.counters(record.project(), head.number() + 1, head.event() + 1, head.audit() + 1);
            return new Change.Written(written, List.of(event));
        });
    }

    @Override
    public Signal signal(Signal signal, String tenant) {
        String id = signal.deployment();
        return database.write("add a signal for deployment '" + id + "'", sql -> {
            Writes writes = new Writes(sql, dialect);
            Rows.Head head =
                    writes.lock(signal.project()).orElseThrow(() -> StoreRules.noDeployment(id, signal.project()));
            if (!sql.exists("SELECT 1 FROM cofferdam_deployment WHERE id = ? AND project = ?", id, signal.project())) {
                throw StoreRules.noDeployment(id, signal.project());
            }
            Signal timed = new Signal(0, signal.project(), id, signal.kind(), signal.user(), Sql.kept(signal.at()));
            long number = sql.insertNumbered(
                    "INSERT INTO cofferdam_signal (project, deployment, kind, requested_by, happened_at) VALUES (?, ?, ?, ?, ?)",
                    "number",
                    timed.project(),
                    id,
                    timed.kind().name(),
                    timed.user(),
                    timed.at());
            writes.audit(AuditEntry.of(timed, tenant).numbered(head.audit() + 1));
            writes.counters(signal.project(), head.number(), head.event(), head.audit() + 1);
            return timed.numbered(number);
        });
    }

    @Override
    public void audit(AuditEntry entry) {
        database.write("add a line to the audit of project '" + entry.project() + "'", sql -> {
            Writes writes = new Writes(sql, dialect);
            Rows.Head head = writes.lockOrMake(entry.project());
            writes.audit(entry.numbered(head.audit() + 1));
            writes.counters(entry.project(), head.number(), head.event(), head.audit() + 1);
            return true;
        });
    }

    @Override
    public Optional<Lease> acquire(String project, String owner, Duration length) {
        StoreRules.requireLength(length);
        Objects.requireNonNull(owner, "owner");
        return database.write("acquire project '" + project + "'", sql -> {
            dialect.endSilent(sql);
            Writes writes = new Writes(sql, dialect);
            Rows.Head head = writes.lockOrMake(project);
            if (head.isHeld()) {
                return Optional.empty();
            }
            return Optional.of(lease(
                    writes,
                    new Lease(project, owner, head.token() + 1, head.now().plus(length))));
        });
    }

    @Override
    public Optional<Lease> renew(Lease lease, Duration length) {
        StoreRules.requireLength(length);
        String project = lease.project();
        return database.write("renew the lease of project '" + project + "'", sql -> {
            Writes writes = new Writes(sql, dialect);
            Optional<Rows.Head> head = writes.lock(project).filter(row -> row.token() == lease.token());
            if (head.isEmpty()) {
                return Optional.empty();
            }
            Instant until = head.get().now().plus(length);
            return Optional.of(lease(writes, new Lease(project, lease.owner(), lease.token(), until)));
        });
    }

    @Override
    public void release(Lease lease) {
        String project = lease.project();
        database.write("give the lease of project '" + project + "' back", sql -> {
            Writes writes = new Writes(sql, dialect);
            if (writes.lock(project).filter(row -> row.token() == lease.token()).isPresent()) {
                writes.lease(project, lease.token() + 1, null, null);
            }
            return true;
        });
    }

    @Override
    public Optional<Lease> holder(String project) {
        return reads.holder(project);
    }

    @Override
    public Change.Written commit(Lease lease, Change change) {
        change.requireProject(lease.project());
        return database.write(
                "write to project '" + lease.project() + "'",
                sql -> new Commit(sql, new Writes(sql, dialect), lease).write(change));
    }

    @Override
    public Optional<DeploymentRecord> find(String id) {
        return reads.find(id);
    }

    @Override
    public List<DeploymentRecord> unfinished(String project) {
        return reads.unfinished(project);
    }

    @Override
    public List<DeploymentRecord> history(String project, long before, int limit) {
        StoreRules.requireLimit(limit);
        return reads.history(project, before, limit);
    }

    @Override
    public List<String> projects() {
        return reads.projects();
    }

    @Override
    public List<String> ownerless() {
        return reads.ownerless();
    }

    @Override
    public Optional<ProjectState> project(String project) {
        return reads.project(project);
    }

    @Override
    public Optional<StoredRelease> release(String id) {
        return reads.release(id);
    }

    @Override
    public List<Signal> signals(String project) {
        return reads.signals(project);
    }

    @Override
    public List<DeploymentEvent> events(String project, long after, int limit) {
        StoreRules.requireLimit(limit);
        return reads.events(project, after, limit);
    }

    @Override
    public List<DeploymentEvent> eventsOf(String deployment, long after, int limit) {
        StoreRules.requireLimit(limit);
        return reads.eventsOf(deployment, after, limit);
    }

    @Override
    public List<JournalEntry> journal(String deployment) {
        return reads.journal(deployment);
    }

    @Override
    public List<AuditEntry> audit(String project, long before, int limit) {
        StoreRules.requireLimit(limit);
        return reads.audit(project, before, limit);
    }

    @Override
    public int prune(String project, int keep, Instant endedBefore) {
        StoreRules.requireKeep(keep);
        int all = 0;
        for (int some = Pruning.AT_A_TIME; some == Pruning.AT_A_TIME; all += some) {
            some = database.write(
                    "prune project '" + project + "'",
                    sql -> new Writes(sql, dialect).lock(project).isEmpty()
                            ? 0
                            : Pruning.some(sql, project, keep, endedBefore));
        }
        return all;
    }

    @Override
    public void close() {
        database.close();
    }

    private static Lease lease(Writes writes, Lease wanted) throws java.sql.SQLException {
        Lease lease = new Lease(wanted.project(), wanted.owner(), wanted.token(), Sql.kept(wanted.until()));
        writes.lease(lease.project(), lease.token(), lease.owner(), lease.until());
        return lease;
    }

    private static DeploymentRecord kept(DeploymentRecord record) {
        return Commit.kept(record);
    }
}
