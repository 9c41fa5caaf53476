package io.cofferdam.examples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChaosOnProcessTest {

    @Test
    void nothingIsLeftOfJvmsThatAreKilledAtRandomPoints(@TempDir Path states) throws Exception {
        List<Kills.Outcome> outcomes =
                new Kills("process", "unused", new ProcessLeftovers(states), states).run(5, outcome -> {});

        assertThat(outcomes)
                .hasSize(5)
                .allSatisfy(outcome -> assertThat(outcome.left())
                        .as("killed after %d ms", outcome.millis())
                        .isEmpty());
        assertThat(outcomes).anySatisfy(outcome -> assertThat(outcome.atOnce()).isPositive());
    }
}
