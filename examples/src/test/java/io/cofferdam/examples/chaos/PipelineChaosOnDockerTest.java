package io.cofferdam.examples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.pipeline.RunStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class PipelineChaosOnDockerTest {

    @Test
    void nothingIsLeftOfRunsThatAreCancelledAtRandomMoments() throws Exception {
        try (Orchestrator docker = Cofferdam.open(Cofferdam.DOCKER)) {
            List<PipelineCancels.Outcome> outcomes =
                    new PipelineCancels(docker, "cofferdam-test/busybox:2", 1500).run(6, 2, 7, outcome -> {});

            assertThat(outcomes).hasSize(6).allSatisfy(outcome -> {
                assertThat(outcome.left())
                        .as("cancelled after %d ms", outcome.cancelledAfter())
                        .isEmpty();
                assertThat(outcome.status()).isEqualTo(RunStatus.CANCELLED);
            });
        }
    }
}
