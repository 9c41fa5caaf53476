package io.cofferdam.deployment.jdbc;

import io.cofferdam.deployment.AuditEntry;
import io.cofferdam.deployment.DeploymentEvent;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.JournalEntry;
import io.cofferdam.deployment.Lease;
import io.cofferdam.deployment.ProjectState;
import io.cofferdam.deployment.Signal;
import io.cofferdam.deployment.StoredRelease;
import java.util.List;
import java.util.Optional;

/** What is only looked at: each with an index, so that a long history costs nothing. */
final class Reads {

    /** Ordered by every column of an index: H2 would sort all rows otherwise, though the first one is the same in all. */
    private static final String HISTORY =
            "SELECT * FROM cofferdam_deployment WHERE project = ? AND number < ? ORDER BY project, number DESC LIMIT ?";

    private final Database database;

    Reads(Database database) {
        this.database = database;
    }

    Optional<Lease> holder(String project) {
        return database.read(
                "look for the holder of project '" + project + "'",
                sql -> sql.first(
                                Rows::head,
                                "SELECT name, last_token, holder, held_until, last_number, last_event, last_audit, "
                                        + database.dialect().now + " AS now_here FROM cofferdam_project WHERE name = ?",
                                project)
                        .filter(Rows.Head::isHeld)
                        .flatMap(Rows.Head::lease));
    }

    Optional<DeploymentRecord> find(String id) {
        return database.read(
                "look for deployment '" + id + "'",
                sql -> sql.first(Rows::deployment, "SELECT * FROM cofferdam_deployment WHERE id = ?", id));
    }

    List<DeploymentRecord> unfinished(String project) {
        return database.read(
                "list what is under way in project '" + project + "'",
                sql -> sql.list(
                        Rows::deployment,
                        "SELECT * FROM cofferdam_deployment WHERE open_project = ? ORDER BY open_project, number",
                        project));
    }

    List<DeploymentRecord> history(String project, long before, int limit) {
        return database.read(
                "read the history of project '" + project + "'",
                sql -> sql.list(Rows::deployment, HISTORY, project, before, limit));
    }

    List<String> projects() {
        // Sorted here: the order of a database depends on its language.
        return database
                .read(
                        "list the projects",
                        sql -> sql.list(
                                row -> row.getString(1),
                                "SELECT name FROM cofferdam_project WHERE last_number > 0 OR data IS NOT NULL"))
                .stream()
                .sorted()
                .toList();
    }

    List<String> ownerless() {
        return database
                .read(
                        "list the projects without an owner",
                        sql -> sql.list(
                                row -> row.getString(1),
                                "SELECT name FROM cofferdam_project WHERE (held_until IS NULL OR held_until <= "
                                        + database.dialect().now
                                        + ") AND name IN (SELECT open_project FROM cofferdam_deployment WHERE open_project > '' "
                                        + "UNION SELECT project FROM cofferdam_signal)"))
                .stream()
                .sorted()
                .toList();
    }

    Optional<ProjectState> project(String project) {
        return database.read(
                "read the state of project '" + project + "'",
                sql -> sql.first(
                        row -> new ProjectState(row.getString(1), row.getString(2), row.getString(3)),
                        "SELECT name, stable, data FROM cofferdam_project WHERE name = ? AND data IS NOT NULL",
                        project));
    }

    Optional<StoredRelease> release(String id) {
        return database.read(
                "look for release '" + id + "'",
                sql -> sql.first(Rows::release, "SELECT * FROM cofferdam_release WHERE id = ?", id));
    }

    List<Signal> signals(String project) {
        return database.read(
                "read the signals for project '" + project + "'",
                sql -> sql.list(
                        Rows::signal,
                        "SELECT * FROM cofferdam_signal WHERE project = ? ORDER BY project, number",
                        project));
    }

    List<DeploymentEvent> events(String project, long after, int limit) {
        return database.read(
                "read the events of project '" + project + "'",
                sql -> sql.list(
                        Rows::event,
                        "SELECT * FROM cofferdam_event WHERE project = ? AND sequence_number > ? "
                                + "ORDER BY project, sequence_number LIMIT ?",
                        project,
                        after,
                        limit));
    }

    List<DeploymentEvent> eventsOf(String deployment, long after, int limit) {
        return database.read(
                "read the events of deployment '" + deployment + "'",
                sql -> sql.list(
                        Rows::event,
                        "SELECT * FROM cofferdam_event WHERE deployment = ? AND sequence_number > ? "
                                + "ORDER BY deployment, sequence_number LIMIT ?",
                        deployment,
                        after,
                        limit));
    }

    List<JournalEntry> journal(String deployment) {
        return database.read(
                "read the journal of deployment '" + deployment + "'",
                sql -> sql.list(
                        Rows::journal,
                        "SELECT * FROM cofferdam_journal WHERE deployment = ? ORDER BY deployment, sequence_number",
                        deployment));
    }

    List<AuditEntry> audit(String project, long before, int limit) {
        return database.read(
                "read the audit of project '" + project + "'",
                sql -> sql.list(
                        Rows::audit,
                        "SELECT * FROM cofferdam_audit WHERE project = ? AND number < ? ORDER BY project, number DESC LIMIT ?",
                        project,
                        before,
                        limit));
    }
}
