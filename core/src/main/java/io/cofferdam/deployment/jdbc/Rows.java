package io.cofferdam.deployment.jdbc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.deployment.AuditEntry;
import io.cofferdam.deployment.DeploymentEvent;
import io.cofferdam.deployment.DeploymentKind;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.deployment.JournalEntry;
import io.cofferdam.deployment.Lease;
import io.cofferdam.deployment.Signal;
import io.cofferdam.deployment.StoredRelease;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Rows as values. */
final class Rows {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Rows() {}

    /** A project's row, as the transaction that locked it sees it. */
    record Head(
            String project,
            long token,
            @Nullable String holder,
            java.time.@Nullable Instant until,
            long number,
            long event,
            long audit,
            java.time.Instant now) {

        Optional<Lease> lease() {
            return holder == null || until == null
                    ? Optional.empty()
                    : Optional.of(new Lease(project, holder, token, until));
        }

        boolean isHeld() {
            return lease().filter(lease -> now.isBefore(lease.until())).isPresent();
        }
    }

    static Head head(ResultSet row) throws SQLException {
        return new Head(
                row.getString("name"),
                row.getLong("last_token"),
                row.getString("holder"),
                Sql.instantOrNull(row, "held_until"),
                row.getLong("last_number"),
                row.getLong("last_event"),
                row.getLong("last_audit"),
                Sql.instant(row, "now_here"));
    }

    static DeploymentRecord deployment(ResultSet row) throws SQLException {
        String release = row.getString("release_id");
        return new DeploymentRecord(
                row.getString("id"),
                row.getString("project"),
                row.getLong("number"),
                DeploymentKind.valueOf(row.getString("kind")),
                row.getString("version"),
                release == null ? "" : release,
                row.getString("strategy"),
                row.getString("options"),
                DeploymentStatus.valueOf(row.getString("status")),
                row.getInt("progress"),
                row.getString("message"),
                row.getBoolean("is_stable"),
                row.getString("previous"),
                row.getString("rollback_version"),
                row.getString("state"),
                row.getString("requested_by"),
                row.getString("tenant"),
                Sql.instant(row, "created_at"),
                Sql.instantOrNull(row, "started_at"),
                Sql.instantOrNull(row, "completed_at"),
                row.getLong("revision"));
    }

    static StoredRelease release(ResultSet row) throws SQLException {
        return new StoredRelease(
                row.getString("id"), row.getString("project"), row.getString("version"), row.getString("content"));
    }

    static Signal signal(ResultSet row) throws SQLException {
        return new Signal(
                row.getLong("number"),
                row.getString("project"),
                row.getString("deployment"),
                Signal.Kind.valueOf(row.getString("kind")),
                row.getString("requested_by"),
                Sql.instant(row, "happened_at"));
    }

    static DeploymentEvent event(ResultSet row) throws SQLException {
        return new DeploymentEvent(
                row.getString("project"),
                row.getLong("sequence_number"),
                row.getString("deployment"),
                row.getString("type"),
                row.getString("service"),
                row.getString("message"),
                details(row.getString("details")),
                Sql.instant(row, "happened_at"));
    }

    static JournalEntry journal(ResultSet row) throws SQLException {
        return new JournalEntry(
                row.getString("deployment"),
                row.getLong("sequence_number"),
                row.getString("step"),
                JournalEntry.Phase.valueOf(row.getString("phase")),
                row.getString("detail"),
                row.getLong("token"),
                Sql.instant(row, "happened_at"));
    }

    static AuditEntry audit(ResultSet row) throws SQLException {
        return new AuditEntry(
                row.getLong("number"),
                row.getString("project"),
                row.getString("deployment"),
                row.getString("action"),
                row.getString("requested_by"),
                row.getString("tenant"),
                Sql.instant(row, "happened_at"));
    }

    static String details(Map<String, String> details) {
        ObjectNode node = JSON.createObjectNode();
        new TreeMap<>(details).forEach(node::put);
        return node.toString();
    }

    private static Map<String, String> details(String text) throws SQLException {
        try {
            Map<String, String> details = new TreeMap<>();
            for (Map.Entry<String, JsonNode> entry : JSON.readTree(text).properties()) {
                details.put(
                        entry.getKey(), Objects.requireNonNull(entry.getValue().asText()));
            }
            return details;
        } catch (JsonProcessingException damaged) {
            throw new SQLException("the details of an event are no JSON", damaged);
        }
    }
}
