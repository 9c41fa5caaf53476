package io.cofferdam.junit;

import io.cofferdam.api.Experimental;
import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Readiness;
import java.time.Duration;

/**
 * Well-known software: image, port, wait, credentials and URIs. Each is a plain {@link Preset} and can be changed with its methods;
 * the versions are defaults to be pinned by the tests that use them.
 *
 * <p>PostgreSQL, MariaDB, Redis, RabbitMQ and nginx run on engines without images too, where their programs are installed.
 */
@Experimental
public final class Presets {

    /** The password of all presets with one, unless a test sets another. No secret: it protects test data for minutes. */
    public static final String PASSWORD = "only-for-tests";

    private static final String USER = "test";
    private static final String DATABASE = "test";
    private static final Duration SLOW_START = Duration.ofMinutes(3);

    private Presets() {}

    /**
     * PostgreSQL of the official image, with a database {@code test} of the user {@code test}, set to be fast and not to survive a
     * power failure. Knows {@link Reset#DATA}. Its data lies outside the image's volume, so that snapshots hold it.
     *
     * @return the preset for {@code postgres:16}
     */
    public static Preset postgresql() {
        return postgresql("postgres:16");
    }

    /**
     * PostgreSQL of another image.
     *
     * @param image one that begins like the official one
     * @return the preset
     */
    public static Preset postgresql(String image) {
        Preset.Parts parts = new Preset.Parts("PostgreSQL", Presets::postgresqlOfImage);
        parts.processes = LocalServers::postgresql;
        parts.uri = "postgresql://{user}:{password}@{host}:{port}/{database}";
        parts.jdbcUrl = "jdbc:postgresql://{host}:{port}/{database}";
        parts.dataReset = new PostgresqlReset();
        return database(parts, image);
    }

