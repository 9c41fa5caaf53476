package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL for tests: the one that COFFERDAM_TEST_POSTGRES names (a JDBC URL with user and password, whose user may make
 * schemas), or a server of our own from Debian's packages, on a port of its own, in a folder that is removed at the end.
 */
final class PostgresServer implements AutoCloseable {

    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String url;
    private final List<String> schemas = new ArrayList<>();
    private final Path folder;
    private final Path programs;
    private Process process;

    private PostgresServer(String url, Path folder, Path programs) {
        this.url = url;
        this.folder = folder;
        this.programs = programs;
    }

    static PostgresServer start() throws Exception {
        String given = System.getenv("COFFERDAM_TEST_POSTGRES");
        return given == null || given.isBlank() ? startOwn() : new PostgresServer(given, null, null);
    }

    /** A server of our own, which may be stopped. */
    static PostgresServer startOwn() throws Exception {
        Path programs = programs();
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Path folder = Files.createTempDirectory(Path.of("/tmp"), "cofferdam-postgres-");
        Path password = Files.writeString(folder.resolve("password"), "s3cr3t-of-tests\n");
        if (isRoot()) {
            run(List.of("chown", "-R", "postgres", folder.toString()));
        }
        PostgresServer server = new PostgresServer(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres&password=s3cr3t-of-tests",
                folder,
                programs);
        try {
            server.run(
                    "initdb",
                    "-D",
                    folder.resolve("data").toString(),
                    "-U",
                    "postgres",
                    "-A",
                    "scram-sha-256",
                    "--pwfile",
                    password.toString(),
                    "-E",
                    "UTF8",
                    "--no-sync");
            server.launch();
            return server;
        } catch (Exception | Error e) {
            server.close();
            throw e;
        }
    }

    private static Path programs() throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(DEBIAN)) {
            try (Stream<Path> versions = Files.list(DEBIAN)) {
                versions.map(version -> version.resolve("bin"))
                        .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                        .forEach(found::add);
            }
        }
        return found.stream()
                .max(Comparator.comparing(
                        bin -> Integer.valueOf(bin.getParent().getFileName().toString())))
                .orElseThrow(() ->
                        new AssertionError("there is no PostgreSQL for the tests: install Debian's package postgresql, "
                                + "start .ci/testbed/postgres, or set COFFERDAM_TEST_POSTGRES to a JDBC URL"));
    }

    void launch() throws Exception {
        List<String> command = asPostgres(
                "postgres",
                "-D",
                folder.resolve("data").toString(),
                "-k",
                folder.toString(),
                "-c",
                "listen_addresses=127.0.0.1",
                "-p",
                url.replaceAll("^.*:(\\d+)/.*$", "$1"));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        Instant latest = Instant.now().plus(PATIENCE);
        while (true) {
            try (Connection connection = source("public").getConnection()) {
                assertThat(connection.isValid(5)).isTrue();
                return;
            } catch (SQLException notYet) {
                assertThat(process.isAlive())
                        .as("the server, which says: %s", log())
                        .isTrue();
                assertThat(Instant.now())
                        .as("the server answers, which says: %s", log())
                        .isBefore(latest);
                Thread.onSpinWait();
            }
        }
    }

    /** Stops it at once: connections are cut off. */
    void stop() throws Exception {
        // runuser hands the signal on; "fast" shutdown is SIGINT, which pg_ctl sends to the right process.
        run("pg_ctl", "-D", folder.resolve("data").toString(), "-m", "fast", "-w", "stop");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    /** A data source whose connections work in a new schema. */
    PGSimpleDataSource newSchema() throws SQLException {
        String schema = "test_" + UUID.randomUUID().toString().replace('-', '_');
        try (Connection connection = source("public").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA " + schema);
        }
        schemas.add(schema);
        return source(schema);
    }

    PGSimpleDataSource source(String schema) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(url);
        source.setCurrentSchema(schema);
        return source;
    }

    @Override
    public void close() throws Exception {
        if (folder == null) {
            try (Connection connection = source("public").getConnection();
                    Statement statement = connection.createStatement()) {
                for (String schema : schemas) {
                    statement.execute("DROP SCHEMA " + schema + " CASCADE");
                }
            }
            return;
        }
        if (process != null && process.isAlive()) {
            stop();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private String log() throws IOException {
        Path log = folder.resolve("log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    private void run(String program, String... arguments) throws Exception {
        run(asPostgres(program, arguments));
    }

    /** A server refuses to run as root. */
    private List<String> asPostgres(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static void run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as("%s, which says: %s", command, output).isZero();
    }
}
