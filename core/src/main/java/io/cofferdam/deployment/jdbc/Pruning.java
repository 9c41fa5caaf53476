package io.cofferdam.deployment.jdbc;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Forgets old deployments of a project, a few at a time, so that nobody waits long for the row of the project. */
final class Pruning {

    static final int AT_A_TIME = 200;

    private static final String OLD = """
            SELECT d.id, d.release_id FROM cofferdam_deployment d
            WHERE d.project = ? AND d.number <= ? AND d.open_project IS NULL AND d.completed_at < ?
              AND NOT EXISTS (SELECT 1 FROM cofferdam_project p WHERE p.name = ? AND p.stable = d.id)
              AND NOT EXISTS (SELECT 1 FROM cofferdam_deployment o WHERE o.open_project = ? AND o.previous = d.id)
            ORDER BY d.project, d.number DESC LIMIT\s""";

    private Pruning() {}

    /** Forgets some, in a transaction that holds the row of the project. */
    static int some(Sql sql, String project, int keep, Instant endedBefore) throws SQLException {
        Optional<Long> newest = sql.first(
                row -> row.getLong(1),
                "SELECT number FROM cofferdam_deployment WHERE project = ? AND open_project IS NULL "
                        + "ORDER BY project, number DESC LIMIT 1 OFFSET "
                        + keep,
                project);
        if (newest.isEmpty()) {
            return 0;
        }
        record Old(String id, @Nullable String release) {}
        List<Old> old = sql.list(
                row -> new Old(row.getString(1), row.getString(2)),
                OLD + AT_A_TIME,
                project,
                newest.get(),
                endedBefore,
                project,
                project);
        List<@Nullable Object[]> ids =
                old.stream().map(one -> new @Nullable Object[] {one.id()}).toList();
        sql.batch("DELETE FROM cofferdam_journal WHERE deployment = ?", ids);
        sql.batch("DELETE FROM cofferdam_event WHERE deployment = ?", ids);
        sql.batch("DELETE FROM cofferdam_signal WHERE deployment = ?", ids);
        sql.batch("DELETE FROM cofferdam_deployment WHERE id = ?", ids);
        sql.batch(
                "DELETE FROM cofferdam_release WHERE id = ? "
                        + "AND NOT EXISTS (SELECT 1 FROM cofferdam_deployment WHERE release_id = cofferdam_release.id)",
                old.stream()
                        .map(Old::release)
                        .filter(Objects::nonNull)
                        .distinct()
                        .map(id -> new @Nullable Object[] {id})
                        .toList());
        return old.size();
    }
}
