package io.cofferdam.examples.chaos;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Brings releases that cannot work. */
@Command(
        name = "bad-releases",
        mixinStandardHelpOptions = true,
        description =
                "Brings releases that crash, never become healthy, flap, lack their program, need what is dead or want a"
                        + " port that is taken, and looks whether the former release is back and bounds held.")
final class BadReleasesCommand implements Callable<Integer> {

    @Option(names = "-n", paramLabel = "N", defaultValue = "24", description = "how many; ${DEFAULT-VALUE}")
    private int count;

    @Option(names = "--engine", paramLabel = "E", defaultValue = "process", description = "docker or process")
    private String engine = "";

    @Option(names = "--image", paramLabel = "I", defaultValue = "busybox:1", description = "image with a shell")
    private String image = "";

    @Option(names = "--results", paramLabel = "FILE", description = "where results are added")
    @Nullable
    private Path results;

    @Override
    public Integer call() throws Exception {
        Results file = new Results(results == null ? Results.usual("bad-releases") : results);
        Path folder = Files.createTempDirectory("cofferdam-chaos");
        try {
            List<BadReleases.Outcome> outcomes = new BadReleases(engine, image, folder).run(count, outcome -> {
                file.add(document(outcome));
                System.out.printf(
                        "%-16s %-10s %s after %5d ms, %3d looks %s%n",
                        outcome.fault(),
                        outcome.strategy(),
                        outcome.status(),
                        outcome.millis(),
                        outcome.looks(),
                        outcome.problems().isEmpty() ? "" : outcome.problems());
            });
            long bad = outcomes.stream()
                    .filter(outcome -> !outcome.problems().isEmpty())
                    .count();
            System.out.printf(
                    "%d bad releases on %s, %d looks at bounds: %d left something wrong; %s%n",
                    outcomes.size(),
                    engine,
                    outcomes.stream().mapToInt(BadReleases.Outcome::looks).sum(),
                    bad,
                    file.file());
            return bad == 0 ? 0 : 1;
        } finally {
            Chaos.delete(folder);
        }
    }

    private Map<String, Object> document(BadReleases.Outcome outcome) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("engine", engine);
        document.put("fault", outcome.fault());
        document.put("strategy", outcome.strategy());
        document.put("status", outcome.status());
        document.put("millis", outcome.millis());
        document.put("looks", outcome.looks());
        document.put("problems", outcome.problems());
        return document;
    }
}
