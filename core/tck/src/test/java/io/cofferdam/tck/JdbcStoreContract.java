package io.cofferdam.tck;

import static io.cofferdam.tck.StoreSamples.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.deployment.Change;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.deployment.Lease;
import io.cofferdam.deployment.jdbc.JdbcDeploymentStore;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.StorageException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a store in a database has to do besides what every store does. */
abstract class JdbcStoreContract extends DeploymentStoreContract {

    /** One database for all tests of the class. */
    protected abstract DataSource shared();

    /** A database of its own, without tables. */
    protected abstract DataSource empty();

    /** A database with a user and a password that are not right; the password contains "s3cr3t". */
    protected abstract DataSource refusing();

    /** A database that is not there; its address contains the password "s3cr3t". */
    protected abstract DataSource absent();

    @Override
    protected final DeploymentStore open() {
        return JdbcDeploymentStore.open(shared(), 2);
    }

    @Override
    protected final DeploymentStore another(DeploymentStore first) {
        return JdbcDeploymentStore.open(shared());
    }

    @Test
    @DisplayName("an owner that was stopped in the middle of a transaction does not keep its project from others")
    void stoppedInATransaction() throws Exception {
        // given
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        AtomicBoolean stops = new AtomicBoolean();
        DataSource stopping = stopping(shared(), stops, stopped, goesOn);
        try (DeploymentStore owner = JdbcDeploymentStore.open(stopping, 1);
                DeploymentStore other = JdbcDeploymentStore.open(shared(), 1)) {
            DeploymentRecord record =
                    owner.submit(record(project, "stopped").build(), null).record();
            Lease lease = owner.acquire(record.project(), "owner", Duration.ofSeconds(2))
                    .orElseThrow();
            stops.set(true);
            CompletableFuture<Change.Written> late = CompletableFuture.supplyAsync(() ->
                    owner.commit(lease, Change.NONE.record(record.at(DeploymentStatus.IN_PROGRESS, 10, "too late"))));
            stopped.await();

            // when
            Lease taken = null;
            for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15); taken == null; ) {
                assertThat(System.nanoTime()).as("the lease is not to be had").isLessThan(end);
                taken = other.acquire(record.project(), "other", Duration.ofSeconds(30))
                        .orElse(null);
            }
            goesOn.countDown();

