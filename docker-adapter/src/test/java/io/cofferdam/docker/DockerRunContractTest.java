package io.cofferdam.docker;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.pipeline.Step;
import io.cofferdam.tck.StepContract;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The step type {@code docker_run} on a real Docker Engine. */
@OnDocker
class DockerRunContractTest extends StepContract {

    @Override
    protected String type() {
        return "docker_run";
    }

    @Override
    protected Orchestrator open(Path state) {
        return Cofferdam.open("docker", EngineConfig.defaults());
    }

    @Override
    protected String engineName() {
        return "docker";
    }

    private static Step.Builder shell(Step.Builder step, String script) {
        return step.set("docker_image", "cofferdam-test/busybox:2").set("command", List.of("sh", "-c", script));
    }

    @Override
    protected Step.Builder succeeding(Step.Builder step) {
        return shell(step, "echo done");
    }

    @Override
    protected Step.Builder failing(Step.Builder step) {
        return shell(step, "echo broken >&2; exit 3");
    }

    @Override
    protected Optional<Step.Builder> endless(Step.Builder step) {
        return Optional.of(shell(step, "trap '' TERM; echo ready; while :; do sleep 0.1; done"));
    }
}