    private static EnvironmentSpec.Builder postgresqlOfImage(Preset preset, Capabilities capabilities) {
        return EnvironmentSpec.image(preset.image())
                .env("POSTGRES_USER", preset.username())
                .secretEnv("POSTGRES_PASSWORD", preset.password())
                .env("POSTGRES_DB", preset.database())
                .env("PGDATA", "/pgdata/data")
                .withCommand(
                        "postgres", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
                .port(5432)
                .startTimeout(SLOW_START)
                // The first start is one of a server that only makes the database; where there is one already it is
                // left out.
                .readyWhen(Readiness.anyOf(
                        Readiness.log("database system is ready to accept connections", 2),
                        Readiness.allOf(
                                Readiness.log("Skipping initialization"),
                                Readiness.log("database system is ready to accept connections"))));
    }

    /**
     * MySQL of the official image.
     *
     * @return the preset for {@code mysql:8.4}
     */
    public static Preset mysql() {
        Preset.Parts parts = new Preset.Parts(
                "MySQL",
                (preset, capabilities) -> EnvironmentSpec.image(preset.image())
                        .env("MYSQL_DATABASE", preset.database())
                        .env("MYSQL_USER", preset.username())
                        .secretEnv("MYSQL_PASSWORD", preset.password())
                        .secretEnv("MYSQL_ROOT_PASSWORD", preset.password())
                        .port(3306)
                        .startTimeout(SLOW_START)
                        // The server that makes the database says so with port 0.
                        .readyWhen(Readiness.log("ready for connections.*port: 3306\\b")));
        parts.uri = "mysql://{user}:{password}@{host}:{port}/{database}";
        parts.jdbcUrl = "jdbc:mysql://{host}:{port}/{database}";
        return database(parts, "mysql:8.4");
    }

    /**
     * MariaDB of the official image.
     *
     * @return the preset for {@code mariadb:11.4}
     */
    public static Preset mariadb() {
        Preset.Parts parts = new Preset.Parts(
                "MariaDB",
                (preset, capabilities) -> EnvironmentSpec.image(preset.image())
                        .env("MARIADB_DATABASE", preset.database())
                        .env("MARIADB_USER", preset.username())
                        .secretEnv("MARIADB_PASSWORD", preset.password())
                        .secretEnv("MARIADB_ROOT_PASSWORD", preset.password())
                        .port(3306)
                        .startTimeout(SLOW_START)
                        .readyWhen(Readiness.log("port: 3306\\b")));
        parts.processes = LocalServers::mariadb;
        parts.uri = "mariadb://{user}:{password}@{host}:{port}/{database}";
        parts.jdbcUrl = "jdbc:mariadb://{host}:{port}/{database}";
        return database(parts, "mariadb:11.4");
    }

    /**
     * Redis of the official image, which keeps nothing on disk and asks for no password. Knows {@link Reset#DATA}.
     *
     * @return the preset for {@code redis:7}
     */
    public static Preset redis() {
        Preset.Parts parts = new Preset.Parts(
                "Redis",
                (preset, capabilities) -> EnvironmentSpec.image(preset.image())
                        .withCommand("redis-server", "--save", "", "--appendonly", "no")
                        .port(6379)
                        .readyWhen(Readiness.log("Ready to accept connections")));
        parts.processes = LocalServers::redis;
        parts.uri = "redis://{host}:{port}";
        parts.dataReset = new RedisReset();
        parts.image = "redis:7";
        return parts.make();
    }

    /**
     * RabbitMQ of the official image, with its management interface at port 15672.
     *
     * @return the preset for {@code rabbitmq:3.13-management}
     */
    public static Preset rabbitmq() {
        Preset.Parts parts = new Preset.Parts(
                "RabbitMQ",
                (preset, capabilities) -> EnvironmentSpec.image(preset.image())
                        .env("RABBITMQ_DEFAULT_USER", preset.username())
                        .secretEnv("RABBITMQ_DEFAULT_PASS", preset.password())
                        .port(5672, 15672)
                        .startTimeout(SLOW_START)
                        .readyWhen(Readiness.log("Server startup complete")));
        parts.processes = LocalServers::rabbitmq;
        parts.uri = "amqp://{user}:{password}@{host}:{port}";
        parts.username = USER;
        parts.password = PASSWORD;
        parts.image = "rabbitmq:3.13-management";
        return parts.make();
    }

    /**
     * MongoDB of the official image; the user is its root, of the database {@code admin}.
     *
     * @return the preset for {@code mongo:7}
     */
    public static Preset mongodb() {
        Preset.Parts parts = new Preset.Parts(
                "MongoDB",
                (preset, capabilities) -> EnvironmentSpec.image(preset.image())
                        .env("MONGO_INITDB_ROOT_USERNAME", preset.username())
                        .secretEnv("MONGO_INITDB_ROOT_PASSWORD", preset.password())
                        .env("MONGO_INITDB_DATABASE", preset.database())
                        .port(27017)
                        .startTimeout(SLOW_START)
                        // Once by the server that makes the user, once by the one that stays.
                        .readyWhen(Readiness.log("Waiting for connections", 2)));
        parts.uri = "mongodb://{user}:{password}@{host}:{port}/{database}?authSource=admin";
        return database(parts, "mongo:7");
    }

    /**
     * Elasticsearch as a single node, without TLS and passwords.
     *
     * @return the preset for {@code docker.elastic.co/elasticsearch/elasticsearch:8.15.0}
     */
    public static Preset elasticsearch() {
        Preset.Parts parts = new Preset.Parts(
                "Elasticsearch",
                (preset, capabilities) -> EnvironmentSpec.image(preset.image())
                        .env("discovery.type", "single-node")
                        .env("xpack.security.enabled", "false")
                        .env("ES_JAVA_OPTS", "-Xms512m -Xmx512m")
                        .port(9200)
                        .startTimeout(SLOW_START)
                        .readyWhen(Readiness.http(9200, "/_cluster/health?wait_for_status=yellow")));
        parts.uri = "http://{host}:{port}";
        parts.image = "docker.elastic.co/elasticsearch/elasticsearch:8.15.0";
        return parts.make();
    }

    /**
     * OpenSearch as a single node, without its security plugin.
     *
     * @return the preset for {@code opensearchproject/opensearch:2.17.0}
     */
    public static Preset opensearch() {
        Preset.Parts parts = new Preset.Parts(
                "OpenSearch",
                (preset, capabilities) -> EnvironmentSpec.image(preset.image())
                        .env("discovery.type", "single-node")
                        .env("DISABLE_SECURITY_PLUGIN", "true")
                        .env("DISABLE_INSTALL_DEMO_CONFIG", "true")
                        .env("OPENSEARCH_JAVA_OPTS", "-Xms512m -Xmx512m")
                        .port(9200)
                        .startTimeout(SLOW_START)
                        .readyWhen(Readiness.http(9200, "/_cluster/health?wait_for_status=yellow")));
        parts.uri = "http://{host}:{port}";
        parts.image = "opensearchproject/opensearch:2.17.0";
        return parts.make();
    }

    /**
     * Kafka of the Apache image as one node that is broker and controller. Clients outside reach it at a host port that is chosen
     * when it is made, because it has to tell them; members of its network at port 19092 of the host name {@code kafka}.
     *
     * @return the preset for {@code apache/kafka:3.8.0}
     */
    public static Preset kafka() {
        Preset.Parts parts = new Preset.Parts("Kafka", KafkaRecipe::make);
        parts.uri = "kafka://{host}:{port}";
        parts.image = "apache/kafka:3.8.0";
        return parts.make();
    }

    /**
     * nginx of the official image with its own start page; mount or copy other files in.
     *
     * @return the preset for {@code nginx:1.27}
     */
    public static Preset nginx() {
        Preset.Parts parts = new Preset.Parts(
                "nginx",
                (preset, capabilities) -> EnvironmentSpec.image(preset.image())
                        .port(80)
                        .stopSignal("SIGQUIT")
                        .readyWhen(Readiness.http(80, "/")));
        parts.processes = LocalServers::nginx;
        parts.uri = "http://{host}:{port}";
        parts.image = "nginx:1.27";
        return parts.make();
    }

    /**
     * LocalStack, in the region {@code us-east-1}; any credentials will do.
     *
     * @return the preset for {@code localstack/localstack:3.7}
     */
    public static Preset localstack() {
        Preset.Parts parts = new Preset.Parts(
                "LocalStack",
                (preset, capabilities) -> EnvironmentSpec.image(preset.image())
                        .port(4566)
                        .startTimeout(SLOW_START)
                        .readyWhen(Readiness.http(4566, "/_localstack/health")));
        parts.uri = "http://{host}:{port}";
        parts.username = USER;
        parts.password = PASSWORD;
        parts.image = "localstack/localstack:3.7";
        return parts.make();
    }

    private static Preset database(Preset.Parts parts, String image) {
        parts.image = image;
        parts.username = USER;
        parts.password = PASSWORD;
        parts.database = DATABASE;
        return parts.make();
    }

    /** Servers refuse to run as root; another user can be taken only by root. */
    static EnvironmentSpec.Builder asUser(EnvironmentSpec.Builder spec, String user, Capabilities capabilities) {
        return capabilities.has(Capability.USER_SWITCH) ? spec.user(user) : spec;
    }
}
