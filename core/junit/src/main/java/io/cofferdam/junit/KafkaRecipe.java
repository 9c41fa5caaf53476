package io.cofferdam.junit;

import io.cofferdam.engine.Capabilities;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.StorageException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;

/** Kafka tells its clients where to connect to, so its host port has to be known before it starts. */
final class KafkaRecipe {

    private static final int PORT = 9092;

    private KafkaRecipe() {}

    static EnvironmentSpec.Builder make(Preset preset, Capabilities capabilities) {
        int hostPort = freePort();
        return EnvironmentSpec.image(preset.image())
                .env("KAFKA_NODE_ID", "1")
                .env("KAFKA_PROCESS_ROLES", "broker,controller")
                .env("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093")
                .env("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER")
                .env("KAFKA_LISTENERS", "OUTSIDE://:9092,INSIDE://:19092,CONTROLLER://:9093")
                .env("KAFKA_ADVERTISED_LISTENERS", "OUTSIDE://127.0.0.1:" + hostPort + ",INSIDE://kafka:19092")
                .env("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "OUTSIDE:PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT")
                .env("KAFKA_INTER_BROKER_LISTENER_NAME", "INSIDE")
                .env("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1")
                .env("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1")
                .env("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1")
                .env("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
                .alias("kafka")
                .publish(PortMapping.fixed(hostPort, PORT))
                .startTimeout(Duration.ofMinutes(3))
                .readyWhen(Readiness.log("Kafka Server started"));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new StorageException("could not find a free port for Kafka: " + e.getMessage(), e);
        }
    }
}
