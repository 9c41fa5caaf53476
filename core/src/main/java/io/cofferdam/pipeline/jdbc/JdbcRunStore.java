package io.cofferdam.pipeline.jdbc;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.StorageException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.pipeline.FaultClass;
import io.cofferdam.pipeline.PipelineEvent;
import io.cofferdam.pipeline.RunRecord;
import io.cofferdam.pipeline.RunStatus;
import io.cofferdam.pipeline.RunStore;
import io.cofferdam.pipeline.StepRecord;
import io.cofferdam.pipeline.StepStatus;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps runs of pipelines in a database: PostgreSQL 15 or later, or H2 2.x. Several engines in several processes may open the same one.
 * The tables {@code cofferdam_run}, {@code cofferdam_run_step} and {@code cofferdam_run_event} are made in the schema that the data
 * source's connections use when the store is opened, if they are not there.
 *
 * <p>One connection is kept open, and opened again if it broke. Times are kept to the microsecond. Text is kept without NUL, which
 * becomes U+FFFD.
 */
@Experimental
public final class JdbcRunStore implements RunStore {

    private static final List<String> TABLES = List.of(
            """
            CREATE TABLE IF NOT EXISTS cofferdam_run (
              id VARCHAR PRIMARY KEY,
              pipeline VARCHAR NOT NULL,
              status VARCHAR NOT NULL,
              generation INTEGER NOT NULL,
              definition LONG_TEXT NOT NULL,
              variables LONG_TEXT NOT NULL,
              folder VARCHAR NOT NULL,
              message LONG_TEXT NOT NULL,
              created_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
              ended_at TIMESTAMP(6) WITH TIME ZONE)\
            """, "CREATE INDEX IF NOT EXISTS cofferdam_run_created ON" + " cofferdam_run (created_at)", """
            CREATE TABLE IF NOT EXISTS cofferdam_run_step (
              run VARCHAR NOT NULL REFERENCES cofferdam_run (id),
              number INTEGER NOT NULL,
              name VARCHAR NOT NULL,
              type VARCHAR NOT NULL,
              status VARCHAR NOT NULL,
              attempts INTEGER NOT NULL,
              results LONG_TEXT NOT NULL,
              message LONG_TEXT NOT NULL,
              fault VARCHAR,
              begun_at TIMESTAMP(6) WITH TIME ZONE,
              over_at TIMESTAMP(6) WITH TIME ZONE,
              PRIMARY KEY (run, number))\
            """, """
            CREATE TABLE IF NOT EXISTS cofferdam_run_event (
              run VARCHAR NOT NULL REFERENCES cofferdam_run (id),
              sequence_number BIGINT NOT NULL,
              type VARCHAR NOT NULL,
              step VARCHAR NOT NULL,
              message LONG_TEXT NOT NULL,
              happened_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
              PRIMARY KEY (run, sequence_number))\
            """);

    private static final String RUN =
            "SELECT id, pipeline, status, generation, definition, variables, folder, message, created_at, ended_at"
                    + " FROM cofferdam_run";

    private final Transactions transactions;

    private JdbcRunStore(Transactions transactions) {
        this.transactions = transactions;
    }

    /**
     * Opens a store.
     *
     * @param source where the database is; stays open when the store is closed
     * @return the store
     * @throws StorageException if the database cannot be reached, or refuses to make the tables
     */
    public static RunStore open(DataSource source) {
        Transactions transactions = new Transactions(Objects.requireNonNull(source, "source"));
        try {
            transactions.run("open the store of runs", connection -> {
                boolean isPostgres =
                        connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
                for (String table : TABLES) {
                    try (PreparedStatement statement = connection.prepareStatement(
                            table.replace("LONG_TEXT", isPostgres ? "TEXT" : "CHARACTER LARGE OBJECT"))) {
                        statement.execute();
                    }
                }
                return true;
            });
        } catch (RuntimeException failed) {
            transactions.close();
            throw failed;
        }
        return new JdbcRunStore(transactions);
    }

