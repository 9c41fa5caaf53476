package io.cofferdam.junit;

import io.cofferdam.environment.IsolatedEnvironment;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * Makes the database anew as a copy of what it was. By the JDBC driver where there is one, which takes milliseconds, else by the
 * {@code psql} of the environment.
 */
final class PostgresqlReset implements DataReset {

    private static final String COPY = "cofferdam_clean";

    @Override
    public void remember(IsolatedEnvironment environment, ConnectionDetails connection) throws SQLException {
        run(
                environment,
                connection,
                ends(connection.database()),
                "CREATE DATABASE " + COPY + " TEMPLATE " + quoted(connection.database()));
    }

    @Override
    public void putBack(IsolatedEnvironment environment, ConnectionDetails connection) throws SQLException {
        String database = quoted(connection.database());
        run(
                environment,
                connection,
                "DROP DATABASE IF EXISTS " + database + " WITH (FORCE)",
                "CREATE DATABASE " + database + " TEMPLATE " + COPY);
    }

    /** A database that somebody is connected to cannot be copied. */
    private static String ends(String database) {
        return "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + database.replace("'", "''")
                + "'";
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private static void run(IsolatedEnvironment environment, ConnectionDetails connection, String... statements)
            throws SQLException {
        String url = "jdbc:postgresql://" + connection.endpoint() + "/postgres";
        if (!hasDriver(url)) {
            PsqlCommands.run(environment, connection, statements);
            return;
        }
        Properties login = new Properties();
        login.setProperty("user", connection.username());
        login.setProperty("password", connection.password());
        try (Connection open = DriverManager.getConnection(url, login);
                Statement statement = open.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static boolean hasDriver(String url) {
        try {
            return DriverManager.getDriver(url) != null;
        } catch (SQLException none) {
            return false;
        }
    }
}
