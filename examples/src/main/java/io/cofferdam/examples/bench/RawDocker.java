package io.cofferdam.examples.bench;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerResponse;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import io.cofferdam.engine.EngineInfo;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What somebody writes who uses docker-java without this library: the same engine, the same API version. */
final class RawDocker implements AutoCloseable {

    private final DockerClient client;
    private final String image;

    RawDocker(EngineInfo engine, String image, int connections) {
        this.image = image;
        DefaultDockerClientConfig config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(engine.endpoint())
                .withApiVersion(engine.apiVersion())
                .build();
        client = DockerClientImpl.getInstance(
                config,
                new ApacheDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .sslConfig(config.getSSLConfig())
                        .maxConnections(connections)
                        .build());
    }

    /** Creates and starts a container, and gives its id. */
    String run(String name) {
        CreateContainerResponse created = client.createContainerCmd(image)
                .withName(name)
                .withCmd("sleep", "1000")
                .exec();
        client.startContainerCmd(created.getId()).exec();
        return created.getId();
    }

    void remove(String id) {
        client.removeContainerCmd(id).withForce(true).exec();
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
