package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One run of all cases on one engine.
 *
 * @param engine the engine
 * @param prefix what every name of the run begins with, so that several runs may share an engine
 */
record Suite(EngineUnderTest engine, String prefix) {

    /** Marks whatever the run makes; its value is the prefix. */
    static final String LABEL = "cofferdam-tck-suite";

    static Suite of(EngineUnderTest engine) {
        return new Suite(
                engine,
                "t"
                        + HexFormat.of()
                                .toHexDigits((short) ThreadLocalRandom.current().nextInt()));
    }

    void assertThatNothingIsLeft() {
        try (Orchestrator orchestrator = engine.provider().open(engine.config())) {
            assertThat(orchestrator.environments().statuses(LabelSelector.of(LABEL, prefix)))
                    .as("environments that the contract tests left on the engine")
                    .isEmpty();
            assertThat(orchestrator.networks().list(LabelSelector.of(LABEL, prefix)))
                    .as("networks that the contract tests left on the engine")
                    .isEmpty();
            assertThat(orchestrator.networks().list(LabelSelector.having(Labels.STACK)))
                    .as("networks of stacks that the contract tests left on the engine")
                    .noneMatch(network ->
                            network.labels().getOrDefault(Labels.STACK, "").startsWith(prefix));
        }
    }
}
