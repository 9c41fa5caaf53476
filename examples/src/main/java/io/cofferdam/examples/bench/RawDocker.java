package io.cofferdam.examples.bench;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.CreateContainerResponse;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import io.cofferdam.engine.EngineInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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

    /** Runs a command to its end, its output read, and removes the container. */
    int oneShot(String name, List<String> command) {
        String id = client.createContainerCmd(image)
                .withName(name)
                .withCmd(command)
                .exec()
                .getId();
        try (ResultCallback.Adapter<Frame> output = client.attachContainerCmd(id)
                .withStdOut(true)
                .withStdErr(true)
                .withFollowStream(true)
                .exec(new ResultCallback.Adapter<>())) {
            output.awaitStarted();
            client.startContainerCmd(id).exec();
            int exitCode = client.waitContainerCmd(id)
                    .exec(new WaitContainerResultCallback())
                    .awaitStatusCode();
            output.awaitCompletion();
            client.removeContainerCmd(id).exec();
            return exitCode;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupt);
        }
    }

    /** Creates and starts a container with a command. */
    String runCommand(String name, String... command) {
        CreateContainerResponse created =
                client.createContainerCmd(image).withName(name).withCmd(command).exec();
        client.startContainerCmd(created.getId()).exec();
        return created.getId();
    }

    /** Stops a container as it wants to be stopped. */
    void stop(String id) {
        client.stopContainerCmd(id).withTimeout(10).exec();
    }

    /** Subscribes to the deaths of containers. */
    <T extends ResultCallback<Event>> T deaths(T callback) {
        return client.eventsCmd()
                .withEventTypeFilter(EventType.CONTAINER)
                .withEventFilter("die")
                .exec(callback);
    }

    /** How many containers, networks and volumes there are that a benchmark made, and how many anonymous volumes in all. */
    Map<String, Long> resources(String name) {
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put(
                "containers",
                client.listContainersCmd().withShowAll(true).exec().stream()
                        .filter(container ->
                                String.join(" ", container.getNames()).contains(name))
                        .count());
        counts.put(
                "networks",
                client.listNetworksCmd().exec().stream()
                        .filter(network -> network.getName().contains(name))
                        .count());
        String self = ":" + ProcessHandle.current().pid() + ":";
        counts.put(
                "volumes",
                client.listVolumesCmd().exec().getVolumes().stream()
                        .filter(volume -> volume.getName().contains(name)
                                || String.valueOf(volume.getLabels()).contains(self))
                        .count());
        return counts;
    }

    /** Creates and starts a container in a network. */
    String runIn(String network, String name, List<String> command) {
        CreateContainerResponse created = client.createContainerCmd(image)
                .withName(name)
                .withCmd(command)
                .withHostConfig(HostConfig.newHostConfig().withNetworkMode(network))
                .exec();
        client.startContainerCmd(created.getId()).exec();
        return created.getId();
    }

    /** Stops a container as it wants to be stopped, and removes it. */
    void stopAndRemove(String id) {
        client.stopContainerCmd(id).withTimeout(10).exec();
        client.removeContainerCmd(id).exec();
    }

    String makeNetwork(String name) {
        return client.createNetworkCmd().withName(name).exec().getId();
    }

    void removeNetwork(String id) {
        client.removeNetworkCmd(id).exec();
    }

    /** Creates and starts a container that publishes a port at one the engine chooses. */
    String run(String name, int port, String... command) {
        ExposedPort inside = ExposedPort.tcp(port);
        CreateContainerResponse created = client.createContainerCmd(image)
                .withName(name)
                .withCmd(command)
                .withExposedPorts(inside)
                .withHostConfig(HostConfig.newHostConfig()
                        .withPortBindings(new PortBinding(Ports.Binding.bindIp("127.0.0.1"), inside)))
                .exec();
        client.startContainerCmd(created.getId()).exec();
        return created.getId();
    }

    /** The address of a container inside its engine's network, where no proxy accepts for it. */
    String address(String id) {
        return Objects.requireNonNull(client.inspectContainerCmd(id)
                .exec()
                .getNetworkSettings()
                .getNetworks()
                .values()
                .iterator()
                .next()
                .getIpAddress());
    }

    /** Where a port of a container is published on this host. */
    int published(String id, int port) {
        Ports.Binding[] bindings = client.inspectContainerCmd(id)
                .exec()
                .getNetworkSettings()
                .getPorts()
                .getBindings()
                .get(ExposedPort.tcp(port));
        return Integer.parseInt(Objects.requireNonNull(bindings)[0].getHostPortSpec());
    }

    /** Makes an image of a container, and a container of that in its place. */
    String commitAndReplace(String id, String name) {
        String made = client.commitCmd(id).withPause(true).exec();
        client.removeContainerCmd(id).withForce(true).exec();
        String replacement = client.createContainerCmd(made)
                .withName(name)
                .withCmd("sleep", "1000")
                .exec()
                .getId();
        client.startContainerCmd(replacement).exec();
        return replacement;
    }

    void removeWithImage(String id) {
        String made = client.inspectContainerCmd(id).exec().getImageId();
        remove(id);
        client.removeImageCmd(made).withForce(true).exec();
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
