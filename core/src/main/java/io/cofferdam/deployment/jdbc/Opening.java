package io.cofferdam.deployment.jdbc;

import io.cofferdam.error.EngineUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;

/** Finds out which database it is, and has its tables made. */
final class Opening {

    private Opening() {}

    static Database open(Connections connections) {
        Dialect dialect;
        String where;
        try {
            Connection first = connections.borrow();
            try {
                where = Faults.place(first.getMetaData().getURL());
                dialect = Dialect.of(first, where);
            } catch (SQLException | RuntimeException e) {
                Connections.close(first);
                throw e;
            }
            connections.giveBack(first);
        } catch (SQLException e) {
            connections.close();
            throw new EngineUnavailableException(
                    "could not open the store of deployments: " + Faults.place(Faults.reason(e))
                            + "; see whether the database runs, and whether its address, user and password are right",
                    e);
        } catch (RuntimeException e) {
            connections.close();
            throw e;
        }
        Database database = new Database(connections, dialect, where);
        try {
            if (!database.read("look for its tables", Schema::isThere)) {
                database.write("make its tables", sql -> {
                    Schema.bring(sql, connections, dialect, where);
                    return true;
                });
            }
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }
}
