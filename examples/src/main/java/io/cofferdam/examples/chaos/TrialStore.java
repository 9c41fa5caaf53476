package io.cofferdam.examples.chaos;

import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.deployment.jdbc.JdbcDeploymentStore;
import io.cofferdam.examples.store.DeploymentFile;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** Where trials keep their deployments: each in a file of its own, or all of them in a schema of a PostgreSQL server. */
final class TrialStore {

    /** The property with the JDBC URL; empty for files. */
    static final String PLACE = "cofferdam.chaos.store";

    private static final int KEPT_CONNECTIONS = 2;

    private TrialStore() {}

    static DeploymentStore open(Trial trial) {
        String place = System.getProperty(PLACE, "");
        return place.isEmpty()
                ? DeploymentFile.open(trial.storeFile())
                : JdbcDeploymentStore.open(source(place), KEPT_CONNECTIONS);
    }

    /** Something that is done while trials keep their deployments on a server. */
    interface Work<T> {
        T call() throws Exception;
    }

    /**
     * Does something with trials in a schema of their own, which goes afterwards.
     *
     * @param server the server's JDBC URL with user and password; null for files
     */
    static <T> T with(@Nullable String server, Work<T> work) throws Exception {
        if (server == null) {
            return work.call();
        }
        String schema = "chaos" + ProcessHandle.current().pid();
        execute(server, "create schema " + schema);
        System.setProperty(PLACE, server + (server.contains("?") ? "&" : "?") + "currentSchema=" + schema);
        try {
            return work.call();
        } finally {
            System.clearProperty(PLACE);
            execute(server, "drop schema " + schema + " cascade");
        }
    }

    private static void execute(String server, String sql) throws SQLException {
        try (Connection connection = source(server).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static PGSimpleDataSource source(String url) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(url);
        return source;
    }
}
