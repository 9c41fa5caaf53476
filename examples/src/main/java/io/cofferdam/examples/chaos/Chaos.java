package io.cofferdam.examples.chaos;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Breaks things on purpose. Exit code 1 if anything is left that should not be. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        subcommands = {
            ControllerKillCommand.class,
            BadReleasesCommand.class,
            TwoControllersCommand.class,
            ShopUnderLoadCommand.class,
            PipelineCancelsCommand.class
        },
        description = "Breaks things on purpose and counts what is left.")
public final class Chaos {

    private Chaos() {}

    /**
     * Runs the program.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Chaos())
                .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
                .setExecutionExceptionHandler((failure, where, parsed) -> {
                    System.err.println("chaos: " + failure.getMessage());
                    return 1;
                })
                .execute(args));
    }

    @Command(
            name = "sigkill",
            description =
                    "Kills JVMs at random points while they make, start and remove session environments, stacks and"
                            + " networks, and counts what is left of each after ten seconds.")
    int sigkill(
            @Option(names = "-n", paramLabel = "N", defaultValue = "100", description = "how many; ${DEFAULT-VALUE}")
                    int count,
            @Option(names = "--engine", paramLabel = "E", defaultValue = "docker", description = "docker or process")
                    String engine,
            @Option(names = "--image", paramLabel = "I", defaultValue = "busybox:1", description = "image with a shell")
                    String image)
            throws Exception {
        List<Kills.Outcome> outcomes = kill(engine, image, count);
        long left =
                outcomes.stream().filter(outcome -> !outcome.left().isEmpty()).count();
        int atOnce = outcomes.stream().mapToInt(Kills.Outcome::atOnce).sum();
        System.out.printf(
                "%d kills on %s: %d things were there at the moment of the kills, %d after %d s; %d kills left"
                        + " something%n",
                count,
                engine,
                atOnce,
                outcomes.stream().mapToInt(outcome -> outcome.left().size()).sum(),
                Kills.PROMISE.toSeconds(),
                left);
        return left == 0 ? 0 : 1;
    }

    private static List<Kills.Outcome> kill(String engine, String image, int count) throws Exception {
        Path states = Files.createTempDirectory("cofferdam-chaos");
        try {
            if (engine.equals(Cofferdam.PROCESS)) {
                return new Kills(engine, image, new ProcessLeftovers(states), states).run(count, Chaos::tell);
            }
            try (Orchestrator docker = Cofferdam.open(engine);
                    DockerLeftovers leftovers = new DockerLeftovers(docker.info())) {
                return new Kills(engine, image, leftovers, states).run(count, Chaos::tell);
            }
        } finally {
            delete(states);
        }
    }

    private static void tell(Kills.Outcome outcome) {
        System.out.printf(
                "kill %3d after %4d ms: %2d things at once, %d after %d s %s%n",
                outcome.number(),
                outcome.millis(),
                outcome.atOnce(),
                outcome.left().size(),
                Kills.PROMISE.toSeconds(),
                outcome.left().isEmpty() ? "" : outcome.left());
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.deleteIfExists(path);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            });
        }
    }
}
