package io.cofferdam.junit;

import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.error.EngineException;
import java.util.ArrayList;
import java.util.List;

/** Statements by the client inside. */
final class PsqlCommands {

    private PsqlCommands() {}

    static void run(IsolatedEnvironment environment, ConnectionDetails connection, String... statements) {
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "PGPASSWORD=\"$POSTGRES_PASSWORD\" exec psql -q -v ON_ERROR_STOP=1 -h"
                        + " \"${COFFERDAM_ADDRESS:-127.0.0.1}\" \"$@\"",
                "psql",
                "-U",
                connection.username(),
                "-d",
                "postgres"));
        for (String statement : statements) {
            command.add("-c");
            command.add(statement);
        }
        ExecResult result = environment.exec(ExecSpec.of(command));
        if (!result.succeeded()) {
            throw new EngineException(
                    "could not reset the database of '" + environment.name() + "': psql ended with " + result.exitCode()
                            + ": " + result.stderr().strip()
                            + "; put PostgreSQL's JDBC driver on the class path of the "
                            + "tests, or use Reset.SNAPSHOT",
                    null);
        }
    }
}
