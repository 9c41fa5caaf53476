package io.cofferdam.pipeline;

import static io.cofferdam.pipeline.Fakes.PATIENCE;
import static io.cofferdam.pipeline.Fakes.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.error.WrongStateException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that is resumed does nothing again that had succeeded, and hands its results on as they were. */
@Timeout(60)
class ResumeTest {

    @TempDir
    private Path folder;

    private static Pipeline tenSteps() {
        List<Step.Builder> steps = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            steps.add(
                    i == 0 ? step("s0") : step("s" + i, "s" + (i - 1)).set("value", "{{steps.s" + (i - 1) + ".out}}"));
        }
        return Fakes.pipeline(steps.toArray(new Step.Builder[0]));
    }

    @ParameterizedTest
    @DisplayName("of ten steps, whichever fails, none that succeeded runs again")
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void everyFailurePoint(int broken) {
        Fakes fakes = new Fakes();
        for (int i = 0; i < 10; i++) {
            int number = i;
            fakes.on("s" + i, context -> Map.of("out", "é\n\t\"" + number, "b", 2, "a", 1, "nanos", System.nanoTime()));
        }
        Fakes.Act good = fakes.acts.get("s" + broken);
        fakes.failing("s" + broken);
        String id;
        List<StepRecord> before;
        try (PipelineEngine engine = fakes.engine(folder)) {
            PipelineRun run = engine.run(tenSteps(), Map.of());
            assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.FAILED);
            id = run.id();
            before = run.steps();
        }
        fakes.begun.clear();
        fakes.on("s" + broken, good);

        try (PipelineEngine engine = fakes.engine(folder)) {
            PipelineRun run = engine.resume(id);

            assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.SUCCEEDED);
            assertThat(fakes.begun).hasSize(10 - broken).first().isEqualTo("s" + broken);
            assertThat(run.steps().subList(0, broken)).isEqualTo(before.subList(0, broken));
        }
    }

    @Test
    @DisplayName("a run whose engine was closed in the middle is resumed by another one")
    void closedInTheMiddle() throws InterruptedException {
        Fakes fakes = new Fakes();
        CountDownLatch hangs = new CountDownLatch(1);
        fakes.hanging("b", hangs);
        Pipeline pipeline = Fakes.pipeline(step("a"), step("b", "a"), step("c", "b"));
        PipelineRun run;
        try (PipelineEngine engine = fakes.engine(folder)) {
            run = engine.run(pipeline, Map.of());
            hangs.await();
        }
        assertThat(run.record().status()).isEqualTo(RunStatus.RUNNING);
        fakes.on("b", context -> Map.of());
        fakes.begun.clear();

        try (PipelineEngine engine = fakes.engine(folder)) {
            PipelineRun resumed = engine.resume(run.id());

            assertThat(resumed.await(PATIENCE).status()).isEqualTo(RunStatus.SUCCEEDED);
            assertThat(fakes.begun).containsExactly("b", "c");
            assertThatThrownBy(() -> engine.resume(run.id())).isInstanceOf(WrongStateException.class);
        }
    }

    @Test
    @DisplayName("a close does not wait for steps that have ended already")
    @Timeout(20)
    void closeWaitedForWorkersThatWereGone() throws InterruptedException {
        Fakes fakes = new Fakes();
        CountDownLatch hangs = new CountDownLatch(1);
        fakes.hanging("a", hangs);
        PipelineRun run;
        try (PipelineEngine engine = fakes.engine(folder)) {
            run = engine.run(Fakes.pipeline(step("a")), Map.of());
            hangs.await();
        }

        assertThat(run.record().status()).isEqualTo(RunStatus.RUNNING);
    }

    @Test
    @DisplayName("who was overtaken by a resume elsewhere writes nothing any more")
    void overtaken() throws InterruptedException {
        Fakes fakes = new Fakes();
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch goes = new CountDownLatch(1);
        fakes.on("a", context -> {
            hangs.countDown();
            goes.await();
            return Map.of("by", "first");
        });
        try (PipelineEngine first = fakes.engine(folder);
                PipelineEngine second = fakes.engine(folder)) {
            PipelineRun slow = first.run(Fakes.pipeline(step("a"), step("b", "a")), Map.of());
            hangs.await();
            fakes.on("a", context -> Map.of("by", "second"));
            assertThat(second.resume(slow.id()).await(PATIENCE).status()).isEqualTo(RunStatus.SUCCEEDED);
            goes.countDown();

            assertThatThrownBy(() -> slow.await(PATIENCE))
                    .isInstanceOf(WrongStateException.class)
                    .hasMessageContaining("resumed by somebody else");
            assertThat(Fakes.step(slow, "a").resultValues()).containsEntry("by", "second");
        }
    }
}
