package io.cofferdam.examples.chaos;

import io.cofferdam.Cofferdam;
import io.cofferdam.application.Application;
import io.cofferdam.application.Service;
import io.cofferdam.application.ServiceBuilder;
import io.cofferdam.deployment.DeployOptions;
import io.cofferdam.deployment.DeploymentEngine;
import io.cofferdam.deployment.DeploymentEvent;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.event.Subscription;
import io.cofferdam.examples.store.DeploymentFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Brings releases that cannot work over one that does, and looks whether everything is back afterwards. */
final class BadReleases {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration PROGRESS = Duration.ofSeconds(4);
    private static final Duration PROOF = Duration.ofSeconds(1);
    private static final String IDLE = "trap 'exit 0' TERM; sleep 3600 & wait";

    /** What is wrong with a release. */
    enum Fault {
        CRASH_LOOP,
        NEVER_HEALTHY,
        FLAPPING,
        MISSING_PROGRAM,
        DEAD_DEPENDENCY,
        PORT_CLASH
    }

    /** What became of it. */
    record Outcome(Fault fault, String strategy, String status, long millis, int looks, List<String> problems) {}

    private final String engine;
    private final String image;
    private final Path folder;

    BadReleases(String engine, String image, Path folder) {
        this.engine = engine;
        this.image = image;
        this.folder = folder;
    }

    /**
     * Brings some, one fault and one strategy after the other.
     *
     * @param count how many
     * @param told gets each outcome when it is known
     */
    List<Outcome> run(int count, Consumer<Outcome> told) throws Exception {
        Trial trial = new Trial(
                engine, "bad" + ProcessHandle.current().pid(), image, Files.createDirectory(folder.resolve("bad")));
        List<Outcome> outcomes = new ArrayList<>();
        try (DeploymentStore store = DeploymentFile.open(trial.storeFile());
                Orchestrator orchestrator = trial.openEngine();
                DeploymentEngine deployments = Trial.openDeployments(orchestrator, store);
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            try {
                DeploymentRecord stable = deployments
                        .deploy(trial.good("1"), Trial.options("rolling"))
                        .await(PATIENCE);
                if (stable.status() != DeploymentStatus.COMPLETED) {
                    throw new IOException("the good release could not be brought: " + stable.message());
                }
                Fault[] faults = Fault.values();
                for (int i = 0; i < count; i++) {
                    Fault fault = faults[i % faults.length];
                    List<String> strategies = ControllerKillCommand.STRATEGIES;
                    // A fixed port without a router is refused at once by all others.
                    String strategy = fault == Fault.PORT_CLASH
                            ? "recreate"
                            : strategies.get(i / faults.length % strategies.size());
                    Application bad = release(trial, fault, taken.getLocalPort(), "bad" + i);
                    Outcome outcome = bring(trial, orchestrator, deployments, store, fault, strategy, bad);
                    outcomes.add(outcome);
                    told.accept(outcome);
                }
            } finally {
                deployments
                        .remove(trial.project(), true, Trial.options("recreate"))
                        .await(PATIENCE);
            }
        }
        List<String> left = ControllerKills.gone(trial);
        if (!left.isEmpty()) {
            throw new IOException("left after the removal: " + left);
        }
        return outcomes;
    }

    @SuppressWarnings("try") // What looks at bounds has only to be closed.
    private Outcome bring(
            Trial trial,
            Orchestrator orchestrator,
            DeploymentEngine deployments,
            DeploymentStore store,
            Fault fault,
            String strategy,
            Application bad)
            throws Exception {
        // A rolling update has replaced the api, which works, before it comes to the web, which does not.
        boolean isApiReplaced = strategy.equals("rolling") && fault != Fault.DEAD_DEPENDENCY;
        Map<String, String> before = units(trial, deployments, isApiReplaced);
        Set<String> crossed = new ConcurrentSkipListSet<>();
        Bounds bounds = new Bounds(trial, deployments, strategy, crossed);
        DeployOptions options =
                Trial.options(strategy).progressDeadline(PROGRESS).minReady(PROOF);
        long begun = System.nanoTime();
        DeploymentRecord end;
        try (Subscription events = deployments.bus().subscribe(DeploymentEvent.class, event -> bounds.look());
                AutoCloseable watch = orchestrator.workloads().watch(trial.project(), bounds::look)) {
            end = deployments.deploy(bad, options).await(PATIENCE);
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        Inspection inspection = new Inspection(trial, store);
        inspection.require(
                end.status() == DeploymentStatus.ROLLED_BACK, "ended as " + end.status() + ": " + end.message());
        inspection
                .instances(orchestrator, deployments, trial.good("1"))
                .books("1")
                .strangers(deployments, ControllerKills.left(trial));
        if (!strategy.equals("recreate")) {
            Map<String, String> after = units(trial, deployments, isApiReplaced);
            inspection.require(before.equals(after), "other units are there: " + after + " instead of " + before);
        }
        crossed.forEach(bound -> inspection.require(false, bound));
        return new Outcome(fault, strategy, end.status().name(), millis, bounds.looks(), inspection.problems());
    }

    private static Map<String, String> units(Trial trial, DeploymentEngine deployments, boolean isWithoutApi) {
        Map<String, String> units = new TreeMap<>();
        deployments.instances(trial.project()).stream()
                .filter(one -> !isWithoutApi || !one.instance().service().equals("api"))
                .forEach(one -> units.put(one.name(), one.environment().id()));
        return units;
    }

    private Application release(Trial trial, Fault fault, int taken, String version) {
        ServiceBuilder api = trial.well("api", version);
        ServiceBuilder web = trial.well("web", version);
        return switch (fault) {
            case CRASH_LOOP -> trial.release(version, api, trial.checked("web", version, "exit 3"));
            case NEVER_HEALTHY -> trial.release(version, api, trial.checked("web", version, IDLE));
            case FLAPPING ->
                trial.release(
                        version,
                        api,
                        trial.checked(
                                "web",
                                version,
                                "trap 'exit 0' TERM; while :; do touch well; sleep 0.4; rm well; sleep 1 & wait; done"));
            case MISSING_PROGRAM -> trial.release(version, api, missing(version));
            case DEAD_DEPENDENCY -> trial.release(version, trial.checked("api", version, "exit 4"), web);
            case PORT_CLASH ->
                trial.release(version, api, web).toBuilder()
                        .change("web", service -> service.replicas(1).publish(PortMapping.fixed(taken, 8080)))
                        .build();
        };
    }

    private ServiceBuilder missing(String version) {
        EnvironmentSpec.Builder nothing = engine.equals(Cofferdam.PROCESS)
                ? EnvironmentSpec.command("cofferdam-no-such-program")
                : EnvironmentSpec.image(image).withCommand("cofferdam-no-such-program");
        return Service.named("web").template(nothing.env("VERSION", version).build());
    }
}
