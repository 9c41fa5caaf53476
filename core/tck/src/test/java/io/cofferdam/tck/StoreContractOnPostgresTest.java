package io.cofferdam.tck;

import static io.cofferdam.tck.StoreSamples.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.deployment.jdbc.JdbcDeploymentStore;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class StoreContractOnPostgresTest extends JdbcStoreContract {

    private static PostgresServer server;
    private static DataSource shared;

    @BeforeAll
    static void startServer() throws Exception {
        server = PostgresServer.start();
        shared = server.newSchema();
    }

    @AfterAll
    static void stopServer() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected DataSource shared() {
        return shared;
    }

    @Override
    protected DataSource empty() {
        try {
            return server.newSchema();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected DataSource refusing() {
        PGSimpleDataSource source = server.source("public");
        source.setPassword("s3cr3t-and-wrong");
        return source;
    }

    @Override
    protected DataSource absent() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL("jdbc:postgresql://127.0.0.1:1/none?user=a&password=s3cr3t");
        return source;
    }

    @Test
    @DisplayName("a server that is started again is waited for, with connections that were kept open and with new ones")
    void serverComesBack() throws Exception {
        try (PostgresServer own = PostgresServer.startOwn();
                DeploymentStore keeping = JdbcDeploymentStore.open(own.newSchema(), 2)) {
            keeping.submit(record(project, "a").build(), null);

            // when
            own.stop();
            CompletableFuture<Long> number = CompletableFuture.supplyAsync(() ->
                    keeping.submit(record(project, "b").build(), null).record().number());
            own.launch();

            // then
            assertThat(number.get(30, TimeUnit.SECONDS)).isEqualTo(2);
        }
    }
}
