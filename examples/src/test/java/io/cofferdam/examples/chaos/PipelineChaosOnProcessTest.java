package io.cofferdam.examples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.pipeline.RunStatus;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineChaosOnProcessTest {

    @Test
    void nothingIsLeftOfRunsThatAreCancelledAtRandomMoments(@TempDir Path state) throws Exception {
        try (Orchestrator processes = Cofferdam.open(
                Cofferdam.PROCESS, EngineConfig.builder().stateDirectory(state).build())) {
            List<PipelineCancels.Outcome> outcomes =
                    new PipelineCancels(processes, "", 400).run(10, 2, 7, outcome -> {});

            assertThat(outcomes).hasSize(10).allSatisfy(outcome -> {
                assertThat(outcome.left())
                        .as("cancelled after %d ms", outcome.cancelledAfter())
                        .isEmpty();
                assertThat(outcome.status()).isEqualTo(RunStatus.CANCELLED);
            });
        }
    }
}
