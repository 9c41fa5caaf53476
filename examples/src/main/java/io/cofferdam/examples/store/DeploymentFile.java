package io.cofferdam.examples.store;

import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.deployment.jdbc.JdbcDeploymentStore;
import io.cofferdam.error.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.h2.engine.SysProperties;
import org.h2.jdbcx.JdbcDataSource;

/**
 * Deployments in a file that several processes can open at once: an embedded H2. The first process that opens it serves the others
 * on a loopback port, by a key that only the file's owner can read; when it ends, another one takes its place within seconds.
 */
public final class DeploymentFile {

    private static final String BIND = "h2.bindAddress";
    private static final String LOOPBACK = "127.0.0.1";
    private static final int KEPT_CONNECTIONS = 2;

    private DeploymentFile() {}

    /**
     * Opens the store in a file, and makes it, in a folder for its owner alone, if it is not there.
     *
     * @param file the file without its ending; H2 adds {@code .mv.db}
     * @return the store
     * @throws StorageException if it cannot be made or opened
     */
    public static DeploymentStore open(Path file) {
        return JdbcDeploymentStore.open(source(file), KEPT_CONNECTIONS);
    }

    /** The database in a file, in a folder for its owner alone. */
    static JdbcDataSource source(Path file) {
        Path whole = file.toAbsolutePath().normalize();
        if (whole.toString().indexOf(';') >= 0) {
            throw new StorageException("could not open the file of deployments " + whole
                    + ": a ';' in its path would end the address of the database; choose another folder");
        }
        Path folder = Objects.requireNonNull(whole.getParent(), "a file has a folder");
        try {
            if (Files.notExists(folder)) {
                makePrivate(folder);
            }
        } catch (IOException e) {
            throw new StorageException(
                    "could not make the folder " + folder + " for the file of deployments: " + e
                            + "; choose a folder this user can write to",
                    e);
        }
        listenOnLoopbackOnly();
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:file:" + whole + ";AUTO_SERVER=TRUE;WRITE_DELAY=0");
        source.setUser("cofferdam");
        source.setPassword("");
        return source;
    }

    private static void makePrivate(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(folder);
        }
    }

    /** H2 would listen on every address. It reads the property once, when it is first used. */
    private static void listenOnLoopbackOnly() {
        if (System.getProperty(BIND) == null) {
            System.setProperty(BIND, LOOPBACK);
        }
        if (!LOOPBACK.equals(SysProperties.BIND_ADDRESS)) {
            throw new StorageException("could not open the file of deployments: the H2 of this JVM listens on '"
                    + (SysProperties.BIND_ADDRESS == null ? "every address" : SysProperties.BIND_ADDRESS)
                    + "'; start Java with -D"
                    + BIND + "=" + LOOPBACK);
        }
    }
}
