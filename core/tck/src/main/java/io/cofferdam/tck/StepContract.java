package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.pipeline.Catalogue;
import io.cofferdam.pipeline.Pipeline;
import io.cofferdam.pipeline.PipelineEngine;
import io.cofferdam.pipeline.PipelineRun;
import io.cofferdam.pipeline.RunRecord;
import io.cofferdam.pipeline.RunStatus;
import io.cofferdam.pipeline.Step;
import io.cofferdam.pipeline.StepOutput;
import io.cofferdam.pipeline.StepProvider;
import io.cofferdam.pipeline.StepRecord;
import io.cofferdam.pipeline.StepStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every type of steps does, on the engine it is meant for. A subclass says which type, which engine, and how a step of it looks
 * that succeeds, that fails, and that runs until it is stopped.
 */
public abstract class StepContract {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration GRACE = Duration.ofSeconds(1);

    /** For subclasses. */
    protected StepContract() {}

    @Nullable
    private Orchestrator orchestrator;

    @Nullable
    private PipelineEngine engine;

    /**
     * The type under test.
     *
     * @return its name
     */
    protected abstract String type();

    /**
     * A provider that is not found by itself.
     *
     * @return empty for one of the library or of the class path
     */
    protected Optional<StepProvider> provider() {
        return Optional.empty();
    }

    /**
     * Opens the engine.
     *
     * @param state a folder for it
     * @return the engine, closed by the test
     */
    protected abstract Orchestrator open(Path state);

    /**
     * The engine's name.
     *
     * @return for example {@code docker}
     */
    protected abstract String engineName();

    /**
     * What registries and clusters are called.
     *
     * @return the catalogue of those who say nothing, unless it is overridden
     */
    protected Catalogue catalogue() {
        return Catalogue.ofEngine();
    }

    /**
     * Says how a step succeeds.
     *
     * @param step the step without settings
     * @return the step
     */
    protected abstract Step.Builder succeeding(Step.Builder step);

    /**
     * Says how a step fails because of what it runs.
     *
     * @param step the step without settings
     * @return the step
     */
    protected abstract Step.Builder failing(Step.Builder step);

    /**
     * Says how a step writes a line {@code ready} and then runs until it is stopped.
     *
     * @param step the step without settings
     * @return empty if such steps never run for long
     */
    protected Optional<Step.Builder> endless(Step.Builder step) {
        return Optional.empty();
    }

    @BeforeEach
    void openAll(@TempDir Path folder) {
        Orchestrator opened = open(folder.resolve("engine"));
        orchestrator = opened;
        PipelineEngine.Builder builder = PipelineEngine.builder()
                .engine(engineName(), opened)
                .catalogue(catalogue())
                .directory(folder.resolve("runs"));
        provider().ifPresent(builder::provider);
        engine = builder.build();
    }

    @AfterEach
    void closeAll() {
        if (engine != null) {
            engine.close();
        }
        if (orchestrator != null) {
            orchestrator.close();
        }
    }

    private PipelineEngine engine() {
        return Objects.requireNonNull(engine);
    }

    private PipelineRun run(Step.Builder step) {
        return engine().run(Pipeline.named("contract").step(step.build()).build(), Map.of());
    }

    private Step.Builder step() {
        return Step.of("step", type());
    }

    private List<IsolatedEnvironment> left(PipelineRun run) {
        return Objects.requireNonNull(orchestrator).environments().list(LabelSelector.of("pipeline.run", run.id()));
    }

    @Test
    @DisplayName("a success has the results its schema names, and leaves nothing behind")
    void success() {
        PipelineRun run = run(succeeding(step()));

        RunRecord end = run.await(PATIENCE);

        StepRecord step = run.steps().get(0);
        assertThat(end.status()).as(step.message()).isEqualTo(RunStatus.SUCCEEDED);
        provider()
                .ifPresent(provider -> assertThat(step.resultValues())
                        .containsKeys(provider.schema().results().toArray(new String[0])));
        assertThat(left(run)).isEmpty();
    }

    @Test
    @DisplayName("a failure says what failed, whose fault it is, and leaves nothing behind")
    void failure() {
        PipelineRun run = run(failing(step()));

        assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.FAILED);

        StepRecord step = run.steps().get(0);
        assertThat(step.status()).isEqualTo(StepStatus.FAILED);
        assertThat(step.message()).isNotBlank().doesNotContain("unexpectedly");
        assertThat(step.fault()).isNotNull();
        assertThat(left(run)).isEmpty();
    }

    @Test
    @DisplayName("a cancel ends it within its grace period and a second, and nothing runs on")
    void cancel() throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(1);
        engine().events().subscribe(StepOutput.class, output -> ready.countDown());
        Optional<Step.Builder> endless = endless(step());
        if (endless.isEmpty()) {
            cutOff(run(succeeding(step())), PipelineRun::cancel);
            return;
        }
        PipelineRun run = run(endless.orElseThrow().set("grace", GRACE.toSeconds()));
        assertThat(ready.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        run.cancel();

        assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.CANCELLED);
        assertThat(run.steps().get(0).status()).isEqualTo(StepStatus.CANCELLED);
        assertThat(left(run)).isEmpty();
    }

    @Test
    @DisplayName("a timeout ends it, and nothing runs on")
    void timeout() {
        Optional<Step.Builder> endless = endless(step());
        if (endless.isEmpty()) {
            cutOff(run(succeeding(step()).timeout(Duration.ofMillis(1))), run -> {});
            return;
        }
        PipelineRun run =
                run(endless.orElseThrow().set("grace", GRACE.toSeconds()).timeout(Duration.ofSeconds(2)));

        assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.FAILED);

        assertThat(run.steps().get(0).message()).contains("took longer than its timeout");
        assertThat(left(run)).isEmpty();
    }

    /** One that never runs for long may be through before it is cut off; either way nothing is left. */
    private void cutOff(PipelineRun run, Consumer<PipelineRun> how) {
        how.accept(run);

        RunStatus end = run.await(PATIENCE).status();

        assertThat(end).isIn(RunStatus.SUCCEEDED, RunStatus.CANCELLED, RunStatus.FAILED);
        StepRecord step = run.steps().get(0);
        assertThat(step.status()).isIn(StepStatus.SUCCEEDED, StepStatus.CANCELLED, StepStatus.FAILED);
        assertThat(step.message()).doesNotContain("unexpectedly");
        assertThat(left(run)).isEmpty();
    }
}
