package io.cofferdam.examples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChaosOnDockerTest {

    @Test
    void nothingIsLeftOfJvmsThatAreKilledAtRandomPoints(@TempDir Path states) throws Exception {
        try (Orchestrator docker = Cofferdam.open(Cofferdam.DOCKER);
                DockerLeftovers leftovers = new DockerLeftovers(docker.info())) {
            List<Kills.Outcome> outcomes =
                    new Kills("docker", "cofferdam-test/busybox:1", leftovers, states).run(5, outcome -> {});

            assertThat(outcomes)
                    .hasSize(5)
                    .allSatisfy(outcome -> assertThat(outcome.left())
                            .as("killed after %d ms", outcome.millis())
                            .isEmpty());
            assertThat(outcomes)
                    .anySatisfy(outcome -> assertThat(outcome.atOnce()).isPositive());
        }
    }
}
