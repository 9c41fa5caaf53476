package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.driver.CreateRequest.Membership;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.SubnetPool;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.resource.Network;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Networks of a real engine. */
@OnDocker
@Timeout(300)
class NetworksOnDockerTest {

    private final Docker docker = new Docker();
    private final DockerDriver driver = docker.driver;

    @AfterEach
    void close() {
        docker.close();
    }

    private String member(String name, String network, String... names) {
        String id = docker.create(
                EnvironmentSpec.image("cofferdam-test/web:1").name(name).build(),
                Map.of(),
                new Membership(network, List.of(names)));
        driver.start(id, Docker.soon());
        return id;
    }

    private int exitCode(String id, String... command) {
        return driver.exec(id, ExecSpec.of(command), Docker.soon()).exitCode();
    }

    private JsonNode raw(HttpRequest request) {
        try (Threads threads = Threads.named("test");
                EngineHttp http = new EngineHttp(
                        EngineAddress.parse(driver.info(Docker.soon()).endpoint(), null),
                        new ApiVersion(1, 41),
                        1,
                        threads)) {
            return http.json(Operation.of("ask", "asking", "the engine"), request, Docker.soon());
        }
    }

    @Test
    @DisplayName("members whose network was removed, before their creation or after a run, start in the one made again")
    void networkMadeAgain() throws Exception {
        String network = docker.network("n");
        Network first = driver.networks().ensure(network, Map.of());
        String ran = inStack("ran", network);
        driver.start(ran, Docker.soon());
        driver.stop(ran, "KILL", Duration.ZERO, Docker.soon());
        removeBehindItsBack(first);
        String late = inStack("late", network);
        driver.networks().ensure(network, Map.of());

        for (String member : List.of(ran, late)) {
            assertThatThrownBy(() -> driver.start(member, Docker.soon()))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessageContaining(first.id());
            driver.connect(member, new Membership(network, List.of("of-" + member.substring(0, 12))), Docker.soon());
            driver.start(member, Docker.soon());
        }

        assertThat(driver.networks().members(network))
                .extracting(Network.Member::id)
                .containsExactlyInAnyOrder(ran, late);
        assertThat(exitCode(ran, "ping", "-c", "1", "-w", "20", "of-" + late.substring(0, 12)))
                .isZero();
        assertThat(exitCode(late, "ping", "-c", "1", "-w", "20", "of-" + ran.substring(0, 12)))
                .isZero();
    }

    private String inStack(String name, String network) {
        EnvironmentSpec spec = EnvironmentSpec.image(Docker.BUSYBOX)
                .name(name)
                .withCommand("sleep", "600")
                .build();
        return docker.create(spec, Map.of(Labels.STACK, network), new Membership(network, List.of(name)));
    }

    private static void removeBehindItsBack(Network network) throws Exception {
        Process removal = new ProcessBuilder("docker", "network", "rm", network.id())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(removal.waitFor()).isZero();
    }

