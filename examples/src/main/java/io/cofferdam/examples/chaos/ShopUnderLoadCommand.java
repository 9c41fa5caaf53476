package io.cofferdam.examples.chaos;

import io.cofferdam.examples.chaos.ShopUnderLoad.Move;
import io.cofferdam.examples.chaos.ShopUnderLoad.Moved;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Changes releases while requests flow. */
@Command(
        name = "under-load",
        mixinStandardHelpOptions = true,
        description =
                "Rolls and switches the shop to new versions, and takes versions back, while requests of 0 to 2 seconds"
                        + " flow through a router; counts those that failed, and answers of versions that had lost"
                        + " their traffic.")
final class ShopUnderLoadCommand implements Callable<Integer> {

    @Option(names = "--rolls", paramLabel = "N", defaultValue = "10", description = "${DEFAULT-VALUE}")
    private int rolls;

    @Option(names = "--switches", paramLabel = "N", defaultValue = "20", description = "${DEFAULT-VALUE}")
    private int switches;

    @Option(
            names = "--take-backs",
            paramLabel = "N",
            defaultValue = "10",
            description = "switches that are cancelled before the former version is gone; ${DEFAULT-VALUE}")
    private int takeBacks;

    @Option(names = "--rate", paramLabel = "R", defaultValue = "200", description = "requests a second")
    private int rate;

    @Option(names = "--requests", paramLabel = "N", defaultValue = "100000", description = "at least; ${DEFAULT-VALUE}")
    private int requests;

    @Option(
            names = "--router",
            paramLabel = "R",
            defaultValue = "gateway",
            description = "gateway, haproxy or nginx; ${DEFAULT-VALUE}")
    private String router = "";

    @Option(names = "--engine", paramLabel = "E", defaultValue = "process", description = "docker or process")
    private String engine = "";

    @Option(
            names = "--image",
            paramLabel = "I",
            defaultValue = "eclipse-temurin:17-jre",
            description = "image with Java, on which the shop's is built")
    private String image = "";

    @Option(names = "--shop", paramLabel = "FILE", description = "the shop's Compose file")
    @Nullable
    private Path shop;

    @Option(names = "--results", paramLabel = "FILE", description = "where results are added")
    @Nullable
    private Path results;

    @Override
    public Integer call() throws Exception {
        Results file = new Results(results == null ? Results.usual("under-load") : results);
        Path examples = Path.of(System.getProperty("cofferdam.examples", "."));
        Path compose = shop == null ? examples.resolve("shop").resolve("compose.yaml") : shop;
        Path folder = Files.createTempDirectory("cofferdam-chaos");
        try {
            ShopUnderLoad.Result result = new ShopUnderLoad(engine, router, image, compose, folder)
                    .run(moves(rolls, switches, takeBacks), rate, requests, ShopUnderLoadCommand::tell);
            Map<String, Object> document = document(result);
            file.add(document);
            long failed = result.report().failed();
            System.out.printf(
                    "%d requests through %s on %s in %d s: %d failed %s, %d sent twice, %d late answers; taken back in"
                            + " %s ms (p95), %s%n",
                    result.report().requests(),
                    router,
                    engine,
                    result.report().time().toSeconds(),
                    failed,
                    result.report().failures(),
                    result.report().retried(),
                    result.late(),
                    document.get("backP95Ms"),
                    file.file());
            return failed == 0 && result.late() == 0 ? 0 : 1;
        } finally {
            Chaos.delete(folder);
        }
    }

    /** As many of each as asked for, mixed as evenly as they can be. */
    static List<Move> moves(int rolls, int switches, int takeBacks) {
        Move[] kinds = {Move.ROLL, Move.SWITCH, Move.TAKE_BACK};
        int[] wanted = {rolls, switches, takeBacks};
        int all = rolls + switches + takeBacks;
        List<Move> moves = new ArrayList<>();
        int[] given = new int[wanted.length];
        for (int i = 1; i <= all; i++) {
            int most = 0;
            for (int kind = 1; kind < wanted.length; kind++) {
                // Who is farthest behind its share comes next.
                if (wanted[kind] * i - given[kind] * all > wanted[most] * i - given[most] * all) {
                    most = kind;
                }
            }
            given[most]++;
            moves.add(kinds[most]);
        }
        return moves;
    }

    private static void tell(Moved moved) {
        System.out.printf(
                "%-9s version %-3s %s after %5d ms%s%n",
                moved.move(),
                moved.version(),
                moved.status(),
                moved.millis(),
                moved.move() == Move.TAKE_BACK
                        ? ", traffic back after " + moved.backMillis() + " ms, " + moved.created()
                                + " instances created"
                        : "");
    }

    private Map<String, Object> document(ShopUnderLoad.Result result) {
        List<Long> back = result.moves().stream()
                .filter(moved -> moved.move() == Move.TAKE_BACK)
                .map(Moved::backMillis)
                .sorted()
                .toList();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("engine", engine);
        document.put("router", router);
        for (Move move : Move.values()) {
            document.put(
                    move.name().toLowerCase(java.util.Locale.ROOT),
                    result.moves().stream()
                            .filter(moved -> moved.move() == move)
                            .map(Moved::millis)
                            .toList());
        }
        document.put("backMs", back);
        document.put("backP95Ms", back.isEmpty() ? null : back.get((int) Math.ceil(back.size() * 0.95) - 1));
        document.put(
                "createdByTakingBack",
                result.moves().stream().mapToInt(Moved::created).sum());
        document.put("late", result.late());
        document.put("load", result.report().document());
        return document;
    }
}
