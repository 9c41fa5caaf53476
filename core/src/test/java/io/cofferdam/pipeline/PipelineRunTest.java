package io.cofferdam.pipeline;

import static io.cofferdam.pipeline.Fakes.PATIENCE;
import static io.cofferdam.pipeline.Fakes.pipeline;
import static io.cofferdam.pipeline.Fakes.statuses;
import static io.cofferdam.pipeline.Fakes.step;
import static io.cofferdam.pipeline.StepStatus.CANCELLED;
import static io.cofferdam.pipeline.StepStatus.FAILED;
import static io.cofferdam.pipeline.StepStatus.SKIPPED;
import static io.cofferdam.pipeline.StepStatus.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.cofferdam.error.InvalidInputException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Steps run when what they need is done, and what becomes of them is what the rules say. */
@Timeout(60)
class PipelineRunTest {

    @TempDir
    private Path folder;

    private final Fakes fakes = new Fakes();

    @Test
    @DisplayName("a step begins as soon as what it needs is done, whatever else still runs")
    void noBarriers() {
        CountDownLatch last = new CountDownLatch(1);
        fakes.on("slow", context -> {
            last.await();
            return Map.of();
        });
        fakes.on("c", context -> {
            last.countDown();
            return Map.of();
        });

        try (PipelineEngine engine = fakes.engine(folder)) {
            PipelineRun run = engine.run(
                    pipeline(step("slow"), step("a"), step("b", "a"), step("c", "b"), step("end", "slow", "c")),
                    Map.of());

            assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.SUCCEEDED);
            // 'slow' ends after 'c' only; when it began is the scheduler's.
            assertThat(fakes.begun).endsWith("end").containsSubsequence("a", "b", "c");
            assertThat(run.progress()).isEqualTo(100);
        }
    }

    @Test
    @DisplayName("steps of one order run side by side, those of the next after all of them")
    void orders() {
        CountDownLatch both = new CountDownLatch(2);
        Fakes.Act together = context -> {
            both.countDown();
            both.await();
            return Map.of();
        };
        fakes.on("a", together).on("b", together);
        Pipeline pipeline = Pipeline.named("p")
                .step(Step.of("c", "fake").order(2).build())
                .step(Step.of("d", "fake").order(2).build())
                .step(Step.of("a", "fake").order(1).build())
                .step(Step.of("b", "fake").order(1).build())
                .build();

        try (PipelineEngine engine = fakes.engine(folder)) {
            assertThat(engine.run(pipeline, Map.of()).await(PATIENCE).status()).isEqualTo(RunStatus.SUCCEEDED);
            assertThat(fakes.begun.subList(0, 2)).containsExactlyInAnyOrder("a", "b");
            assertThat(fakes.begun.subList(2, 4)).containsExactlyInAnyOrder("c", "d");
        }
    }

    @Test
    @DisplayName("what comes after a failure is skipped, directly or not, but for what runs always or on failure")
    void skipping() {
        fakes.failing("b");

        try (PipelineEngine engine = fakes.engine(folder)) {
            PipelineRun run = engine.run(
                    pipeline(
                            step("a"),
                            step("b", "a"),
                            step("c", "b"),
                            step("cleanup", "c").always(),
                            step("after-cleanup", "cleanup"),
                            step("alarm", "c").onFailure(),
                            step("no-alarm", "a").onFailure(),
                            step("other", "a")),
                    Map.of());

            assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.FAILED);
            assertThat(statuses(run))
                    .containsExactly(
                            entry("a", SUCCEEDED),
                            entry("b", FAILED),
                            entry("c", SKIPPED),
                            entry("cleanup", SUCCEEDED),
                            entry("after-cleanup", SKIPPED),
                            entry("alarm", SUCCEEDED),
                            entry("no-alarm", SKIPPED),
                            entry("other", SUCCEEDED));
            assertThat(step(run, "c").message()).isEqualTo("'b' failed");
            assertThat(step(run, "no-alarm").message()).isEqualTo("nothing before it failed");
            assertThat(run.record().message()).isEqualTo("step 'b' failed");
        }
    }

    @Test
    @DisplayName("a failure that is continued stops nothing")
    void continued() {
        fakes.failing("a");

        try (PipelineEngine engine = fakes.engine(folder)) {
            PipelineRun run = engine.run(pipeline(step("a").continueOnFailure(), step("b", "a")), Map.of());

            assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.SUCCEEDED);
            assertThat(statuses(run)).containsExactly(entry("a", FAILED), entry("b", SUCCEEDED));
        }
    }

    @Test
    @DisplayName("a step whose conditions do not hold is skipped and stops nothing but what uses its results")
    void conditions() {
        fakes.on("a", context -> Map.of("x", 1));

        try (PipelineEngine engine = fakes.engine(folder)) {
            PipelineRun run = engine.run(
                    pipeline(
                            step("a").condition("branch_equals", "main"),
                            step("b", "a"),
                            step("c", "a").set("value", "{{steps.a.x}}"),
                            step("d", "a").set("value", "{{steps.a.x | default(7)}}"),
                            step("e").condition("variable_matches", Map.of("branch", "ne.t")),
                            step("f").condition("variable_equals", Map.of("branch", "main")),
                            step("g").condition("variable_unset", "missing"),
                            step("h").set("skip", true)),
                    Map.of("branch", "next"));

            assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.SUCCEEDED);
            assertThat(statuses(run).values())
                    .containsExactly(SKIPPED, SUCCEEDED, SKIPPED, SUCCEEDED, SUCCEEDED, SKIPPED, SUCCEEDED, SKIPPED);
            assertThat(step(run, "a").message()).isEqualTo("the branch is 'next', not 'main'");
            assertThat(step(run, "c").message()).contains("it needs a result of 'a'");
        }
    }

    @Test
    @DisplayName("results keep their types on their way to later steps, and what comes in is not expanded again")
    void values() {
        fakes.on(
                "a",
                context -> Map.of(
                        "list", List.of(1, "two"), "text", "{{secret}} $(rm -rf) \n'", "flowing", "first", "n", 5));
        List<Object> seen = new CopyOnWriteArrayList<>();
        fakes.on("b", context -> {
            seen.add(context.config().value("value").orElseThrow());
            seen.add(context.config().whole("number", 0));
            return Map.of();
        });

        try (PipelineEngine engine = fakes.engine(folder)) {
            PipelineRun run = engine.run(
                    pipeline(
                            step("a"),
                            step("b", "a")
                                    .set("number", "{{steps.a.n}}")
                                    .set(
                                            "value",
                                            Map.of(
                                                    "whole", "{{steps.a.list}}",
                                                    "item", "{{steps.a.list.1}}",
                                                    "text", "<{{steps.a.text}}>",
                                                    "flow", "{{flowing}}",
                                                    "literal", "\\{{x}} {{'{{'}}",
                                                    "given", "{{given}}"))),
                    Map.of("given", "{{n}}"));

            assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.SUCCEEDED);
            assertThat(seen)
                    .containsExactly(
                            Map.of(
                                    "whole", List.of(1L, "two"),
                                    "item", "two",
                                    "text", "<{{secret}} $(rm -rf) \n'>",
                                    "flow", "first",
                                    "literal", "{{x}} {{",
                                    "given", "{{n}}"),
                            5L);
        }
    }

    @Test
    @DisplayName("a fault of the infrastructure is tried again, one of the user is not, unless the step says so")
    void retries() {
        AtomicInteger tries = new AtomicInteger();
        fakes.on("a", context -> {
            if (tries.incrementAndGet() < 3) {
                throw new StepFailedException("engine away", FaultClass.INFRASTRUCTURE, null);
            }
            return Map.of("attempt", context.attempt());
        });
        fakes.failing("b", FaultClass.USER);
        fakes.failing("c", FaultClass.USER);
        RetryPolicy three = RetryPolicy.attempts(3).withBackoff(Duration.ofMillis(1));

        try (PipelineEngine engine = fakes.engine(folder)) {
            PipelineRun run = engine.run(
                    pipeline(
                            step("a").retry(three),
                            step("b").retry(three),
                            step("c").retry(three.on(FaultClass.USER))),
                    Map.of());

            run.await(PATIENCE);
            assertThat(statuses(run).values()).containsExactly(SUCCEEDED, FAILED, FAILED);
            assertThat(step(run, "a").attempts()).isEqualTo(3);
            assertThat(step(run, "a").resultValues()).containsEntry("attempt", 3L);
            assertThat(step(run, "b").attempts()).isEqualTo(1);
            assertThat(step(run, "c").attempts()).isEqualTo(3);
            assertThat(step(run, "c").message()).contains("attempt 3 of 3");
            assertThat(step(run, "b").fault()).isEqualTo(FaultClass.USER);
        }
    }

    @Test
    @DisplayName("an attempt that takes longer than its timeout is cut off, and its end is done")
    void timeout() {
        CountDownLatch hangs = new CountDownLatch(1);
        List<String> ends = new CopyOnWriteArrayList<>();
        fakes.on("a", context -> {
            context.onExit("first", () -> ends.add("first"));
            context.onExit(
                    "second",
                    () -> ends.add(
                            "second, interrupted: " + Thread.currentThread().isInterrupted()));
            hangs.countDown();
            new CountDownLatch(1).await();
            return Map.of();
        });

        try (PipelineEngine engine = fakes.engine(folder)) {
            PipelineRun run = engine.run(pipeline(step("a").timeout(Duration.ofMillis(50))), Map.of());

            run.await(PATIENCE);
            assertThat(step(run, "a").fault()).isEqualTo(FaultClass.TIMEOUT);
            assertThat(step(run, "a").message()).contains("took longer than its timeout of 50ms");
            assertThat(ends).containsExactly("second, interrupted: false", "first");
        }
    }

    @Test
    @DisplayName("all attempts together keep to the total limit")
    void total() {
        fakes.failing("a", FaultClass.INFRASTRUCTURE);

        try (PipelineEngine engine = fakes.engine(folder)) {
            PipelineRun run = engine.run(
                    pipeline(step("a")
                            .retry(RetryPolicy.attempts(100).withBackoff(Duration.ofMillis(20)))
                            .totalTimeout(Duration.ofMillis(100))),
                    Map.of());

            run.await(PATIENCE);
            assertThat(step(run, "a").status()).isEqualTo(FAILED);
            assertThat(step(run, "a").attempts()).isLessThan(10);
        }
    }

    @Test
    @DisplayName("a cancel stops what runs, begins nothing but what runs always, and the run is cancelled")
    void cancel() throws InterruptedException {
        CountDownLatch hangs = new CountDownLatch(1);
        fakes.hanging("a", hangs);

        try (PipelineEngine engine = fakes.engine(folder)) {
            PipelineRun run = engine.run(
                    pipeline(step("a"), step("b", "a"), step("end", "b").always()), Map.of());
            hangs.await();
            run.cancel();

            assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(statuses(run).values()).containsExactly(CANCELLED, CANCELLED, SUCCEEDED);
        }
    }

    @Test
    @DisplayName("a step that does not answer its interrupt is left alone, and the run ends without it")
    void deaf() throws InterruptedException {
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        List<String> ends = new CopyOnWriteArrayList<>();
        fakes.on("a", context -> {
            context.onExit("end", () -> ends.add("end"));
            hangs.countDown();
            boolean isOver = false;
            while (!isOver) {
                try {
                    release.await();
                    isOver = true;
                } catch (InterruptedException ignored) {
                    ends.add("heard");
                }
            }
            return Map.of();
        });

        try (PipelineEngine engine = fakes.engine(folder, builder -> builder.parallelism(1))) {
            PipelineRun run = engine.run(pipeline(step("a"), step("end", "a").always()), Map.of());
            hangs.await();
            run.cancel();

            assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(statuses(run).values()).containsExactly(CANCELLED, SUCCEEDED);
            assertThat(ends).containsExactly("heard", "end");
            release.countDown();
        }
    }

    @Test
    @DisplayName("a matrix runs once for each combination, and its results are told apart")
    void matrix() {
        Fakes.Act act = context -> Map.of("got", context.config().text("value").orElseThrow());
        fakes.on("t[1,x]", act).on("t[2,x]", act);

        try (PipelineEngine engine = fakes.engine(folder)) {
            PipelineRun run = engine.run(
                    pipeline(
                            step("t").matrix("n", 1, 2).matrix("l", "x").set("value", "{{matrix.n}}-{{matrix.l}}"),
                            step("end", "t").set("value", "{{steps['t[2,x]'].got}}")),
                    Map.of());

            assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.SUCCEEDED);
            assertThat(step(run, "t[2,x]").resultValues()).containsEntry("got", "2-x");
        }
    }

    @Test
    @DisplayName("a pipeline with problems does not begin")
    void problems() {
        try (PipelineEngine engine = fakes.engine(folder)) {
            assertThatThrownBy(() -> engine.run(
                            pipeline(
                                    step("a").set("value", "{{x}}"),
                                    step("b", "nobody").set("number", "many")),
                            Map.of()))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("steps[0].value: step 'a': there is no variable 'x'")
                    .hasMessageContaining("steps[1].needs[0]: there is no step 'nobody'")
                    .hasMessageContaining("steps[1].number: 'many' is no whole number");
            assertThat(fakes.begun).isEmpty();
            assertThat(engine.list(null, 10)).isEmpty();
        }
    }

    @Test
    @DisplayName("events are numbered without gaps and tell what happened")
    void events() {
        fakes.failing("b");

        try (PipelineEngine engine = fakes.engine(folder)) {
            PipelineRun run = engine.run(pipeline(step("a"), step("b", "a"), step("c", "b")), Map.of());
            run.await(PATIENCE);

            List<PipelineEvent> events = fakes.store.events(run.id(), 0, 100);
            assertThat(events)
                    .extracting(event -> event.type() + " " + event.step())
                    .containsExactly(
                            "run_started ",
                            "step_started a",
                            "step_succeeded a",
                            "step_started b",
                            "step_failed b",
                            "step_skipped c",
                            "run_failed ");
            assertThat(events).extracting(PipelineEvent::sequence).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
            assertThat(engine.figures("p", 10))
                    .extracting(StepFigures::step, StepFigures::failureRate)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("a", 0.0),
                            org.assertj.core.groups.Tuple.tuple("b", 1.0));
        }
    }
}
