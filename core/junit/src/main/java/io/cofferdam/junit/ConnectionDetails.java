package io.cofferdam.junit;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.Endpoint;
import java.net.InetSocketAddress;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;

/**
 * How a test connects to the software in an environment. {@code toString} shows no password.
 *
 * @param environment the name the environment was declared under
 * @param endpoint where its port is reached from the test
 * @param uri the URI to connect with, credentials included where the software's URIs have them
 * @param jdbcUrl the JDBC URL without credentials, or empty if it is no database with one
 * @param username the user, or empty
 * @param password the password, or empty
 * @param database the database, or empty
 */
@Experimental
public record ConnectionDetails(
        String environment,
        Endpoint endpoint,
        URI uri,
        String jdbcUrl,
        String username,
        String password,
        String database) {

    public ConnectionDetails {
        Objects.requireNonNull(environment, "environment");
        Objects.requireNonNull(endpoint, "endpoint");
        Objects.requireNonNull(uri, "uri");
        Objects.requireNonNull(jdbcUrl, "jdbcUrl");
        Objects.requireNonNull(username, "username");
        Objects.requireNonNull(password, "password");
        Objects.requireNonNull(database, "database");
    }

    /**
     * The host to connect to.
     *
     * @return a name or an address
     */
    public String host() {
        return endpoint.host();
    }

    /**
     * The port to connect to.
     *
     * @return 1 to 65535
     */
    public int port() {
        return endpoint.hostPort();
    }

    /**
     * Where to connect to.
     *
     * @return a resolved address
     */
    public InetSocketAddress address() {
        return endpoint.address();
    }

    /**
     * Opens a connection of the JDBC driver on the class path.
     *
     * @return a connection the caller closes
     * @throws SQLException if there is no driver for the URL, or it cannot connect
     * @throws IllegalStateException if the environment has no JDBC URL
     */
    public Connection connect() throws SQLException {
        if (jdbcUrl.isEmpty()) {
            throw new IllegalStateException("environment '" + environment
                    + "' has no JDBC URL; its preset is none of a database with one, use its uri() "
                    + "or its address()");
        }
        Properties login = new Properties();
        if (!username.isEmpty()) {
            login.setProperty("user", username);
            login.setProperty("password", password);
        }
        return DriverManager.getConnection(jdbcUrl, login);
    }

    /** Environment, address and user. */
    @Override
    public String toString() {
        return "ConnectionDetails[" + environment + " at " + endpoint
                + (username.isEmpty() ? "" : ", user " + username)
                + (database.isEmpty() ? "" : ", database " + database) + "]";
    }
}