    @Override
    public void create(RunRecord run, List<StepRecord> steps, List<PipelineEvent> events) {
        transactions.run("add run '" + run.id() + "'", connection -> {
            Rows rows = new Rows(connection);
            if (rows.generation(run.id()).isPresent()) {
                throw new NameTakenException("there is a run '" + run.id() + "' already");
            }
            rows.update(
                    "INSERT INTO cofferdam_run (id, pipeline, status, generation, definition, variables, folder,"
                            + " message, created_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    run.id(),
                    run.pipeline(),
                    run.status().name(),
                    run.generation(),
                    run.definition(),
                    run.variables(),
                    run.folder(),
                    run.message(),
                    run.created(),
                    run.ended());
            rows.insertSteps(steps);
            rows.insertEvents(events);
            return true;
        });
    }

    @Override
    public void write(RunRecord run, List<StepRecord> steps, List<PipelineEvent> events, boolean resumes) {
        transactions.run("write run '" + run.id() + "'", connection -> {
            Rows rows = new Rows(connection);
            int kept = rows.generation(run.id())
                    .orElseThrow(() -> new NotFoundException("there is no run '" + run.id() + "'"));
            if (kept != run.generation() - (resumes ? 1 : 0)) {
                throw new WrongStateException(
                        "run '" + run.id() + "' was resumed by somebody else, who goes on with it");
            }
            rows.update(
                    "UPDATE cofferdam_run SET status = ?, generation = ?, message = ?, ended_at = ? WHERE id = ?",
                    run.status().name(),
                    run.generation(),
                    run.message(),
                    run.ended(),
                    run.id());
            rows.updateSteps(steps);
            rows.insertEvents(events);
            return true;
        });
    }

    @Override
    public Optional<RunRecord> find(String id) {
        return transactions.run(
                "find run '" + id + "'",
                connection -> new Rows(connection)
                        .list(JdbcRunStore::run, RUN + " WHERE id = ?", id).stream()
                                .findFirst());
    }

    @Override
    public List<RunRecord> list(@Nullable String pipeline, int limit) {
        return transactions.run(
                "list runs",
                connection -> pipeline == null
                        ? new Rows(connection)
                                .list(
                                        JdbcRunStore::run,
                                        RUN + " ORDER BY created_at DESC, id FETCH FIRST ? ROWS ONLY",
                                        limit)
                        : new Rows(connection)
                                .list(
                                        JdbcRunStore::run,
                                        RUN
                                                + " WHERE pipeline = ? ORDER BY created_at DESC, id FETCH FIRST ? ROWS"
                                                + " ONLY",
                                        pipeline,
                                        limit));
    }

    @Override
    public List<StepRecord> steps(String run) {
        return transactions.run(
                "read the steps of run '" + run + "'",
                connection -> new Rows(connection)
                        .list(
                                JdbcRunStore::step,
                                "SELECT run, number, name, type, status, attempts, results, message, fault, begun_at,"
                                        + " over_at FROM cofferdam_run_step WHERE run = ? ORDER BY number",
                                run));
    }

    @Override
    public List<PipelineEvent> events(String run, long after, int limit) {
        return transactions.run(
                "read the events of run '" + run + "'",
                connection -> new Rows(connection)
                        .list(
                                row -> new PipelineEvent(
                                        row.getString(1),
                                        row.getLong(2),
                                        row.getString(3),
                                        row.getString(4),
                                        row.getString(5),
                                        Objects.requireNonNull(Rows.time(row, 6))),
                                "SELECT run, sequence_number, type, step, message, happened_at FROM"
                                        + " cofferdam_run_event WHERE run = ? AND sequence_number > ? ORDER BY"
                                        + " sequence_number FETCH FIRST ? ROWS ONLY",
                                run,
                                after,
                                limit));
    }

    private static RunRecord run(ResultSet row) throws SQLException {
        return new RunRecord(
                row.getString(1),
                row.getString(2),
                RunStatus.valueOf(row.getString(3).toUpperCase(Locale.ROOT)),
                row.getInt(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                Objects.requireNonNull(Rows.time(row, 9)),
                Rows.time(row, 10));
    }

    private static StepRecord step(ResultSet row) throws SQLException {
        String fault = row.getString(9);
        return new StepRecord(
                row.getString(1),
                row.getInt(2),
                row.getString(3),
                row.getString(4),
                StepStatus.valueOf(row.getString(5)),
                row.getInt(6),
                row.getString(7),
                row.getString(8),
                fault == null ? null : FaultClass.valueOf(fault),
                Rows.time(row, 10),
                Rows.time(row, 11));
    }

    @Override
    public void close() {
        transactions.close();
    }
}
