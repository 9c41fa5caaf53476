package io.cofferdam.examples.chaos;

import io.cofferdam.Cofferdam;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.pipeline.Pipeline;
import io.cofferdam.pipeline.PipelineEngine;
import io.cofferdam.pipeline.PipelineRun;
import io.cofferdam.pipeline.RunStatus;
import io.cofferdam.pipeline.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Cancels runs at random moments, from before the first container is made to after it has begun, and looks at what is left. */
final class PipelineCancels {

    /** What steps have to end by themselves. */
    static final Duration GRACE = Duration.ofSeconds(1);

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Orchestrator engine;
    private final String image;
    private final int longestMillis;

    /**
     * On an engine.
     *
     * @param image an image with a shell; empty on processes
     * @param longestMillis when the latest cancel comes
     */
    PipelineCancels(Orchestrator engine, String image, int longestMillis) {
        this.engine = engine;
        this.image = image;
        this.longestMillis = longestMillis;
    }

    /**
     * What became of a run.
     *
     * @param cancelledAfter in milliseconds
     * @param endedAfter milliseconds from the cancel to the end
     * @param left what was there after the end
     */
    record Outcome(int number, RunStatus status, long cancelledAfter, long endedAfter, List<String> left) {}

    List<Outcome> run(int count, int parallel, long seed, Consumer<Outcome> told) throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        try (Threads threads = Threads.named("cancels");
                PipelineEngine pipelines = PipelineEngine.builder()
                        .engine(engine.info().engine(), engine)
                        .build()) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int worker = 0; worker < parallel; worker++) {
                int first = worker;
                CompletableFuture<Void> done = new CompletableFuture<>();
                threads.start("canceller", () -> {
                    try {
                        for (int i = first; i < count; i += parallel) {
                            Outcome outcome = one(pipelines, i, new Random(seed + i));
                            synchronized (outcomes) {
                                outcomes.add(outcome);
                                told.accept(outcome);
                            }
                        }
                        done.complete(null);
                    } catch (Throwable failed) {
                        done.completeExceptionally(failed);
                    }
                });
                all.add(done);
            }
            for (CompletableFuture<Void> done : all) {
                done.get();
            }
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a run could not be cancelled", failed.getCause());
        }
        return outcomes;
    }

    private Outcome one(PipelineEngine pipelines, int number, Random random) throws InterruptedException {
        PipelineRun run = pipelines.run(pipeline(), Map.of());
        long wait = random.nextInt(longestMillis);
        TimeUnit.MILLISECONDS.sleep(wait);
        long cancelled = System.nanoTime();
        run.cancel();
        RunStatus status = run.await(PATIENCE).status();
        long ended = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - cancelled);
        List<String> left = engine.environments().list(LabelSelector.of("pipeline.run", run.id())).stream()
                .map(IsolatedEnvironment::name)
                .toList();
        return new Outcome(number, status, wait, ended, left);
    }

    /** Two that do not listen to a request to end, side by side, one of them on Docker with a service beside it. */
    private Pipeline pipeline() {
        Step.Builder beside = step("beside");
        if (engine.info().engine().equals(Cofferdam.DOCKER)) {
            beside.set(
                    "services", List.of(Map.of("name", "service", "image", image, "command", List.of("sleep", "600"))));
        }
        return Pipeline.named("cancelled")
                .step(step("alone").build(), beside.build())
                .build();
    }

    private Step.Builder step(String name) {
        Step.Builder step = Step.of(name, image.isEmpty() ? "process_run" : "docker_run")
                .needs()
                .engine(engine.info().engine())
                .set("grace", GRACE.toSeconds())
                .set("command", List.of("sh", "-c", "trap '' TERM; while :; do sleep 0.2; done"));
        return image.isEmpty() ? step : step.set("docker_image", image);
    }
}
