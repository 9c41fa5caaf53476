package io.cofferdam.deployment.jdbc;

import io.cofferdam.deployment.Change;
import io.cofferdam.deployment.DeploymentEvent;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.Lease;
import io.cofferdam.deployment.ProjectState;
import io.cofferdam.deployment.StaleLeaseException;
import io.cofferdam.deployment.StaleRecordException;
import io.cofferdam.deployment.StoreRules;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One change by the holder of a lease: checks the token under the lock of the project's row, then writes. */
final class Commit {

    private final Sql sql;
    private final Writes writes;
    private final Lease lease;

    Commit(Sql sql, Writes writes, Lease lease) {
        this.sql = sql;
        this.writes = writes;
        this.lease = lease;
    }

    Change.Written write(Change change) throws SQLException {
        Rows.Head head = writes.lock(lease.project()).orElseThrow(() -> StaleLeaseException.of(lease, null));
        if (head.token() != lease.token()) {
            throw StaleLeaseException.of(lease, head.lease().orElse(null));
        }
        DeploymentRecord record = change.record() == null ? null : checked(change.record());
        if (record != null) {
            writes.requireRelease(record, change.release());
        }
        writes.keep(change.release());
        if (record != null) {
            writes.update(record);
        }
        writes.journal(lease.project(), change.journal());
        List<DeploymentEvent> events = new ArrayList<>();
        for (DeploymentEvent event : change.events()) {
            events.add(kept(event).numbered(head.event() + events.size() + 1));
        }
        writes.events(events);
        project(change.project(), events.isEmpty() ? null : head.event() + events.size());
        List<@Nullable Object[]> handled = new ArrayList<>();
        change.handled().forEach(number -> handled.add(new Object[] {number, lease.project()}));
        sql.batch("DELETE FROM cofferdam_signal WHERE number = ? AND project = ?", handled);
        return new Change.Written(record, events);
    }

    private DeploymentRecord checked(DeploymentRecord record) throws SQLException {
        record Kept(long number, long revision) {}
        Kept kept = sql.first(
                        row -> new Kept(row.getLong(1), row.getLong(2)),
                        "SELECT number, revision FROM cofferdam_deployment WHERE id = ? AND project = ?",
                        record.id(),
                        record.project())
                .orElseThrow(() -> StoreRules.noDeployment(record.id(), record.project()));
        if (kept.revision() != record.revision()) {
            throw StaleRecordException.of(record, kept.revision());
        }
        return kept(record).stored(kept.number(), kept.revision() + 1);
    }

    private void project(@Nullable ProjectState state, @Nullable Long lastEvent) throws SQLException {
        if (state != null) {
            sql.update(
                    "UPDATE cofferdam_project SET stable = ?, data = ? WHERE name = ?",
                    state.stable(),
                    state.data(),
                    state.project());
        }
        if (lastEvent != null) {
            sql.update("UPDATE cofferdam_project SET last_event = ? WHERE name = ?", lastEvent, lease.project());
        }
    }

    /** The record as it will be read again: databases keep less of a time. */
    static DeploymentRecord kept(DeploymentRecord record) {
        return new DeploymentRecord(
                record.id(),
                record.project(),
                record.number(),
                record.kind(),
                record.version(),
                record.release(),
                record.strategy(),
                record.options(),
                record.status(),
                record.progress(),
                Sql.storable(record.message()),
                record.isStable(),
                record.previous(),
                record.rollbackVersion(),
                record.state(),
                record.user(),
                record.tenant(),
                Sql.kept(record.createdAt()),
                keptOrNull(record.started()),
                keptOrNull(record.completed()),
                record.revision());
    }

    private static DeploymentEvent kept(DeploymentEvent event) {
        return new DeploymentEvent(
                event.project(),
                event.sequence(),
                event.deployment(),
                event.type(),
                event.service(),
                Sql.storable(event.message()),
                event.details(),
                Sql.kept(event.at()));
    }

    private static @Nullable Instant keptOrNull(@Nullable Instant time) {
        return time == null ? null : Sql.kept(time);
    }
}
