package io.cofferdam.examples.chaos;

import io.cofferdam.deployment.Deployment;
import io.cofferdam.deployment.DeploymentEngine;
import io.cofferdam.deployment.DeploymentEventType;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.deployment.JournalEntry;
import io.cofferdam.deployment.Lease;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.event.Subscription;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Stops the owner of a project past its lease in the middle of a deployment, lets another one take over, and wakes the first again. */
final class TwoControllers {

    /**
     * On processes, who was stopped in the middle of changing an instance keeps the lock of that instance, and only its end or its
     * going on gives it back. Then it is woken before the deployment has ended.
     */
    private static final Duration BLOCKED = Duration.ofSeconds(20);

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int NEVER = Integer.MAX_VALUE;

    /** As many intents are written down by each of the deployments here, at least. */
    private static final int MOST_INTENTS = 8;

    private static final Duration RECONCILED = Duration.ofSeconds(15);

    /** Most deployments here take longer than that, so that the owner is stopped in the middle of them. */
    private static final int LATEST_MILLIS = 1500;

    /**
     * What became of it: how long after the stop the project was taken over, how many calls to the engine were written down and had
     * no outcome when the owner was stopped, how many instances it touched after it was woken, and what is wrong.
     */
    record Outcome(
            int number,
            String strategy,
            long stoppedAfter,
            boolean wasUnderWay,
            long takenAfter,
            boolean endedBeforeWakening,
            int linesAfterTakeover,
            int openCalls,
            int lateCalls,
            String status,
            List<String> problems) {}

    private final String engine;
    private final String image;
    private final Path folder;
    private final boolean between;
    private final Random random = new Random();

    /**
     * Who stops owners.
     *
     * @param between whether exactly between a check of the token and the call to the engine, or anywhere
     */
    TwoControllers(String engine, String image, Path folder, boolean between) {
        this.engine = engine;
        this.image = image;
        this.folder = folder;
        this.between = between;
    }

