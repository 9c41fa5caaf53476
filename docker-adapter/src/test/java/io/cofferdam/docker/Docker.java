package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A driver on the real engine for one test, which removes whatever the test made with it. */
final class Docker implements AutoCloseable {

    static final String BUSYBOX = "cofferdam-test/busybox:1";

    final String run = "t" + UUID.randomUUID().toString().substring(0, 8);
    final DockerDriver driver;
    private final List<String> networks = new ArrayList<>();

    Docker() {
        this(EngineConfig.defaults());
    }

    Docker(EngineConfig config) {
        driver = DockerDriver.open(config, Surroundings.ofThisJvm());
    }

    static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(60));
    }

    Map<String, String> labels(String name) {
        return Map.of(Labels.ENVIRONMENT, run + "-" + name, "run", run);
    }

    String create(EnvironmentSpec spec) {
        return create(spec, Map.of(), null);
    }

    String create(EnvironmentSpec spec, Map<String, String> more, CreateRequest.Membership membership) {
        String name = run + "-" + spec.name().orElseThrow();
        Map<String, String> labels = new HashMap<>(more);
        labels.putAll(labels(spec.name().orElseThrow()));
        return driver.create(new CreateRequest(name, spec.toBuilder().name(name).build(), labels, membership), soon());
    }

    /** A running shell that waits, and ends on SIGTERM. */
    String running(String name) {
        return started(EnvironmentSpec.image(BUSYBOX)
                .name(name)
                .withCommand("sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done")
                .build());
    }

    String started(EnvironmentSpec spec) {
        String id = create(spec);
        driver.start(id, soon());
        return id;
    }

    String network(String name) {
        networks.add(run + name);
        return run + name;
    }

    @Override
    public void close() {
        LabelSelector mine = LabelSelector.of("run", run);
        driver.list(mine, soon()).forEach(unit -> driver.remove(unit.status().id(), soon()));
        networks.forEach(
                network -> assertThat(driver.networks().remove(network)).isTrue());
        assertThat(driver.list(mine, soon())).isEmpty();
        driver.close();
    }
}
