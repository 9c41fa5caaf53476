package io.cofferdam.examples.chaos;

import io.cofferdam.application.Application;
import io.cofferdam.deployment.Deployment;
import io.cofferdam.deployment.DeploymentEngine;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.engine.Orchestrator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A program that carries out one deployment, unless it dies before. */
final class Controller {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private Controller() {}

    /** What it does. */
    enum Work {
        /** Brings the first release of all. */
        FIRST,
        /** Brings a second release that works. */
        GOOD,
        /** Brings a second release that does not. */
        BAD,
        /** Removes the project. */
        REMOVE
    }

    /**
     * Starts it as a process of its own, which writes a line when it has recorded its wish, and another one at the end.
     *
     * @param at the number of the commit it dies or is stopped at; none if that many are never made
     */
    static Process start(Trial trial, String strategy, Work work, int at, DyingStore.Moment moment) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-D" + TrialStore.PLACE + "=" + System.getProperty(TrialStore.PLACE, ""),
                "-cp",
                System.getProperty("java.class.path"),
                Controller.class.getName()));
        words.addAll(List.of(
                trial.engine(), trial.project(), trial.image(), trial.folder().toString()));
        words.addAll(List.of(strategy, work.name(), Integer.toString(at), moment.name()));
        return new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        trial.folder().resolve("controller.log").toFile()))
                .start();
    }

    /**
     * Runs.
     *
     * @param args engine, project, image, folder, strategy, work, the commit to die at, what happens there
     */
    public static void main(String[] args) {
        Trial trial = new Trial(args[0], args[1], args[2], Path.of(args[3]));
        DyingStore store =
                new DyingStore(TrialStore.open(trial), Integer.parseInt(args[6]), DyingStore.Moment.valueOf(args[7]));
        try (DeploymentStore closed = store;
                Orchestrator orchestrator = trial.openEngine();
                DeploymentEngine engine = Trial.openDeployments(orchestrator, closed)) {
            Deployment deployment = begin(engine, trial, args[4], Work.valueOf(args[5]));
            System.out.println("begun " + deployment.id());
            DeploymentRecord end = deployment.await(PATIENCE);
            System.out.println("ended " + end.status() + " " + store.commits());
        }
    }

    private static Deployment begin(DeploymentEngine engine, Trial trial, String strategy, Work work) {
        if (work == Work.REMOVE) {
            return engine.remove(trial.project(), true, Trial.options(strategy));
        }
        Application release = switch (work) {
            case FIRST -> trial.good("1");
            case GOOD -> trial.good("2");
            default -> trial.crashing("2");
        };
        return engine.deploy(release, Trial.options(strategy));
    }
}
