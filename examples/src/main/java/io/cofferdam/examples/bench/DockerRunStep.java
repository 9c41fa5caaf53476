package io.cofferdam.examples.bench;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.pipeline.Pipeline;
import io.cofferdam.pipeline.PipelineEngine;
import io.cofferdam.pipeline.PipelineRun;
import io.cofferdam.pipeline.RunStatus;
import io.cofferdam.pipeline.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A pipeline of one {@code docker_run} step against docker-java: create, attach, start, wait, remove. */
final class DockerRunStep implements Benchmark {

    private static final int WARM_UP = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> COMMAND = List.of("sh", "-c", "echo hello");

    @Override
    public int samples() {
        return 50;
    }

    @Override
    public String about() {
        return "Docker, a run of one docker_run step against the same calls of docker-java, in turn";
    }

    @Override
    public Report measure(int samples, String image) {
        Samples ours = new Samples(samples);
        Samples raw = new Samples(samples);
        Pipeline pipeline = Pipeline.named("one")
                .step(Step.of("one", "docker_run")
                        .set("docker_image", image)
                        .set("command", COMMAND)
                        .build())
                .build();
        try (Orchestrator docker = Cofferdam.open(Cofferdam.DOCKER);
                RawDocker direct = new RawDocker(docker.info(), image, 4);
                PipelineEngine engine =
                        PipelineEngine.builder().engine("docker", docker).build()) {
            for (int i = -WARM_UP; i < samples; i++) {
                boolean oursFirst = i % 2 == 0;
                long first = oursFirst ? step(engine, pipeline) : raw(direct, i + WARM_UP);
                long second = oursFirst ? raw(direct, i + WARM_UP) : step(engine, pipeline);
                if (i >= 0) {
                    ours.add(oursFirst ? first : second);
                    raw.add(oursFirst ? second : first);
                }
            }
        }
        double[] ratio = Samples.ratio(ours, raw);
        return new Report()
                .fact("step", ours.document(), "the step: " + ours.shown() + ", n = " + ours.count())
                .fact("raw", raw.document(), "docker-java: " + raw.shown() + ", n = " + raw.count())
                .fact(
                        "ratio",
                        List.of(Samples.round(ratio[0]), Samples.round(ratio[1]), Samples.round(ratio[2])),
                        String.format("ratio of the medians: %.3f (95 %% %.3f to %.3f)", ratio[0], ratio[1], ratio[2]));
    }

    private static long step(PipelineEngine engine, Pipeline pipeline) {
        long begin = System.nanoTime();
        PipelineRun run = engine.run(pipeline, Map.of());
        if (run.await(PATIENCE).status() != RunStatus.SUCCEEDED) {
            throw new IllegalStateException("the step failed: " + run.steps());
        }
        return System.nanoTime() - begin;
    }

    private static long raw(RawDocker direct, int number) {
        long begin = System.nanoTime();
        int exitCode = direct.oneShot("bench-step-" + number, COMMAND);
        if (exitCode != 0) {
            throw new IllegalStateException("the command ended with " + exitCode);
        }
        return System.nanoTime() - begin;
    }
}
