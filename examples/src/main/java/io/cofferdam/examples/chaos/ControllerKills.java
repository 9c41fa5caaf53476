package io.cofferdam.examples.chaos;

import io.cofferdam.Cofferdam;
import io.cofferdam.application.Application;
import io.cofferdam.deployment.Deployment;
import io.cofferdam.deployment.DeploymentEngine;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.examples.chaos.Controller.Work;
import io.cofferdam.examples.store.DeploymentFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Lets controllers die at their commits, takes over what they leave, and looks at the end of it. */
final class ControllerKills {

    /** More commits than any deployment here makes. */
    private static final int NEVER = Integer.MAX_VALUE;

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration CLEARANCE = Duration.ofSeconds(15);
    private static final String FIRST = "1";

    private final String engine;
    private final String image;
    private final Path folder;
    private final AtomicInteger number = new AtomicInteger();
    private final String prefix = "dying" + ProcessHandle.current().pid();

    /**
     * Where they die.
     *
     * @param engine the engine's name
     * @param image an image with a shell, for engines that have images
     * @param folder for the state of engines and stores
     */
    ControllerKills(String engine, String image, Path folder) {
        this.engine = engine;
        this.image = image;
        this.folder = folder;
    }

    /**
     * A moment to die at.
     *
     * @param commit the number of the commit, from 1
     * @param isBefore whether before that commit, or after it
     */
    record Point(String strategy, Work work, int commit, boolean isBefore) {

        @Override
        public String toString() {
            return strategy + " " + work + " " + (isBefore ? "before" : "after") + " commit " + commit;
        }
    }

    /**
     * What became of it.
     *
     * @param died whether the controller died there, and did not make fewer commits
     * @param status what the deployment ended as
     * @param millis from the start of the next controller to the end of the deployment
     * @param problems what is not as it should be
     */
    record Outcome(Point point, boolean died, String status, long millis, List<String> problems) {}

    /** All points of some deployments, in an order that is always the same and covers all of them evenly. */
    List<Point> points(List<String> strategies, List<Work> works, ExecutorService hands) throws Exception {
        Map<Point, Future<Integer>> last = new LinkedHashMap<>();
        for (String strategy : strategies) {
            for (Work work : works) {
                last.put(new Point(strategy, work, NEVER, true), hands.submit(() -> commits(strategy, work)));
            }
        }
        List<Point> points = new ArrayList<>();
        for (Map.Entry<Point, Future<Integer>> one : last.entrySet()) {
            Point point = one.getKey();
            for (int commit = 1; commit <= one.getValue().get(); commit++) {
                points.add(new Point(point.strategy(), point.work(), commit, true));
                points.add(new Point(point.strategy(), point.work(), commit, false));
            }
        }
        Collections.shuffle(points, new Random(1));
        return points;
    }

