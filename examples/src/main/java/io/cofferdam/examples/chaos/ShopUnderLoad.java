package io.cofferdam.examples.chaos;

import io.cofferdam.Cofferdam;
import io.cofferdam.application.Application;
import io.cofferdam.compose.ComposeLoader;
import io.cofferdam.deployment.DeployOptions;
import io.cofferdam.deployment.Deployment;
import io.cofferdam.deployment.DeploymentEngine;
import io.cofferdam.deployment.DeploymentEvent;
import io.cofferdam.deployment.DeploymentEventType;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.deployment.SecretSeal;
import io.cofferdam.deployment.StrategySettings;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.examples.load.Load;
import io.cofferdam.examples.load.LoadProbe;
import io.cofferdam.examples.load.LoadReport;
import io.cofferdam.examples.store.DeploymentFile;
import io.cofferdam.gateway.Gateway;
import io.cofferdam.traffic.HaProxyRouter;
import io.cofferdam.traffic.NginxRouter;
import io.cofferdam.traffic.TrafficRouter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Rolls, switches and takes back releases of the shop while requests flow, and looks for those that failed or came too late. */
final class ShopUnderLoad {

    /** How long after a switch requests may begin that the former version still answers. */
    static final Duration GRACE = Duration.ofSeconds(1);

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Duration LONG_WAIT = Duration.ofMinutes(10);

    /** What is done to the release that is there. */
    enum Move {
        ROLL,
        SWITCH,
        TAKE_BACK
    }

    /**
     * What became of a move.
     *
     * @param version the version it brought
     * @param millis from the call to the end; for what is taken back, from the cancel to the end
     * @param backMillis for what is taken back, from the cancel until traffic was with the former version; else 0
     * @param created for what is taken back, how many instances were started after the cancel; else 0
     * @param switches the moments from which on no request should reach a version
     */
    record Moved(
            Move move,
            String version,
            String status,
            long millis,
            long backMillis,
            int created,
            List<Switched> switches) {}

    /**
     * A moment from which on no request should reach a version.
     *
     * @param from the version
     * @param at the moment
     */
    record Switched(String from, Instant at) {}

    /**
     * What became of all.
     *
     * @param late answers of a version to requests that began more than {@link #GRACE} after it had lost its traffic
     */
    record Result(LoadReport report, List<Moved> moves, long late) {}

    private final String engine;
    private final String router;
    private final String base;
    private final Path shop;
    private final Path folder;
    private final String project = "load" + ProcessHandle.current().pid();
    private int port;

    ShopUnderLoad(String engine, String router, String base, Path shop, Path folder) {
        this.engine = engine;
        this.router = router;
        this.base = base;
        this.shop = shop;
        this.folder = folder;
    }

