package io.cofferdam.deployment.jdbc;

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

/** Statements with their parameters, closed on every path. */
final class Sql {

    private static final char REPLACEMENT = '\ufffd';

    private final Connection connection;

    Sql(Connection connection) {
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

    <T> Optional<T> first(Reader<T> reader, String sql, @Nullable Object... parameters) throws SQLException {
        return list(reader, sql, parameters).stream().findFirst();
    }

    boolean exists(String sql, @Nullable Object... parameters) throws SQLException {
        return first(row -> true, sql, parameters).isPresent();
    }

    int update(String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, parameters);
            return statement.executeUpdate();
        }
    }

    long insertNumbered(String sql, String column, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql, new String[] {column})) {
            set(statement, parameters);
            statement.executeUpdate();
            try (ResultSet keys = statement.getGeneratedKeys()) {
                if (!keys.next()) {
                    throw new SQLException("the database gave a new row no number");
                }
                return keys.getLong(1);
            }
        }
    }

    void batch(String sql, List<@Nullable Object[]> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (@Nullable Object[] row : rows) {
                set(statement, row);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    void run(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
        }
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    /** A time as databases keep it. */
    static Instant kept(Instant time) {
        return time.truncatedTo(ChronoUnit.MICROS);
    }

    private static void set(PreparedStatement statement, @Nullable Object[] parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            Object value = parameters[i];
            int at = i + 1;
            if (value == null) {
                statement.setNull(at, Types.NULL);
            } else if (value instanceof String text) {
                statement.setString(at, storable(text));
            } else if (value instanceof Instant time) {
                statement.setObject(at, kept(time).atOffset(ZoneOffset.UTC));
            } else {
                statement.setObject(at, value);
            }
        }
    }

    /** PostgreSQL keeps neither NUL nor halves of characters, which a program's output in a message may have. */
    static String storable(String text) {
        boolean isClean = true;
        for (int i = 0; i < text.length() && isClean; i++) {
            char c = text.charAt(i);
            isClean = c != 0 && !Character.isSurrogate(c);
        }
        if (isClean) {
            return text;
        }
        StringBuilder kept = new StringBuilder(text.length());
        text.codePoints()
                .forEach(point -> kept.appendCodePoint(
                        point == 0 || Character.getType(point) == Character.SURROGATE ? REPLACEMENT : point));
        return kept.toString();
    }
}
