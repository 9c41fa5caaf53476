package io.cofferdam.deployment.jdbc;

import io.cofferdam.error.StorageException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What the databases do each in their own way. */
@SuppressWarnings("ImmutableEnumChecker") // The sets are immutable, which their type does not say.
enum Dialect {
    /** H2, 2.x. */
    H2(
            "CURRENT_TIMESTAMP",
            "CHARACTER LARGE OBJECT",
            Set.of("HYT00", "90131"),
            Set.of("90020", "90067", "90098", "90121")),

    /** PostgreSQL, 15 and later. Its CURRENT_TIMESTAMP is the begin of the transaction, also after a wait for a lock. */
    POSTGRESQL(
            "clock_timestamp()", "TEXT", Set.of("40P01", "55P03"), Set.of("57P01", "57P02", "57P03", "53300", "25P03"));

    /** How long a transaction may be silent: its statements follow each other without anything slow between them. */
    private static final Duration SILENCE = Duration.ofSeconds(1);

    private static final int OLDEST_H2 = 2;
    private static final int OLDEST_POSTGRESQL = 15;

    /** Two transactions came in each other's way, by the SQL standard. */
    private static final String SERIALIZATION = "40001";

    /** The class of integrity constraints; another transaction was faster between a look and a write. */
    private static final String INTEGRITY = "23";

    /** The class of faults of connections. */
    private static final String CONNECTION = "08";

    /** Now, by the clock of the database. */
    final String now;

    /** A type for text of any length. */
    final String longText;

    private final Set<String> busy;
    private final Set<String> away;

    Dialect(String now, String longText, Set<String> busy, Set<String> away) {
        this.now = now;
        this.longText = longText;
        this.busy = busy;
        this.away = away;
    }

    static Dialect of(Connection connection, String where) throws SQLException {
        DatabaseMetaData facts = connection.getMetaData();
        String product = facts.getDatabaseProductName();
        int version = facts.getDatabaseMajorVersion();
        if (product.equals("H2") && version >= OLDEST_H2) {
            return H2;
        }
        if (product.equals("PostgreSQL") && version >= OLDEST_POSTGRESQL) {
            return POSTGRESQL;
        }
        throw new StorageException("could not open the store of deployments at " + where + ": it is " + product + " "
                + facts.getDatabaseProductVersion() + "; use PostgreSQL " + OLDEST_POSTGRESQL + " or later, or H2 "
                + OLDEST_H2
                + " or later");
    }

    /** Whether the same transaction may succeed if it is done again. */
    boolean isBusy(SQLException e) {
        String state = state(e);
        return state.equals(SERIALIZATION) || busy.contains(state);
    }

    /** Before a transaction's first statement: the server ends it when it hears nothing of it, with all its locks. */
    void limitSilence(Sql sql) throws SQLException {
        if (this == POSTGRESQL) {
            sql.run("SET LOCAL idle_in_transaction_session_timeout = " + SILENCE.toMillis());
        }
    }

    /**
     * Ends transactions of this user that nothing was heard of for a while, where the server does not do that by itself: they
     * are those of processes that were stopped in the middle of one, and would keep what they have locked until they go on.
     */
    void endSilent(Sql sql) throws SQLException {
        if (this != H2) {
            return;
        }
        // Only its administrators are told of other sessions and may end them; others see none here.
        List<Integer> silent = sql.list(
                row -> row.getInt(1),
                "SELECT SESSION_ID FROM INFORMATION_SCHEMA.SESSIONS WHERE SESSION_STATE = 'SLEEP' AND CONTAINS_UNCOMMITTED"
                        + " AND SESSION_ID <> SESSION_ID() AND USER_NAME = CURRENT_USER"
                        + " AND SLEEP_SINCE < DATEADD('MILLISECOND', ?, CURRENT_TIMESTAMP)",
                -SILENCE.toMillis());
        for (int session : silent) {
            sql.list(row -> row.getBoolean(1), "CALL ABORT_SESSION(?)", session);
        }
    }

    boolean isConflict(SQLException e) {
        return state(e).startsWith(INTEGRITY);
    }

    /** Whether the database cannot be reached, or went away: true also where it does not tell which database it is. */
    static boolean isAway(SQLException e) {
        String state = state(e);
        return state.startsWith(CONNECTION) || H2.away.contains(state) || POSTGRESQL.away.contains(state);
    }

    private static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }
}
