package io.cofferdam.deployment.jdbc;

import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.StorageException;
import java.sql.SQLException;
import java.util.regex.Pattern;

/** Failures of databases in sentences, and places of databases without what is secret in them. */
final class Faults {

    private static final int LONGEST_REASON = 300;
    private static final Pattern PASSWORD =
            Pattern.compile("(?i)((?:password|passwd|pwd|passphrase|secret)[^=;&]*=)[^;&]*");
    private static final Pattern LOGIN = Pattern.compile("//[^/@;?]*@");

    private Faults() {}

    static CofferdamException of(String what, String where, boolean isInDoubt, SQLException e) {
        String sentence = "could not " + what + " in the store of deployments at " + where + ": " + reason(e);
        if (isInDoubt && Dialect.isAway(e)) {
            return new StorageException(
                    sentence + "; it was about to be made permanent, so read the store again to see whether it was", e);
        }
        if (Dialect.isAway(e)) {
            return new EngineUnavailableException(
                    sentence + "; nothing was written, see whether the database runs and can be reached", e);
        }
        return new StorageException(
                sentence
                        + "; nothing was written, see the log of the database, its free space and the rights of its user",
                e);
    }

    /** Where a database is, fit for messages. */
    static String place(String url) {
        return LOGIN.matcher(PASSWORD.matcher(url).replaceAll("$1***")).replaceAll("//***@");
    }

    static String reason(SQLException e) {
        String message = e.getMessage() == null
                ? e.getClass().getSimpleName()
                : e.getMessage().strip();
        String line = message.lines().findFirst().orElse(message);
        if (line.length() > LONGEST_REASON) {
            line = line.substring(0, LONGEST_REASON) + "...";
        }
        return line + (e.getSQLState() == null ? "" : " (SQL state " + e.getSQLState() + ")");
    }
}
