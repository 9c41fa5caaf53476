package io.cofferdam.examples.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Starts victims one after the other, kills each with SIGKILL at a random point, and looks ten seconds later for what it left.
 */
final class Kills {

    /** By then everything has to be gone. */
    static final Duration PROMISE = Duration.ofSeconds(10);

    private static final int LATEST_MILLIS = 2000;

    private final String engine;
    private final String image;
    private final Leftovers leftovers;
    private final Path states;
    private final Random random = new Random();
    private final String prefix = "chaos" + ProcessHandle.current().pid();

    /**
     * What to kill.
     *
     * @param engine the engine's name
     * @param image an image with a shell, for engines that have images
     * @param states a folder for the state of victims on the process engine
     */
    Kills(String engine, String image, Leftovers leftovers, Path states) {
        this.engine = engine;
        this.image = image;
        this.leftovers = leftovers;
        this.states = states;
    }

    /** What a kill left at once, and after the time that was promised. */
    record Outcome(int number, long millis, int atOnce, List<String> left) {}

    /**
     * Kills.
     *
     * @param count how many
     * @param told gets each outcome when it is known, from several threads
     * @return all outcomes
     */
    List<Outcome> run(int count, Consumer<Outcome> told) throws Exception {
        ExecutorService looking = Executors.newCachedThreadPool();
        try {
            List<Future<Outcome>> outcomes = new ArrayList<>();
            for (int number = 1; number <= count; number++) {
                outcomes.add(kill(number, looking, told));
            }
            List<Outcome> all = new ArrayList<>();
            for (Future<Outcome> outcome : outcomes) {
                all.add(outcome.get());
            }
            return all;
        } finally {
            looking.shutdownNow();
        }
    }

    private Future<Outcome> kill(int number, ExecutorService looking, Consumer<Outcome> told)
            throws IOException, InterruptedException {
        String run = prefix + "v" + number;
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName()));
        words.addAll(List.of(engine, run, image, states.resolve(run).toString()));
        Process victim = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        long millis = random.nextInt(LATEST_MILLIS);
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
            if (out.readLine() == null) {
                throw new IOException("the victim did not start; is the engine '" + engine + "' there?");
            }
            TimeUnit.MILLISECONDS.sleep(millis);
        } finally {
            victim.destroyForcibly().waitFor();
        }
        long killed = System.nanoTime();
        int atOnce = leftovers.of(run).size();
        return looking.submit(() -> {
            TimeUnit.NANOSECONDS.sleep(PROMISE.toNanos() - (System.nanoTime() - killed));
            Outcome outcome = new Outcome(number, millis, atOnce, leftovers.of(run));
            told.accept(outcome);
            return outcome;
        });
    }
}
