package io.cofferdam.pipeline;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/** Steps that do what a test says, and an engine that runs them. */
final class Fakes {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What a step does. */
    interface Act {
        Map<String, ?> on(StepContext context) throws InterruptedException;
    }

    final List<String> begun = new CopyOnWriteArrayList<>();
    final Map<String, Act> acts = new ConcurrentHashMap<>();
    final RunStore store = RunStore.inMemory();

    /** A type 'fake' whose steps do what was said for their name, else nothing. */
    StepProvider provider() {
        return new StepProvider() {
            @Override
            public String type() {
                return "fake";
            }

            @Override
            public StepSchema schema() {
                return StepSchema.of(
                                "fake_config",
                                Shape.Field.optional("value", new Shape.Anything(), "Anything."),
                                Shape.Field.optional("number", Shape.count(), "A number."))
                        .withAnyResults()
                        .withFlowing("flowing");
            }

            @Override
            public Map<String, ?> run(StepContext context) throws InterruptedException {
                begun.add(context.step());
                return acts.getOrDefault(context.step(), each -> Map.of()).on(context);
            }
        };
    }

    Fakes on(String step, Act act) {
        acts.put(step, act);
        return this;
    }

    Fakes failing(String step) {
        return failing(step, FaultClass.USER);
    }

    Fakes failing(String step, FaultClass fault) {
        return on(step, context -> {
            throw new StepFailedException("'" + step + "' is broken", fault, null);
        });
    }

    /** Blocks until it is interrupted. */
    Fakes hanging(String step, CountDownLatch hangs) {
        return on(step, context -> {
            hangs.countDown();
            new CountDownLatch(1).await();
            return Map.of();
        });
    }

    PipelineEngine engine(Path directory) {
        return engine(directory, builder -> builder);
    }

    PipelineEngine engine(Path directory, Function<PipelineEngine.Builder, PipelineEngine.Builder> more) {
        return more.apply(PipelineEngine.builder()
                        .provider(provider())
                        .store(store)
                        .directory(directory.resolve("runs")))
                .build();
    }

    static Step.Builder step(String name, String... needs) {
        return Step.of(name, "fake").needs(needs);
    }

    static Pipeline pipeline(Step.Builder... steps) {
        Pipeline.Builder pipeline = Pipeline.named("p");
        for (Step.Builder step : steps) {
            pipeline.step(step.build());
        }
        return pipeline.build();
    }

    static Map<String, StepStatus> statuses(PipelineRun run) {
        Map<String, StepStatus> all = new java.util.LinkedHashMap<>();
        run.steps().forEach(step -> all.put(step.name(), step.status()));
        return all;
    }

    static StepRecord step(PipelineRun run, String name) {
        return run.steps().stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
