package io.cofferdam.tck;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.pipeline.Step;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The step type {@code process_run} on real processes. */
class ProcessRunContractTest extends StepContract {

    @Override
    protected String type() {
        return "process_run";
    }

    @Override
    protected Orchestrator open(Path state) {
        return Cofferdam.open(
                "process", EngineConfig.builder().stateDirectory(state).build());
    }

    @Override
    protected String engineName() {
        return "process";
    }

    @Override
    protected Step.Builder succeeding(Step.Builder step) {
        return step.set("command", List.of("/bin/sh", "-c", "echo done"));
    }

    @Override
    protected Step.Builder failing(Step.Builder step) {
        return step.set("command", List.of("/bin/sh", "-c", "echo broken >&2; exit 3"));
    }

    @Override
    protected Optional<Step.Builder> endless(Step.Builder step) {
        return Optional.of(
                step.set("command", List.of("/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done")));
    }
}
