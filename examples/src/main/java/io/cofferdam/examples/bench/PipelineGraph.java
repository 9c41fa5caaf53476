package io.cofferdam.examples.bench;

import io.cofferdam.pipeline.Pipeline;
import io.cofferdam.pipeline.PipelineEngine;
import io.cofferdam.pipeline.PipelineRun;
import io.cofferdam.pipeline.RunStatus;
import io.cofferdam.pipeline.Step;
import io.cofferdam.pipeline.StepContext;
import io.cofferdam.pipeline.StepProvider;
import io.cofferdam.pipeline.StepSchema;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** What a step costs that does nothing, in graphs of several sizes, and what of it stays in memory. */
final class PipelineGraph implements Benchmark {

    private static final List<Integer> SIZES = List.of(2_500, 5_000, 10_000);
    private static final int WARM_UP = 5;
    private static final int NEEDS = 3;
    private static final int REACH = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Does nothing. */
    private static final class Nothing implements StepProvider {
        @Override
        public String type() {
            return "nothing";
        }

        @Override
        public StepSchema schema() {
            return StepSchema.of("");
        }

        @Override
        public Map<String, ?> run(StepContext context) {
            return Map.of();
        }
    }

    @Override
    public int samples() {
        return 20;
    }

    @Override
    public String about() {
        return "pipelines of steps that do nothing, each after up to " + NEEDS + " of the " + REACH + " before it";
    }

    @Override
    public Report measure(int samples, String image) {
        Report report = new Report();
        Map<Integer, Samples> times = new LinkedHashMap<>();
        Map<Integer, Pipeline> graphs = new LinkedHashMap<>();
        SIZES.forEach(size -> {
            times.put(size, new Samples(samples));
            graphs.put(size, graph(size));
        });
        for (int i = -WARM_UP; i < samples; i++) {
            for (int size : SIZES) {
                long time = time(Objects.requireNonNull(graphs.get(size)));
                if (i >= 0) {
                    Objects.requireNonNull(times.get(size)).add(time / size * 1000);
                }
            }
        }
        times.forEach((size, time) -> report.fact(
                "microsPerStepOf" + size,
                time.document(),
                size + " steps: " + String.format("%.2f µs", time.median())
                        + " a step from the plan to the end (middle half "
                        + String.format(
                                "%.2f to %.2f), n = %d", time.quantile(0.25), time.quantile(0.75), time.count())));
        for (int size : SIZES) {
            long bytes = memory(Objects.requireNonNull(graphs.get(size))) / size;
            report.fact(
                    "bytesPerStepOf" + size,
                    bytes,
                    size + " steps: " + bytes + " bytes of the heap a step after the run");
        }
        return report;
    }

    private static Pipeline graph(int size) {
        Random random = new Random(size);
        Pipeline.Builder pipeline = Pipeline.named("graph");
        for (int i = 0; i < size; i++) {
            int first = Math.max(0, i - REACH);
            int number = i;
            String[] needs = random.ints(Math.min(NEEDS, i), first, Math.max(first + 1, number))
                    .distinct()
                    .mapToObj(step -> "s" + step)
                    .toArray(String[]::new);
            pipeline.step(Step.of("s" + i, "nothing").needs(needs).build());
        }
        return pipeline.build();
    }

    private static PipelineEngine engine() {
        return PipelineEngine.builder()
                .provider(new Nothing())
                .parallelism(Runtime.getRuntime().availableProcessors())
                .build();
    }

    private static long time(Pipeline pipeline) {
        try (PipelineEngine engine = engine()) {
            long begin = System.nanoTime();
            run(engine, pipeline);
            return System.nanoTime() - begin;
        }
    }

    private static void run(PipelineEngine engine, Pipeline pipeline) {
        PipelineRun run = engine.run(pipeline, Map.of());
        if (run.await(PATIENCE).status() != RunStatus.SUCCEEDED) {
            throw new IllegalStateException("the run ended otherwise: " + run.record());
        }
    }

    /** The smallest of a few differences: what the collector leaves varies. */
    private static long memory(Pipeline pipeline) {
        long[] kept = new long[3];
        for (int i = 0; i < kept.length; i++) {
            long before = used();
            try (PipelineEngine engine = engine()) {
                run(engine, pipeline);
                kept[i] = used() - before;
                engine.list(null, 1);
            }
        }
        return Arrays.stream(kept).min().orElse(0);
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
