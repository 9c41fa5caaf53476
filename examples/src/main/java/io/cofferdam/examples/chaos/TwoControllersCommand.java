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

/** Stops the JVM that owns a project past its lease. */
@Command(
        name = "two-controllers",
        mixinStandardHelpOptions = true,
        description =
                "Stops the JVM that carries out a deployment (SIGSTOP) past its lease, lets another one take over, wakes"
                        + " the first one again (SIGCONT), and looks for what it wrote too late.")
final class TwoControllersCommand implements Callable<Integer> {

    @Option(names = "-n", paramLabel = "N", defaultValue = "8", description = "how many; ${DEFAULT-VALUE}")
    private int count;

    @Option(names = "--engine", paramLabel = "E", defaultValue = "process", description = "docker or process")
    private String engine = "";

    @Option(names = "--image", paramLabel = "I", defaultValue = "busybox:1", description = "image with a shell")
    private String image = "";

    @Option(
            names = "--between",
            description =
                    "the owner is stopped exactly between a check of its token and the call to the engine after it")
    private boolean between;

    @Option(
            names = "--store",
            paramLabel = "URL",
            description = "JDBC URL of a PostgreSQL server with user and password; a file for each project without it")
    @Nullable
    private String store;

    @Option(names = "--results", paramLabel = "FILE", description = "where results are added")
    @Nullable
    private Path results;

    @Override
    public Integer call() throws Exception {
        return TrialStore.with(store, this::run);
    }

    private int run() throws Exception {
        Results file = new Results(results == null ? Results.usual("two-controllers") : results);
        Path folder = Files.createTempDirectory("cofferdam-chaos");
        try {
            List<TwoControllers.Outcome> outcomes = new TwoControllers(engine, image, folder, between)
                    .run(count, outcome -> {
                        file.add(document(outcome));
                        System.out.printf(
                                "%2d %-10s stopped after %4d ms (%s), taken over after %4d ms, woken %s the end, %d calls open, %d"
                                        + " late: %s %s%n",
                                outcome.number(),
                                outcome.strategy(),
                                outcome.stoppedAfter(),
                                outcome.wasUnderWay() ? "under way" : "at its end",
                                outcome.takenAfter(),
                                outcome.endedBeforeWakening() ? "after" : "before",
                                outcome.openCalls(),
                                outcome.lateCalls(),
                                outcome.status(),
                                outcome.problems().isEmpty() ? "" : outcome.problems());
                    });
            long bad = outcomes.stream()
                    .filter(outcome -> !outcome.problems().isEmpty())
                    .count();
            System.out.printf(
                    "%d owners stopped on %s, %d of them under way; the slowest takeover after %d ms; %d left something"
                            + " wrong; %s%n",
                    outcomes.size(),
                    engine,
                    outcomes.stream()
                            .filter(TwoControllers.Outcome::wasUnderWay)
                            .count(),
                    outcomes.stream()
                            .mapToLong(TwoControllers.Outcome::takenAfter)
                            .max()
                            .orElse(0),
                    bad,
                    file.file());
            return bad == 0 ? 0 : 1;
        } finally {
            Chaos.delete(folder);
        }
    }

    private Map<String, Object> document(TwoControllers.Outcome outcome) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("engine", engine);
        document.put("strategy", outcome.strategy());
        document.put("store", store == null ? "file" : "postgresql");
        document.put("between", between);
        document.put("openCalls", outcome.openCalls());
        document.put("lateCalls", outcome.lateCalls());
        document.put("stoppedAfterMs", outcome.stoppedAfter());
        document.put("wasUnderWay", outcome.wasUnderWay());
        document.put("takenAfterMs", outcome.takenAfter());
        document.put("wokenAfterTheEnd", outcome.endedBeforeWakening());
        document.put("linesAfterTakeover", outcome.linesAfterTakeover());
        document.put("status", outcome.status());
        document.put("problems", outcome.problems());
        return document;
    }
}
