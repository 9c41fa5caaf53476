package io.cofferdam.deployment.jdbc;

import io.cofferdam.deployment.AuditEntry;
import io.cofferdam.deployment.DeploymentEvent;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.JournalEntry;
import io.cofferdam.deployment.StoreRules;
import io.cofferdam.deployment.StoredRelease;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes within one transaction, which has locked the row of the project first: that row is what all writers of a project wait for
 * one after the other, and its counters number what belongs to the project.
 */
final class Writes {

    private final Sql sql;
    private final Dialect dialect;

    Writes(Sql sql, Dialect dialect) {
        this.sql = sql;
        this.dialect = dialect;
    }

    /** Locks the row of a project; empty if nobody made one yet. */
    Optional<Rows.Head> lock(String project) throws SQLException {
        return sql.first(
                Rows::head,
                "SELECT name, last_token, holder, held_until, last_number, last_event, last_audit, " + dialect.now
                        + " AS now_here FROM cofferdam_project WHERE name = ? FOR UPDATE",
                project);
    }

    /** Locks the row of a project, and makes one first if there is none. */
    Rows.Head lockOrMake(String project) throws SQLException {
        Optional<Rows.Head> head = lock(project);
        if (head.isPresent()) {
            return head.get();
        }
        // If another process makes it at the same time, one of both meets the key and does its transaction again.
        sql.update(
                "INSERT INTO cofferdam_project (name, last_token, last_number, last_event, last_audit) VALUES (?, 0, 0, 0, 0)",
                project);
        return lock(project).orElseThrow(() -> new SQLException("the row that was just made is not there"));
    }

    void counters(String project, long number, long event, long audit) throws SQLException {
        sql.update(
                "UPDATE cofferdam_project SET last_number = ?, last_event = ?, last_audit = ? WHERE name = ?",
                number,
                event,
                audit,
                project);
    }

    void lease(String project, long token, @Nullable String holder, @Nullable Instant until) throws SQLException {
        sql.update(
                "UPDATE cofferdam_project SET last_token = ?, holder = ?, held_until = ? WHERE name = ?",
                token,
                holder,
                until,
                project);
    }

    void keep(@Nullable StoredRelease release) throws SQLException {
        if (release != null && !hasRelease(release.id())) {
            sql.update(
                    "INSERT INTO cofferdam_release (id, project, version, content) VALUES (?, ?, ?, ?)",
                    release.id(),
                    release.project(),
                    release.version(),
                    release.content());
        }
    }

    void requireRelease(DeploymentRecord record, @Nullable StoredRelease coming) throws SQLException {
        String id = record.release();
        if (!id.isEmpty() && (coming == null || !coming.id().equals(id)) && !hasRelease(id)) {
            throw StoreRules.noRelease(record);
        }
    }

    private boolean hasRelease(String id) throws SQLException {
        return sql.exists("SELECT 1 FROM cofferdam_release WHERE id = ?", id);
    }

    void insert(DeploymentRecord record) throws SQLException {
        sql.update(
                "INSERT INTO cofferdam_deployment (id, project, number, open_project, kind, version, release_id, strategy, options, "
                        + "status, progress, message, is_stable, previous, rollback_version, state, requested_by, tenant, "
                        + "created_at, started_at, completed_at, revision, last_journal) "
                        + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
                record.id(),
                record.project(),
                record.number(),
                openProject(record),
                record.kind().name(),
                record.version(),
                releaseOrNull(record),
                record.strategy(),
                record.options(),
                record.status().name(),
                record.progress(),
                record.message(),
                record.isStable(),
                record.previous(),
                record.rollbackVersion(),
                record.state(),
                record.user(),
                record.tenant(),
                record.createdAt(),
                record.started(),
                record.completed(),
                record.revision());
    }

    /** Writes a record over the one with the revision before. */
    void update(DeploymentRecord record) throws SQLException {
        int changed = sql.update(
                "UPDATE cofferdam_deployment SET open_project = ?, kind = ?, version = ?, release_id = ?, strategy = ?, options = ?, "
                        + "status = ?, progress = ?, message = ?, is_stable = ?, previous = ?, rollback_version = ?, state = ?, "
                        + "requested_by = ?, tenant = ?, created_at = ?, started_at = ?, completed_at = ?, revision = ? "
                        + "WHERE id = ? AND revision = ?",
                openProject(record),
                record.kind().name(),
                record.version(),
                releaseOrNull(record),
                record.strategy(),
                record.options(),
                record.status().name(),
                record.progress(),
                record.message(),
                record.isStable(),
                record.previous(),
                record.rollbackVersion(),
                record.state(),
                record.user(),
                record.tenant(),
                record.createdAt(),
                record.started(),
                record.completed(),
                record.revision(),
                record.id(),
                record.revision() - 1);
        if (changed != 1) {
            throw new SQLException("a row that is locked was changed by somebody else");
        }
    }

    void journal(String project, List<JournalEntry> lines) throws SQLException {
        Map<String, List<JournalEntry>> byDeployment = new LinkedHashMap<>();
        lines.forEach(line -> byDeployment
                .computeIfAbsent(line.deployment(), id -> new ArrayList<>())
                .add(line));
        for (Map.Entry<String, List<JournalEntry>> entry : byDeployment.entrySet()) {
            String id = entry.getKey();
            int changed = sql.update(
                    "UPDATE cofferdam_deployment SET last_journal = last_journal + ? WHERE id = ? AND project = ?",
                    (long) entry.getValue().size(),
                    id,
                    project);
            if (changed == 0) {
                throw StoreRules.noDeployment(id, project);
            }
            long last = sql.first(
                            row -> row.getLong(1), "SELECT last_journal FROM cofferdam_deployment WHERE id = ?", id)
                    .orElseThrow(() -> StoreRules.noDeployment(id, project));
            long number = last - entry.getValue().size();
            List<@Nullable Object[]> rows = new ArrayList<>();
            for (JournalEntry line : entry.getValue()) {
                rows.add(new Object[] {
                    id, ++number, line.step(), line.phase().name(), line.detail(), line.token(), line.at()
                });
            }
            sql.batch(
                    "INSERT INTO cofferdam_journal (deployment, sequence_number, step, phase, detail, token, happened_at) "
                            + "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    rows);
        }
    }

    void events(List<DeploymentEvent> numbered) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (DeploymentEvent event : numbered) {
            rows.add(new Object[] {
                event.project(),
                event.sequence(),
                event.deployment(),
                event.type(),
                event.service(),
                event.message(),
                Rows.details(event.details()),
                event.at()
            });
        }
        sql.batch(
                "INSERT INTO cofferdam_event (project, sequence_number, deployment, type, service, message, details, happened_at) "
                        + "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                rows);
    }

    void audit(AuditEntry numbered) throws SQLException {
        sql.update(
                "INSERT INTO cofferdam_audit (project, number, deployment, action, requested_by, tenant, happened_at) "
                        + "VALUES (?, ?, ?, ?, ?, ?, ?)",
                numbered.project(),
                numbered.number(),
                numbered.deployment(),
                numbered.action(),
                numbered.user(),
                numbered.tenant(),
                numbered.at());
    }

    private static @Nullable String openProject(DeploymentRecord record) {
        return record.status().isTerminal() ? null : record.project();
    }

    private static @Nullable String releaseOrNull(DeploymentRecord record) {
        return record.release().isEmpty() ? null : record.release();
    }
}