    /**
     * Does the moves in their order, then waits until enough was asked.
     *
     * @param moves what to do
     * @param rate requests for each second
     * @param requests how many there are to be at least
     * @param told gets each move when it is done
     */
    Result run(List<Move> moves, int rate, int requests, Consumer<Moved> told) throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        EngineConfig config =
                EngineConfig.builder().stateDirectory(folder.resolve("engine")).build();
        try (DeploymentStore store = DeploymentFile.open(folder.resolve("store").resolve("deployments"));
                TrafficRouter routes = openRouter();
                Orchestrator orchestrator = Cofferdam.open(engine, config);
                DeploymentEngine deployments = DeploymentEngine.on(orchestrator)
                        .store(store)
                        .router(routes)
                        .seal(SecretSeal.withKeyFile(folder.resolve("key")))
                        .open()) {
            try {
                require(
                        deployments.deploy(release("1"), options(Move.ROLL)).await(PATIENCE),
                        DeploymentStatus.COMPLETED);
                return underLoad(deployments, moves, rate, requests, told);
            } finally {
                deployments.remove(project, true, DeployOptions.defaults()).await(PATIENCE);
                if (routes instanceof Gateway gateway) {
                    boolean unused = gateway.stopWhenIdle();
                }
            }
        }
    }

    private TrafficRouter openRouter() {
        return switch (router) {
            case "haproxy" -> HaProxyRouter.in(folder.resolve("r"));
            case "nginx" -> NginxRouter.in(folder.resolve("r"));
            default -> Gateway.detached(folder.resolve("r"));
        };
    }

    private Result underLoad(
            DeploymentEngine deployments, List<Move> moves, int rate, int requests, Consumer<Moved> told)
            throws Exception {
        List<Moved> done = new ArrayList<>();
        URI target = URI.create("http://127.0.0.1:" + port + "/slow?ms=");
        try (Load load =
                LoadProbe.of(target).rate(rate).timeout(Duration.ofSeconds(30)).start()) {
            Instant begun = Instant.now();
            String current = "1";
            for (int i = 0; i < moves.size(); i++) {
                String version = Integer.toString(i + 2);
                Moved moved = moves.get(i) == Move.TAKE_BACK
                        ? takeBack(deployments, version)
                        : bring(deployments, moves.get(i), current, version);
                current = moves.get(i) == Move.TAKE_BACK ? current : version;
                done.add(moved);
                told.accept(moved);
            }
            long enough = TimeUnit.SECONDS.toMillis(requests) / rate + GRACE.toMillis() * 2;
            long left = enough - Duration.between(begun, Instant.now()).toMillis();
            if (left > 0) {
                Thread.sleep(left);
            }
            LoadReport report = load.stop();
            long late = done.stream()
                    .flatMap(moved -> moved.switches().stream())
                    .mapToLong(switched ->
                            report.answersOf(switched.from(), switched.at().plus(GRACE)))
                    .sum();
            return new Result(report, done, late);
        }
    }

    private Moved bring(DeploymentEngine deployments, Move move, String current, String version) throws IOException {
        long begun = System.nanoTime();
        Deployment deployment = deployments.deploy(release(version), options(move));
        DeploymentRecord end = deployment.await(PATIENCE);
        require(end, DeploymentStatus.COMPLETED);
        List<Switched> switches = new ArrayList<>();
        events(deployments, end.id(), DeploymentEventType.TRAFFIC_SWITCHED)
                .forEach(event -> switches.add(new Switched(current, event.at())));
        return new Moved(move, version, end.status().name(), millisSince(begun), 0, 0, switches);
    }

    /** The former version comes back, so there is no moment from which on nothing may reach it. */
    @SuppressWarnings("try") // The listener has only to be closed.
    private Moved takeBack(DeploymentEngine deployments, String version) throws Exception {
        CompletableFuture<Long> switched = new CompletableFuture<>();
        CompletableFuture<Long> back = new CompletableFuture<>();
        Deployment deployment = deployments.deploy(release(version), keeping(LONG_WAIT));
        try (AutoCloseable listener = deployment.follow(event -> {
            if (event.type().equals(DeploymentEventType.TRAFFIC_SWITCHED) && !switched.complete(System.nanoTime())) {
                back.complete(System.nanoTime());
            }
        })) {
            switched.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            Thread.sleep(500); // the new version answers for a while
            Instant cancelledAt = Instant.now();
            long cancelled = System.nanoTime();
            deployment.cancel();
            DeploymentRecord end = deployment.await(PATIENCE);
            require(end, DeploymentStatus.CANCELLED);
            int created = (int) events(deployments, end.id(), DeploymentEventType.INSTANCE_STARTED).stream()
                    .filter(event -> event.at().isAfter(cancelledAt))
                    .count();
            long ended = millisSince(cancelled);
            long backAfter = TimeUnit.NANOSECONDS.toMillis(back.get(1, TimeUnit.SECONDS) - cancelled);
            Instant backAt = cancelledAt.plusMillis(backAfter);
            return new Moved(
                    Move.TAKE_BACK,
                    version,
                    end.status().name(),
                    ended,
                    backAfter,
                    created,
                    List.of(new Switched(version, backAt)));
        }
    }

    private List<DeploymentEvent> events(DeploymentEngine deployments, String deployment, String type) {
        List<DeploymentEvent> found = new ArrayList<>();
        long after = 0;
        while (true) {
            List<DeploymentEvent> page = deployments.events(project, after, 1000);
            if (page.isEmpty()) {
                return found;
            }
            page.stream()
                    .filter(event -> event.deployment().equals(deployment)
                            && event.type().equals(type))
                    .forEach(found::add);
            after = page.get(page.size() - 1).sequence();
        }
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    private static void require(DeploymentRecord record, DeploymentStatus status) throws IOException {
        if (record.status() != status) {
            throw new IOException("version " + record.version() + " ended as " + record.status() + ", not as " + status
                    + ": " + record.message());
        }
    }

    private static DeployOptions options(Move move) {
        return move == Move.ROLL
                ? DeployOptions.with(StrategySettings.named("rolling")).user("chaos")
                : keeping(Duration.ofSeconds(1));
    }

    private static DeployOptions keeping(Duration wait) {
        return DeployOptions.with(StrategySettings.blueGreen(wait)).user("chaos");
    }

    private Application release(String version) {
        Map<String, String> variables = new HashMap<>(System.getenv());
        variables.putAll(Map.of(
                "SHOP_VERSION", version, "SHOP_PORT", Integer.toString(port), "SHOP_BASE", base, "SHOP_FAULT", "none"));
        return ComposeLoader.of(shop)
                .environment(variables)
                .project(project)
                .load()
                .application();
    }
}
