package io.cofferdam.examples.chaos;

import io.cofferdam.examples.chaos.Controller.Work;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Kills the JVM that carries out a deployment at the commits of its store. */
@Command(
        name = "controller-kill",
        mixinStandardHelpOptions = true,
        description =
                "Lets JVMs that carry out deployments die right before and right after the commits of their store, lets"
                        + " another one take over, and looks at instances, events and records. Points that the file"
                        + " of results has for these sources are passed over.")
final class ControllerKillCommand implements Callable<Integer> {

    static final List<String> STRATEGIES = List.of("recreate", "rolling", "blue-green", "canary");

    @Option(names = "-n", paramLabel = "N", defaultValue = "50", description = "how many points; ${DEFAULT-VALUE}")
    private int count;

    @Option(names = "--engine", paramLabel = "E", defaultValue = "process", description = "docker or process")
    private String engine = "";

    @Option(names = "--image", paramLabel = "I", defaultValue = "busybox:1", description = "image with a shell")
    private String image = "";

    @Option(
            names = "--strategy",
            paramLabel = "S",
            defaultValue = "all",
            description = "recreate, rolling, blue-green, canary or all; ${DEFAULT-VALUE}")
    private String strategy = "";

    @Option(names = "--parallel", paramLabel = "P", defaultValue = "2", description = "how many at a time")
    private int parallel;

    @Option(names = "--results", paramLabel = "FILE", description = "where results are added")
    @Nullable
    private Path results;

    @Override
    public Integer call() throws Exception {
        Results file = new Results(results == null ? Results.usual("controller-kill") : results);
        Set<String> tried = file.tried(engine);
        Path folder = Files.createTempDirectory("cofferdam-chaos");
        ExecutorService hands = Executors.newFixedThreadPool(parallel);
        try {
            ControllerKills kills = new ControllerKills(engine, image, folder);
            List<ControllerKills.Point> points = kills.points(
                    strategy.equals("all") ? STRATEGIES : List.of(strategy), List.of(Work.values()), hands);
            List<Future<ControllerKills.Outcome>> outcomes = new ArrayList<>();
            points.stream()
                    .filter(point -> !tried.contains(point.toString()))
                    .limit(count)
                    .forEach(point -> outcomes.add(hands.submit(() -> {
                        ControllerKills.Outcome outcome = kills.kill(point);
                        file.add(document(outcome));
                        tell(outcome);
                        return outcome;
                    })));
            int died = 0;
            int bad = 0;
            long slowest = 0;
            for (Future<ControllerKills.Outcome> future : outcomes) {
                ControllerKills.Outcome outcome = future.get();
                died += outcome.died() ? 1 : 0;
                bad += outcome.problems().isEmpty() ? 0 : 1;
                slowest = Math.max(slowest, outcome.millis());
            }
            System.out.printf(
                    "%d of %d points on %s: %d controllers died there, %d left something wrong;"
                            + " the slowest was at its end %d ms after the next controller began; %s%n",
                    outcomes.size(), points.size(), engine, died, bad, slowest, file.file());
            return bad == 0 ? 0 : 1;
        } finally {
            // Not cut off: what is under way clears away what it made.
            hands.shutdown();
            hands.awaitTermination(5, TimeUnit.MINUTES);
            Chaos.delete(folder);
        }
    }

    private Map<String, Object> document(ControllerKills.Outcome outcome) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("engine", engine);
        document.put("point", outcome.point().toString());
        document.put("died", outcome.died());
        document.put("status", outcome.status());
        document.put("millis", outcome.millis());
        document.put("problems", outcome.problems());
        return document;
    }

    private static void tell(ControllerKills.Outcome outcome) {
        System.out.printf(
                "%-40s %s, %s after %5d ms %s%n",
                outcome.point(),
                outcome.died() ? "died" : "lived",
                outcome.status(),
                outcome.millis(),
                outcome.problems().isEmpty() ? "" : outcome.problems());
    }
}
