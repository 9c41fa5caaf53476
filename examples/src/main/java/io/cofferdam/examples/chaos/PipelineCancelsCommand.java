package io.cofferdam.examples.chaos;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program around {@link PipelineCancels}. */
@Command(
        name = "pipeline-cancels",
        description =
                "Cancels runs of pipelines at random moments, and counts the containers, pods or processes they leave.")
final class PipelineCancelsCommand implements Callable<Integer> {

    @Option(names = "-n", paramLabel = "N", defaultValue = "100", description = "how many; ${DEFAULT-VALUE}")
    private int count;

    @Option(
            names = "--parallel",
            paramLabel = "P",
            defaultValue = "2",
            description = "how many at a time; ${DEFAULT-VALUE}")
    private int parallel;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "of the moments; ${DEFAULT-VALUE}")
    private long seed;

    @Option(
            names = "--within",
            paramLabel = "MS",
            defaultValue = "3000",
            description = "the latest cancel; ${DEFAULT-VALUE} ms")
    private int within;

    @Option(
            names = "--engine",
            paramLabel = "E",
            defaultValue = "docker",
            description = "docker, kubernetes or process")
    private String engine = "";

    @Option(names = "--image", paramLabel = "I", defaultValue = "busybox:1", description = "image with a shell")
    private String image = "";

    @Option(names = "--results", paramLabel = "FILE", description = "where results are added")
    @Nullable
    private Path results;

    @Override
    public Integer call() throws Exception {
        Results file = new Results(results == null ? Results.usual("pipeline-cancels") : results);
        List<PipelineCancels.Outcome> outcomes;
        try (Orchestrator opened = Cofferdam.open(engine)) {
            String used = engine.equals(Cofferdam.PROCESS) ? "" : image;
            outcomes = new PipelineCancels(opened, used, within).run(count, parallel, seed, outcome -> {
                file.add(document(outcome));
                System.out.printf(
                        "cancel %3d after %4d ms: %s %4d ms later %s%n",
                        outcome.number(),
                        outcome.cancelledAfter(),
                        outcome.status(),
                        outcome.endedAfter(),
                        outcome.left().isEmpty() ? "" : outcome.left());
            });
        }
        int left = outcomes.stream().mapToInt(outcome -> outcome.left().size()).sum();
        long longest = outcomes.stream()
                .mapToLong(PipelineCancels.Outcome::endedAfter)
                .max()
                .orElse(0);
        System.out.printf(
                "%d cancels on %s: %d things left, the longest end came after %d ms (grace %d ms); %s%n",
                outcomes.size(), engine, left, longest, PipelineCancels.GRACE.toMillis(), file.file());
        return left == 0 ? 0 : 1;
    }

    private Map<String, Object> document(PipelineCancels.Outcome outcome) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("engine", engine);
        document.put("status", outcome.status().toString());
        document.put("cancelledAfterMillis", outcome.cancelledAfter());
        document.put("endedAfterMillis", outcome.endedAfter());
        document.put("left", outcome.left());
        return document;
    }
}