    @Test
    @DisplayName("many creators in several drivers at once end with one network")
    void oneNetwork() throws Exception {
        String name = docker.network("n");
        List<DockerDriver> drivers = new ArrayList<>();
        ExecutorService executor = Executors.newFixedThreadPool(16);
        try {
            for (int i = 0; i < 4; i++) {
                drivers.add(DockerDriver.open(EngineConfig.defaults(), Surroundings.ofThisJvm()));
            }
            CountDownLatch ready = new CountDownLatch(16);
            List<Future<Network>> made = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                DockerDriver one = drivers.get(i % drivers.size());
                made.add(executor.submit((Callable<Network>) () -> {
                    ready.countDown();
                    ready.await();
                    return one.networks().ensure(name, Map.of("run", docker.run));
                }));
            }
            Set<String> ids = new HashSet<>();
            for (Future<Network> each : made) {
                ids.add(each.get().id());
            }

            assertThat(ids).hasSize(1);
            assertThat(driver.networks().list(LabelSelector.of("run", docker.run)))
                    .singleElement()
                    .satisfies(network -> {
                        assertThat(network.name()).isEqualTo(name);
                        assertThat(network.subnet()).isPresent();
                    });
        } finally {
            executor.shutdownNow();
            drivers.forEach(DockerDriver::close);
        }
    }

    @Test
    @DisplayName(
            "members know each other by all their names; another network's reach them neither by name nor by address")
    void isolation() throws Exception {
        String first = docker.network("a");
        String second = docker.network("b");
        driver.networks().ensure(first, Map.of());
        driver.networks().ensure(second, Map.of());
        String web = member("web", first, "web", "www");
        String friend = member("friend", first, "friend");
        String stranger = member("stranger", second, "stranger");
        String address = raw(HttpRequest.get("/containers/" + web + "/json"))
                .path("NetworkSettings")
                .path("Networks")
                .path("cofferdam-" + first)
                .path("IPAddress")
                .asText();

        Eventually.holds(
                () -> exitCode(friend, "timeout", "5", "wget", "-q", "-O", "-", "http://www:8080/version") != 124);
        assertThat(exitCode(friend, "nslookup", "web")).isZero();
        assertThat(exitCode(friend, "timeout", "5", "nc", address, "8080", "-e", "true"))
                .isZero();
        assertThat(exitCode(stranger, "nslookup", "web")).isNotZero();
        assertThat(exitCode(stranger, "timeout", "3", "nc", address, "8080", "-e", "true"))
                .isNotZero();
    }

    @Test
    @DisplayName("a network stays while a container refers to it, running or not, and goes with the last")
    void removal() {
        String name = docker.network("n");
        driver.networks().ensure(name, Map.of());
        String id = docker.create(
                EnvironmentSpec.image(Docker.BUSYBOX).name("box").build(),
                Map.of(),
                new Membership(name, List.of("box")));
        assertThat(driver.networks().remove(name)).isFalse();
        driver.remove(id, Docker.soon());

        assertThat(driver.networks().remove(name)).isTrue();
        assertThat(driver.networks().find(name)).isEmpty();
        assertThat(driver.networks().remove(name)).isTrue();
    }

    @Test
    @DisplayName("somebody else's network of the same name is left alone")
    void foreign() {
        String name = docker.run + "-foreign";
        String id = raw(HttpRequest.post("/networks/create", Json.object().put("Name", "cofferdam-" + name)))
                .path("Id")
                .asText();
        try {
            assertThatThrownBy(() -> driver.networks().ensure(name, Map.of()))
                    .isInstanceOf(NameTakenException.class)
                    .hasMessageContaining("this library did not make");
            assertThat(driver.networks().find(name)).isEmpty();
            assertThat(driver.networks().remove(name)).isTrue();
            assertThat(raw(HttpRequest.get("/networks/" + id)).path("Id").asText())
                    .isEqualTo(id);
        } finally {
            raw(HttpRequest.delete("/networks/" + id));
        }
    }

    @Test
    @DisplayName("subnets come from the configured pool, skip what is in use, and end with it")
    void pool() {
        EngineConfig small = EngineConfig.builder()
                .subnetPool(SubnetPool.of("10.123.64.0/23", 24))
                .build();
        try (Docker pooled = new Docker(small)) {
            Network first = pooled.driver.networks().ensure(pooled.network("a"), Map.of());
            Network second = pooled.driver.networks().ensure(pooled.network("b"), Map.of());

            assertThat(List.of(first.subnetRange(), second.subnetRange()))
                    .containsExactlyInAnyOrder("10.123.64.0/24", "10.123.65.0/24");
            assertThatThrownBy(() -> pooled.driver.networks().ensure(pooled.network("c"), Map.of()))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("every subnet of the pool 10.123.64.0/23 in /24 is in use");
        }
    }
}
