package io.cofferdam.examples.store;

import io.cofferdam.pipeline.RunStore;
import io.cofferdam.pipeline.jdbc.JdbcRunStore;
import java.nio.file.Path;
import org.h2.jdbcx.JdbcDataSource;

/** Runs of pipelines in a file that several processes can open at once, as {@link DeploymentFile} is one of deployments. */
public final class RunFile {

    private RunFile() {}

    /**
     * Opens the store in a file, and makes it, in a folder for its owner alone, if it is not there.
     *
     * @param file the file without its ending; H2 adds {@code .mv.db}
     * @return the store
     * @throws io.cofferdam.error.StorageException if it cannot be made or opened
     */
    public static RunStore open(Path file) {
        JdbcDataSource source = DeploymentFile.source(file);
        return JdbcRunStore.open(source);
    }
}