    /** Does it some times, with one strategy after the other, and wakes the owner before or after the end by turns. */
    List<Outcome> run(int count, Consumer<Outcome> told) throws Exception {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> strategies = ControllerKillCommand.STRATEGIES;
            Outcome outcome = once(i + 1, strategies.get(i % strategies.size()), i / strategies.size() % 2 == 0);
            outcomes.add(outcome);
            told.accept(outcome);
        }
        return outcomes;
    }

    private Outcome once(int number, String strategy, boolean wakeAtTheEnd) throws Exception {
        String project = "two" + ProcessHandle.current().pid() + "x" + number;
        Trial trial = new Trial(engine, project, image, Files.createDirectory(folder.resolve(project)));
        Outcome outcome;
        // This JVM opens the file first: it serves the other one, which is stopped later.
        try (DeploymentStore store = TrialStore.open(trial);
                Orchestrator orchestrator = trial.openEngine()) {
            try (DeploymentEngine first = Trial.openDeployments(orchestrator, store)) {
                first.deploy(trial.good("1"), Trial.options("recreate")).await(PATIENCE);
            }
            outcome = overtake(number, strategy, wakeAtTheEnd, trial, store, orchestrator);
        }
        List<String> left = ControllerKills.gone(trial);
        List<String> problems = new ArrayList<>(outcome.problems());
        left.forEach(thing -> problems.add("left after the removal: " + thing));
        Chaos.delete(trial.folder());
        return new Outcome(
                number,
                strategy,
                outcome.stoppedAfter(),
                outcome.wasUnderWay(),
                outcome.takenAfter(),
                outcome.endedBeforeWakening(),
                outcome.linesAfterTakeover(),
                outcome.openCalls(),
                outcome.lateCalls(),
                outcome.status(),
                problems);
    }

    private Outcome overtake(
            int number,
            String strategy,
            boolean wakeAtTheEnd,
            Trial trial,
            DeploymentStore store,
            Orchestrator orchestrator)
            throws Exception {
        Process owner = Controller.start(
                trial,
                strategy,
                Controller.Work.GOOD,
                between ? 1 + random.nextInt(MOST_INTENTS) : NEVER,
                DyingStore.Moment.STOP);
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(owner.getInputStream(), StandardCharsets.UTF_8))) {
            String begun = out.readLine();
            if (begun == null) {
                throw new IOException("the owner did not begin: "
                        + Files.readString(trial.folder().resolve("controller.log")));
            }
            String id = begun.substring("begun ".length());
            awaitBegin(store, id);
            long begin = System.nanoTime();
            if (between) {
                awaitStop(owner);
            } else {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(LATEST_MILLIS));
                signal(owner, "STOP");
            }
            long stopped = System.nanoTime();
            long millis = TimeUnit.NANOSECONDS.toMillis(stopped - begin);
            Optional<Lease> held = store.holder(trial.project());
            boolean isUnderWay = !store.find(id).orElseThrow().status().isTerminal();
            int open = openCalls(store, id);
            Inspection inspection = new Inspection(trial, store);
            try (DeploymentEngine second = Trial.openDeployments(orchestrator, store)) {
                long taken = isUnderWay
                        ? awaitTakeover(store, trial, held.map(Lease::owner).orElse(""), stopped)
                        : 0;
                inspection.require(
                        taken <= Trial.LEASE.plusSeconds(2).toMillis(), "it was taken over after " + taken + " ms");
                if (!wakeAtTheEnd) {
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(500));
                    signal(owner, "CONT");
                }
                Deployment deployment = second.find(id).orElseThrow();
                boolean endedBefore = wakeAtTheEnd && endsWithin(deployment, BLOCKED);
                Set<String> touched = ConcurrentHashMap.newKeySet();
                Subscription changes = orchestrator.events().subscribe(EnvironmentEvent.class, event -> {
                    if (endedBefore) { // Then nobody but the owner changes anything.
                        touched.add(event.name());
                    }
                });
                if (wakeAtTheEnd) {
                    signal(owner, "CONT");
                }
                // The owner sees that it has lost the project, does no more, and ends when the deployment has ended.
                inspection.require(owner.waitFor(1, TimeUnit.MINUTES), "the owner did not come to its end");
                changes.close();
                DeploymentRecord end = deployment.await(PATIENCE);
                int late = touched.size();
                inspection.require(late <= open, late + " instances were touched late, by " + open + " open calls");
                awaitReconciled(second, trial, orchestrator, store);
                inspection.require(
                        end.status() == DeploymentStatus.COMPLETED, "ended as " + end.status() + ": " + end.message());
                int lines = linesOfLast(store, id);
                inspection
                        .instances(orchestrator, second, trial.good("2"))
                        .books("2")
                        .strangers(second, ControllerKills.left(trial));
                boolean wasTaken = store.eventsOf(id, 0, 1000).stream()
                        .anyMatch(event -> event.type().equals(DeploymentEventType.RESUMED_WORK));
                second.remove(trial.project(), true, Trial.options("recreate")).await(PATIENCE);
                return new Outcome(
                        number,
                        strategy,
                        millis,
                        isUnderWay && wasTaken,
                        taken,
                        endedBefore,
                        lines,
                        open,
                        late,
                        end.status().name(),
                        inspection.problems());
            }
        } finally {
            owner.destroyForcibly().waitFor();
        }
    }

    /** Calls that were written down, and of whose outcome nothing was. */
    private static int openCalls(DeploymentStore store, String id) {
        Set<String> open = new HashSet<>();
        for (JournalEntry line : store.journal(id)) {
            if (line.phase() == JournalEntry.Phase.INTENT) {
                open.add(line.step());
            } else {
                open.remove(line.step());
            }
        }
        return open.size();
    }

    /** What came late is not what should be there; whoever has the project sees that and mends it. */
    private static void awaitReconciled(
            DeploymentEngine second, Trial trial, Orchestrator orchestrator, DeploymentStore store) throws Exception {
        long end = System.nanoTime() + RECONCILED.toNanos();
        while (System.nanoTime() < end
                && !new Inspection(trial, store)
                        .instances(orchestrator, second, trial.good("2"))
                        .problems()
                        .isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static void awaitStop(Process process) throws Exception {
        Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
        while (process.isAlive()) {
            String text = Files.readString(stat);
            if (text.substring(text.lastIndexOf(')') + 2).startsWith("T")) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static boolean endsWithin(Deployment deployment, Duration time) {
        try {
            deployment.await(time);
            return true;
        } catch (OperationTimeoutException blocked) {
            return false;
        }
    }

    private static void awaitBegin(DeploymentStore store, String id) throws Exception {
        while (store.find(id).orElseThrow().status() == DeploymentStatus.PENDING) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private static long awaitTakeover(DeploymentStore store, Trial trial, String former, long since) throws Exception {
        long end = since + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            Optional<Lease> holder = store.holder(trial.project());
            if (holder.isPresent() && !holder.get().owner().equals(former)) {
                break;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
    }

    /** How many lines of the journal were written under the last token. */
    private static int linesOfLast(DeploymentStore store, String id) {
        long last =
                store.journal(id).stream().mapToLong(line -> line.token()).max().orElse(0);
        return (int)
                store.journal(id).stream().filter(line -> line.token() == last).count();
    }

    private static void signal(Process process, String name) throws Exception {
        if (new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor()
                != 0) {
            throw new IOException("could not send " + name + " to " + process.pid());
        }
    }
}
