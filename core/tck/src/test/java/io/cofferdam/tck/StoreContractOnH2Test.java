package io.cofferdam.tck;

import java.nio.file.Path;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class StoreContractOnH2Test extends JdbcStoreContract {

    @TempDir
    static Path folder;

    private static DataSource shared;

    @BeforeAll
    static void makeDatabase() {
        shared = source("shared", "");
    }

    private static DataSource source(String name, String password) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:file:" + folder.resolve(name));
        source.setUser("sa");
        source.setPassword(password);
        return source;
    }

    @Override
    protected DataSource shared() {
        return shared;
    }

    @Override
    protected DataSource empty() {
        return source("empty-" + UUID.randomUUID(), "");
    }

    @Override
    protected DataSource refusing() {
        return source("shared", "s3cr3t-and-wrong");
    }

    @Override
    protected DataSource absent() {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:tcp://127.0.0.1:1/none;PASSWORD=s3cr3t");
        return source;
    }
}
