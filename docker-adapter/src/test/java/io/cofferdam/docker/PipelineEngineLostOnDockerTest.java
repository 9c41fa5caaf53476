package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.pipeline.FaultClass;
import io.cofferdam.pipeline.Pipeline;
import io.cofferdam.pipeline.PipelineEngine;
import io.cofferdam.pipeline.PipelineEvent;
import io.cofferdam.pipeline.PipelineRun;
import io.cofferdam.pipeline.RetryPolicy;
import io.cofferdam.pipeline.RunStatus;
import io.cofferdam.pipeline.Step;
import io.cofferdam.pipeline.StepOutput;
import io.cofferdam.pipeline.StepRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Steps whose engine dies under them. */
@OnDocker
@Timeout(300)
class PipelineEngineLostOnDockerTest {

    private static final String IMAGE = "cofferdam-test/busybox:2";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    private static Step.Builder waiting(String name, Path flags) {
        return Step.of(name, "docker_run")
                .needs()
                .set("docker_image", IMAGE)
                .set("mounts", List.of(Map.of("source", flags.toString(), "target", "/flags")))
                .set("grace", 0)
                .set(
                        "command",
                        List.of("sh", "-c", "echo waiting; until [ -e /flags/go ]; do sleep 0.1; done; echo gone on"));
    }

    @Test
    @DisplayName(
            "an engine that dies in the middle of a step is a fault of the infrastructure, and the step is tried again")
    void lost() throws Exception {
        Path flags = Files.createDirectories(folder.resolve("flags"));
        CountDownLatch ready = new CountDownLatch(2);
        CountDownLatch retrying = new CountDownLatch(1);
        AtomicReference<String> told = new AtomicReference<>("");
        try (PrivateEngine own = PrivateEngine.start()) {
            own.copyImage(IMAGE);
            try (Orchestrator docker = open(own);
                    PipelineEngine engine = PipelineEngine.builder()
                            .engine("docker", docker)
                            .directory(folder.resolve("runs"))
                            .build()) {
                engine.events().subscribe(StepOutput.class, line -> ready.countDown());
                engine.events().subscribe(PipelineEvent.class, event -> {
                    if (event.type().equals("step_retrying")) {
                        told.set(event.message());
                        retrying.countDown();
                    }
                });
                Pipeline pipeline = Pipeline.named("lost")
                        .step(waiting("again", flags)
                                .retry(new RetryPolicy(
                                        20,
                                        Duration.ofMillis(500),
                                        1,
                                        Duration.ofSeconds(1),
                                        java.util.Set.of(FaultClass.INFRASTRUCTURE)))
                                .build())
                        .step(waiting("once", flags).build())
                        .build();
                PipelineRun run = engine.run(pipeline, Map.of());
                assertThat(ready.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

                own.kill();
                assertThat(retrying.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                Files.writeString(flags.resolve("go"), "");
                own.startAgain();

                assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.FAILED);
                assertThat(told.get()).contains("a fault of class infrastructure");
                StepRecord again = run.steps().get(0);
                assertThat(again.message()).isEmpty();
                assertThat(again.attempts()).isGreaterThan(1);
                assertThat(again.resultValues()).containsEntry("stdout", "waiting\ngone on");
                StepRecord once = run.steps().get(1);
                assertThat(once.fault()).isEqualTo(FaultClass.INFRASTRUCTURE);
                assertThat(once.message()).contains("docker");
            }
            // What could not be removed while the engine was away goes with its session.
            try (Orchestrator later = open(own)) {
                assertThat(later.environments().list(LabelSelector.all())).isEmpty();
            }
        }
    }

    private static Orchestrator open(PrivateEngine own) {
        return Cofferdam.open(
                DockerProvider.NAME,
                EngineConfig.builder()
                        .host(own.address())
                        .callTimeout(Duration.ofSeconds(5))
                        .build());
    }
}
