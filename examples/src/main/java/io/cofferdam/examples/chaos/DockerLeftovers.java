package io.cofferdam.examples.chaos;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import io.cofferdam.engine.EngineInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Asks the engine through docker-java for containers, networks and volumes. */
final class DockerLeftovers implements Leftovers, AutoCloseable {

    private final DockerClient client;

    DockerLeftovers(EngineInfo engine) {
        DefaultDockerClientConfig config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(engine.endpoint())
                .withApiVersion(engine.apiVersion())
                .build();
        client = DockerClientImpl.getInstance(
                config,
                new ApacheDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .sslConfig(config.getSSLConfig())
                        .build());
    }

    @Override
    public List<String> of(String run) {
        List<String> left = new ArrayList<>();
        client.listContainersCmd().withShowAll(true).exec().forEach(container -> {
            for (String name : container.getNames()) {
                add(left, "container", name, run);
            }
        });
        client.listNetworksCmd().exec().forEach(network -> add(left, "network", network.getName(), run));
        client.listVolumesCmd().exec().getVolumes().forEach(volume -> add(left, "volume", volume.getName(), run));
        return left;
    }

    private static void add(List<String> left, String kind, String name, String run) {
        if (name.contains(run + "-")) {
            left.add(kind + " " + name);
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