            // then
            assertThatThrownBy(late::join).hasCauseInstanceOf(CofferdamException.class);
            assertThat(taken.token()).isGreaterThan(lease.token());
            assertThat(other.find(record.id()).orElseThrow()).isEqualTo(record);
        } finally {
            goesOn.countDown();
        }
    }

    /** Connections that are stopped before they commit. */
    private static DataSource stopping(
            DataSource source, AtomicBoolean stops, CountDownLatch stopped, CountDownLatch goesOn) {
        return proxy(
                DataSource.class,
                source,
                (method, result) -> {
                    if (!(result instanceof Connection connection)) {
                        return result;
                    }
                    return proxy(Connection.class, connection, (called, value) -> value, called -> {
                        if (called.getName().equals("commit") && stops.getAndSet(false)) {
                            stopped.countDown();
                            goesOn.await();
                        }
                    });
                },
                method -> {});
    }

    /** Something that is done before a call. */
    @FunctionalInterface
    private interface Before {
        void call(Method method) throws Exception;
    }

    private static <T> T proxy(
            Class<T> type, T target, BiFunction<Method, @Nullable Object, @Nullable Object> after, Before before) {
        return type.cast(Proxy.newProxyInstance(
                JdbcStoreContract.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    before.call(method);
                    try {
                        return after.apply(method, method.invoke(target, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @Test
    @DisplayName("several that open an empty database at once all find its tables")
    void openAtOnce() throws Exception {
        DataSource empty = empty();

        // when
        List<DeploymentStore> stores = atOnce(6, index -> JdbcDeploymentStore.open(empty, 1));

        // then
        try {
            atOnce(
                    6,
                    index -> stores.get(index)
                            .submit(record(project, "d" + index).build(), null));
            assertThat(stores.get(0).history(project, Long.MAX_VALUE, 99))
                    .extracting(DeploymentRecord::number)
                    .containsExactly(6L, 5L, 4L, 3L, 2L, 1L);
        } finally {
            stores.forEach(DeploymentStore::close);
        }
    }

    @Test
    @DisplayName("tables of a later version are left alone, with what to do")
    void laterVersion() throws SQLException {
        DataSource empty = empty();
        try (Connection keepsItOpen = empty.getConnection();
                Statement statement = keepsItOpen.createStatement()) {
            JdbcDeploymentStore.open(empty).close();
            statement.execute("UPDATE cofferdam_schema SET version = 99");

            assertThatThrownBy(() -> JdbcDeploymentStore.open(empty))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("jdbc:")
                    .hasMessageContaining("version 99")
                    .hasMessageContaining("use the version of the library that made them");
        }
    }

    @Test
    @DisplayName("a database that cannot be reached, or refuses, is told in a sentence without the password")
    void cannotBeOpened() {
        assertThatThrownBy(() -> JdbcDeploymentStore.open(refusing()))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageStartingWith("could not open the store of deployments: ")
                .hasMessageContaining("user and password")
                .hasMessageNotContaining("s3cr3t");
        assertThatThrownBy(() -> JdbcDeploymentStore.open(absent()))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageContaining("see whether the database runs")
                .hasMessageNotContaining("s3cr3t");
    }

    @Test
    @DisplayName("a caller that is interrupted while it waits for a lock is free at once, and nothing is written")
    void interrupted() throws Exception {
        store().submit(record(project, "a").build(), null);
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                begun.countDown();
                store().submit(record(project, "b").build(), null);
                outcome.complete(new AssertionError("it was not interrupted"));
            } catch (Throwable e) {
                outcome.complete(Thread.currentThread().isInterrupted() ? e : new AssertionError("no flag", e));
            }
        });
        try (Connection rival = shared().getConnection()) {
            rival.setAutoCommit(false);
            lockProject(rival);

            // when
            caller.start();
            begun.await();
            caller.interrupt();

            // then
            assertThat(outcome.get(2, TimeUnit.SECONDS)).isInstanceOf(OperationInterruptedException.class);
            rival.rollback();
        }
        assertThat(store().submit(record(project, "c").build(), null).record().number())
                .isEqualTo(2);
        assertThat(store().find("b" + project)).isEmpty();
    }

    @Test
    @DisplayName("a transaction that met another one is done again")
    void busy() throws Exception {
        store().submit(record(project, "a").build(), null);
        CompletableFuture<Long> number;
        try (Connection rival = shared().getConnection()) {
            rival.setAutoCommit(false);
            lockProject(rival);
            number = CompletableFuture.supplyAsync(() ->
                    store().submit(record(project, "b").build(), null).record().number());

            // Longer than an H2 waits for a lock before it gives up.
            assertThatThrownBy(() -> number.get(3, TimeUnit.SECONDS))
                    .isInstanceOf(java.util.concurrent.TimeoutException.class);
            rival.rollback();
        }

        assertThat(number.get(20, TimeUnit.SECONDS)).isEqualTo(2);
    }

    @Test
    @DisplayName("a page of a long history is found by an index")
    void historyByIndex() throws SQLException {
        try (Connection connection = shared().getConnection()) {
            fill(connection, 2000);

            try (PreparedStatement explain = connection.prepareStatement(
                            "EXPLAIN SELECT * FROM cofferdam_deployment WHERE project = ? AND number < ? "
                                    + "ORDER BY project, number DESC LIMIT ?");
                    ResultSet rows = page(explain)) {
                StringBuilder plan = new StringBuilder();
                while (rows.next()) {
                    plan.append(rows.getString(1)).append('\n');
                }
                assertThat(plan.toString())
                        .containsIgnoringCase("cofferdam_deployment_number")
                        .doesNotContain("Sort", "Seq Scan", "tableScan");
                if (plan.indexOf("index sorted") < 0) {
                    assertThat(plan.toString()).contains("Index Scan");
                }
            }
        }
        assertThat(store().history(project, 1000, 2))
                .extracting(DeploymentRecord::number)
                .containsExactly(999L, 998L);
    }

    private ResultSet page(PreparedStatement explain) throws SQLException {
        explain.setString(1, project);
        explain.setLong(2, 1000);
        explain.setInt(3, 20);
        return explain.executeQuery();
    }

    /** Deployments that ended, put in by the database itself. */
    final void fill(Connection connection, int count) throws SQLException {
        fill(connection, project, count);
    }

    static void fill(Connection connection, String project, int count) throws SQLException {
        boolean isH2 = connection.getMetaData().getDatabaseProductName().equals("H2");
        String numbers = isH2 ? "SYSTEM_RANGE(1, " + count + ") AS s(n)" : "generate_series(1, " + count + ") AS s(n)";
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO cofferdam_project (name, last_token, last_number, last_event, last_audit) VALUES ('"
                            + project + "', 0, " + count + ", 0, 0)");
            statement.execute(
                    "INSERT INTO cofferdam_deployment (id, project, number, kind, version, strategy, options, status, progress, "
                            + "message, is_stable, state, requested_by, tenant, created_at, completed_at, revision, last_journal) "
                            + "SELECT '" + project + "-' || n, '" + project
                            + "', n, 'DEPLOY', '1', 'rolling', '{}', 'COMPLETED', 100, 'done', "
                            + "TRUE, '{}', '', '', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 1, 0 FROM " + numbers);
            statement.execute(isH2 ? "ANALYZE" : "ANALYZE cofferdam_deployment");
        }
    }

    private void lockProject(Connection rival) throws SQLException {
        try (PreparedStatement lock =
                rival.prepareStatement("SELECT * FROM cofferdam_project WHERE name = ? FOR UPDATE")) {
            lock.setString(1, project);
            lock.executeQuery().close();
        }
    }
}
