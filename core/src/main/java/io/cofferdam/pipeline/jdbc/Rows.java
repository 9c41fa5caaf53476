package io.cofferdam.pipeline.jdbc;

import io.cofferdam.pipeline.PipelineEvent;
import io.cofferdam.pipeline.StepRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Statements on one connection. */
final class Rows {

    private final Connection connection;

    Rows(Connection connection) {
        this.connection = connection;
    }

    /** Reads one row. */
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    <T> List<T> list(Reader<T> reader, String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, parameters);
            try (ResultSet rows = statement.executeQuery()) {
                List<T> read = new ArrayList<>();
                while (rows.next()) {
                    read.add(reader.read(rows));
                }
                return read;
            }
        }
    }

    void update(String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, parameters);
            statement.executeUpdate();
        }
    }

    /** The generation of a run, whose row is locked until the transaction ends. */
    Optional<Integer> generation(String run) throws SQLException {
        return list(row -> row.getInt(1), "SELECT generation FROM cofferdam_run WHERE id = ? FOR UPDATE", run).stream()
                .findFirst();
    }

    void insertSteps(List<StepRecord> steps) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO cofferdam_run_step (run, number, name, type, status, attempts, results, message, fault,"
                        + " begun_at, over_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (StepRecord step : steps) {
                set(
                        statement,
                        step.run(),
                        step.index(),
                        step.name(),
                        step.type(),
                        step.status().name(),
                        step.attempts(),
                        step.results(),
                        step.message(),
                        step.fault() == null ? null : step.fault().name(),
                        step.begun(),
                        step.over());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    void updateSteps(List<StepRecord> steps) throws SQLException {
        for (StepRecord step : steps) {
            update(
                    "UPDATE cofferdam_run_step SET status = ?, attempts = ?, results = ?, message = ?, fault = ?,"
                            + " begun_at = ?, over_at = ? WHERE run = ? AND number = ?",
                    step.status().name(),
                    step.attempts(),
                    step.results(),
                    step.message(),
                    step.fault() == null ? null : step.fault().name(),
                    step.begun(),
                    step.over(),
                    step.run(),
                    step.index());
        }
    }

    void insertEvents(List<PipelineEvent> events) throws SQLException {
        for (PipelineEvent event : events) {
            update(
                    "INSERT INTO cofferdam_run_event (run, sequence_number, type, step, message, happened_at)"
                            + " VALUES (?, ?, ?, ?, ?, ?)",
                    event.run(),
                    event.sequence(),
                    event.type(),
                    event.step(),
                    event.message(),
                    event.at());
        }
    }

    static @Nullable Instant time(ResultSet row, int column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    private static void set(PreparedStatement statement, @Nullable Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            Object value = parameters[i];
            int at = i + 1;
            if (value == null) {
                statement.setNull(at, Types.NULL);
            } else if (value instanceof String text) {
                statement.setString(at, text.replace('\u0000', '\ufffd'));
            } else if (value instanceof Instant time) {
                statement.setObject(at, time.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
            } else {
                statement.setObject(at, value);
            }
        }
    }
}
