package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.engine.SubnetPool;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.resource.Network;
import io.cofferdam.resource.NetworkSpec;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two programs that make networks from one small range at the same time. */
@OnDocker
@Timeout(120)
class SubnetsAcrossProcessesTest {

    private static final int EACH = 6;
    private static final String LABEL = "subnets-across-processes";

    private final String run = "x" + UUID.randomUUID().toString().substring(0, 8);

    /** A range of sixteen subnets that other runs hardly choose. */
    private final String range = "10." + (128 + ThreadLocalRandom.current().nextInt(60)) + "."
            + ThreadLocalRandom.current().nextInt(256) + ".0/24";

    @TempDir
    private Path temporary;

    @AfterEach
    void removeNetworks() {
        try (Orchestrator engine = new DockerProvider().open(config(range))) {
            LabelSelector mine = LabelSelector.of(LABEL, run);
            engine.networks().list(mine).forEach(network -> engine.networks().remove(network.name()));
            assertThat(engine.networks().list(mine)).isEmpty();
        }
    }

    private static EngineConfig config(String range) {
        return EngineConfig.builder().subnetPool(SubnetPool.of(range, 28)).build();
    }

    /** The program: makes networks one after the other. */
    public static void main(String[] args) {
        try (Orchestrator engine = new DockerProvider().open(config(args[2]))) {
            for (int i = 0; i < EACH; i++) {
                engine.networks()
                        .create(NetworkSpec.named(args[0] + "-" + args[1] + i)
                                .withLabel(LABEL, args[0])
                                .withLifetime(Lifetime.persistent()));
            }
        }
    }

    @Test
    @DisplayName("two JVMs and one pool: every network gets a range of its own")
    void twoPrograms() throws Exception {
        List<Process> programs = new ArrayList<>();
        for (String name : List.of("a", "b")) {
            File output = temporary.resolve(name).toFile();
            programs.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            SubnetsAcrossProcessesTest.class.getName(),
                            run,
                            name,
                            range)
                    .redirectErrorStream(true)
                    .redirectOutput(output)
                    .start());
        }
        for (Process program : programs) {
            assertThat(program.waitFor(90, TimeUnit.SECONDS)).isTrue();
            assertThat(program.exitValue())
                    .as("what the programs wrote is in %s", temporary)
                    .isZero();
        }

        try (Orchestrator engine = new DockerProvider().open(config(range))) {
            List<Subnet> subnets = engine.networks().list(LabelSelector.of(LABEL, run)).stream()
                    .map(Network::subnet)
                    .map(subnet -> Subnet.parse(subnet.orElseThrow()).orElseThrow())
                    .toList();
            assertThat(subnets).hasSize(2 * EACH);
            Subnet pool = Subnet.parse(range).orElseThrow();
            for (Subnet one : subnets) {
                assertThat(one.overlaps(pool)).isTrue();
                assertThat(subnets.stream().filter(one::overlaps)).hasSize(1);
            }
        }
    }
}