    /** How many commits a deployment makes that nobody disturbs. */
    private int commits(String strategy, Work work) throws Exception {
        Trial trial = begin(work);
        try {
            Process controller = Controller.start(trial, strategy, work, NEVER, DyingStore.Moment.BEFORE);
            String last = "";
            try (BufferedReader out = reader(controller)) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    last = line;
                }
            }
            if (controller.waitFor() != 0 || !last.startsWith("ended ")) {
                throw new IOException("a controller that was left alone did not end well: " + log(trial));
            }
            clear(trial);
            List<String> left = gone(trial);
            if (!left.isEmpty()) {
                throw new IOException("a controller that was left alone left " + left);
            }
            return Integer.parseInt(last.substring(last.lastIndexOf(' ') + 1));
        } finally {
            Chaos.delete(trial.folder());
        }
    }

    /** Lets one die. */
    Outcome kill(Point point) throws Exception {
        Trial trial = begin(point.work());
        try {
            Process controller = Controller.start(
                    trial,
                    point.strategy(),
                    point.work(),
                    point.commit(),
                    point.isBefore() ? DyingStore.Moment.BEFORE : DyingStore.Moment.AFTER);
            try (BufferedReader out = reader(controller)) {
                while (out.readLine() != null) {
                    // Until it is dead, or has come to its end.
                }
            }
            boolean died = controller.waitFor() == DyingStore.KILLED;
            if (!died && controller.exitValue() != 0) {
                throw new IOException("a controller did not die as it should, but of this: " + log(trial));
            }
            return takeOver(trial, point, died);
        } finally {
            Chaos.delete(trial.folder());
        }
    }

    /** A project with a stable release, unless the work is to bring the first one. */
    private Trial begin(Work work) throws IOException {
        String project = prefix + "x" + number.incrementAndGet();
        Trial trial = new Trial(engine, project, image, Files.createDirectory(folder.resolve(project)));
        if (work != Work.FIRST) {
            try (DeploymentStore store = DeploymentFile.open(trial.storeFile());
                    Orchestrator orchestrator = trial.openEngine();
                    DeploymentEngine deployments = Trial.openDeployments(orchestrator, store)) {
                DeploymentRecord record = deployments
                        .deploy(trial.good(FIRST), Trial.options("recreate"))
                        .await(PATIENCE);
                if (record.status() != DeploymentStatus.COMPLETED) {
                    throw new IOException("the first release could not be brought: " + record.message());
                }
            }
        }
        return trial;
    }

    private Outcome takeOver(Trial trial, Point point, boolean died) throws Exception {
        List<String> problems = new ArrayList<>();
        String status = "";
        long begun = System.nanoTime();
        long ended = begun;
        try (DeploymentStore store = DeploymentFile.open(trial.storeFile());
                Orchestrator orchestrator = trial.openEngine();
                DeploymentEngine deployments = Trial.openDeployments(orchestrator, store)) {
            Inspection inspection = new Inspection(trial, store);
            Deployment deployment = deployments.latest(trial.project()).orElseThrow();
            DeploymentRecord end = deployment.await(PATIENCE);
            ended = System.nanoTime();
            status = end.status().name();
            DeploymentStatus right =
                    point.work() == Work.BAD ? DeploymentStatus.ROLLED_BACK : DeploymentStatus.COMPLETED;
            inspection.require(end.status() == right, "ended as " + status + ": " + end.message());
            if (point.work() == Work.REMOVE) {
                inspection.require(deployments.instances(trial.project()).isEmpty(), "instances were left");
                inspection.books(null);
            } else {
                Application release = release(trial, point.work());
                inspection
                        .instances(orchestrator, deployments, release)
                        .books(release.version())
                        .strangers(deployments, left(trial));
            }
            problems.addAll(inspection.problems());
            remove(trial, deployments);
        } catch (RuntimeException e) {
            problems.add("the next controller failed: " + e);
            clear(trial);
        }
        gone(trial).forEach(thing -> problems.add("left after the removal: " + thing));
        return new Outcome(point, died, status, TimeUnit.NANOSECONDS.toMillis(ended - begun), problems);
    }

    private static Application release(Trial trial, Work work) {
        return trial.good(work == Work.GOOD ? "2" : FIRST);
    }

    private void clear(Trial trial) {
        try (DeploymentStore store = DeploymentFile.open(trial.storeFile());
                Orchestrator orchestrator = trial.openEngine();
                DeploymentEngine deployments = Trial.openDeployments(orchestrator, store)) {
            remove(trial, deployments);
        }
    }

    private static void remove(Trial trial, DeploymentEngine deployments) {
        deployments.remove(trial.project(), true, Trial.options("recreate")).await(PATIENCE);
    }

    /** What is there of a trial that was removed: nothing, in a moment. */
    static List<String> gone(Trial trial) throws Exception {
        long end = System.nanoTime() + CLEARANCE.toNanos();
        List<String> left = left(trial);
        while (!left.isEmpty() && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(100); // a process beside the engine ends a little later than it
            left = left(trial);
        }
        return left;
    }

    /** What is there of a trial, seen without the library. */
    static List<String> left(Trial trial) throws IOException {
        if (trial.engine().equals(Cofferdam.PROCESS)) {
            return new ProcessLeftovers(trial.folder()).of("engine");
        }
        try (Orchestrator docker = Cofferdam.open(trial.engine());
                DockerLeftovers leftovers = new DockerLeftovers(docker.info())) {
            return leftovers.of(trial.project());
        }
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private static String log(Trial trial) throws IOException {
        return Files.readString(trial.folder().resolve("controller.log"));
    }
}
