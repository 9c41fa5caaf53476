package io.cofferdam.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.application.Application;
import io.cofferdam.application.Dependency;
import io.cofferdam.application.UpdateSettings;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.traffic.Route;
import io.cofferdam.traffic.RouteTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("The deployment engine, on instances in memory,")
@Timeout(60)
class DeploymentEngineTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final DeployOptions RECREATE = DeployOptions.with(StrategySettings.recreate());
    private static final DeployOptions ROLLING = DeployOptions.defaults();
    private static final DeployOptions BLUE_GREEN = DeployOptions.with(StrategySettings.blueGreen(Duration.ZERO));

    private final FakeWorkloads workloads = new FakeWorkloads();
    private final FakeRouter router = new FakeRouter();
    private final DeploymentStore store = DeploymentStore.inMemory();
    private final List<DeploymentEngine> engines = new ArrayList<>();
    private final DeploymentEngine engine = open();

    private DeploymentEngine open() {
        DeploymentEngine opened = DeploymentEngineBuilder.forTests(workloads)
                .store(store)
                .router(router)
                .lease(Duration.ofSeconds(2))
                .open();
        engines.add(opened);
        return opened;
    }

    @AfterEach
    void close() {
        engines.forEach(DeploymentEngine::close);
        store.close();
        router.close();
    }

    /** A web of three before an api of two; the command decides how instances of the web behave. */
    private static Application shop(String version, String web) {
        return Application.named("shop")
                .version(version)
                .service("api", api -> api.image("shop/api:1").replicas(2))
                .service(
                        "web",
                        builder -> builder.image("shop/web:" + version)
                                .command(web)
                                .replicas(3)
                                .port(80)
                                .dependsOn("api"))
                .build();
    }

    private DeploymentRecord bring(Application application, DeployOptions options) {
        return engine.deploy(application, options).await(PATIENCE);
    }

    private List<String> types(String deployment) {
        return store.eventsOf(deployment, 0, 1000).stream()
                .map(DeploymentEvent::type)
                .toList();
    }

    private long serving(String version) {
        String hash = shop(version, "ok").contentHash("web").substring(0, 8);
        return workloads.names().stream().filter(name -> name.contains(hash)).count();
    }

    @Test
    @DisplayName("brings a first release in dependency order and keeps a record of it")
    void first() {
        DeploymentRecord record = bring(shop("1", "ok"), ROLLING);

        assertThat(record.status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(record.progress()).isEqualTo(100);
        assertThat(record.isStable()).isTrue();
        assertThat(record.startedAt()).isPresent();
        assertThat(record.completedAt()).isPresent();
        assertThat(workloads.names()).hasSize(5);
        List<String> starts = workloads.calls.stream()
                .filter(call -> call.startsWith("start"))
                .toList();
        assertThat(starts.subList(0, 2)).allMatch(call -> call.contains("-api-"));
        assertThat(router.routes("shop").get(0).targets()).hasSize(3);
        assertThat(types(record.id()))
                .startsWith(DeploymentEventType.SUBMITTED, DeploymentEventType.STARTED)
                .contains(DeploymentEventType.SERVICE_UPDATING, DeploymentEventType.SERVICE_UPDATED)
                .endsWith(DeploymentEventType.COMPLETED);
    }

    @Test
    @DisplayName("an engine that is away for a moment does not end a deployment")
    void engineThatIsAway() {
        Set<String> failed = ConcurrentHashMap.newKeySet();
        workloads.before = call -> {
            if (failed.add(call)) {
                throw new EngineUnavailableException("it is away (" + call + ")");
            }
        };

        bring(shop("1", "ok"), ROLLING);
        DeploymentRecord record = bring(shop("2", "ok"), ROLLING);

        assertThat(record.status()).as(record.message()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(serving("2")).isEqualTo(3);
        assertThat(failed).anyMatch(call -> call.startsWith("start")).anyMatch(call -> call.startsWith("remove"));
    }

    @Test
    @DisplayName("does nothing about a release that is there already")
    void same() {
        bring(shop("1", "ok"), ROLLING);
        int before = workloads.calls.size();

        DeploymentRecord record = bring(shop("1", "ok"), ROLLING);

        assertThat(record.status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(workloads.calls.subList(before, workloads.calls.size()))
                .noneMatch(call -> call.startsWith("start") || call.startsWith("remove"));
    }

    @Test
    @DisplayName(
            "gives each service the patience its update settings ask for, and on the way back that of its rollback settings")
    void ownPatience() {
        bring(paced("1", "ok"), ROLLING);
        assertThat(workloads.patience)
                .containsEntry("web", Duration.ofMillis(30))
                .containsEntry("api", Duration.ZERO);

        bring(paced("2", "ok"), ROLLING.minReady(Duration.ofMillis(40)));
        assertThat(workloads.patience).containsEntry("web", Duration.ofMillis(40));

        DeploymentRecord record = bring(paced("3", "crash"), ROLLING);

        assertThat(record.status()).isEqualTo(DeploymentStatus.ROLLED_BACK);
        assertThat(workloads.patience).containsEntry("web", Duration.ofMillis(10));
    }

    private static Application paced(String version, String web) {
        UpdateSettings settings = UpdateSettings.defaults().withParallelism(2);
        return shop(version, web).toBuilder()
                .change(
                        "web",
                        service -> service.update(settings.withDelay(Duration.ofMillis(20))
                                        .withMonitor(Duration.ofMillis(30)))
                                .rollback(settings.withDelay(Duration.ofMillis(50))
                                        .withMonitor(Duration.ofMillis(10))))
                .build();
    }

    @Test
    @DisplayName(
            "leaves those that served in their route while nobody is available, and never adds one that was not ready")
    void routesLastResort() {
        Application shop = shop("1", "ok");
        bring(shop, ROLLING);
        List<Route> inForce = router.routes("shop");
        List<String> webs = workloads.names().stream()
                .filter(name -> name.contains("-web-"))
                .toList();
        workloads.kill(webs.get(0));
        workloads.kill(webs.get(1));

        assertThat(targets(shop, inForce)).containsExactly(webs.get(2));

        workloads.kill(webs.get(2));

        assertThat(targets(shop, inForce)).containsExactlyInAnyOrderElementsOf(webs);
        assertThat(targets(shop, List.of())).isEmpty();
    }

    private List<String> targets(Application application, List<Route> inForce) {
        return RouteTable.of(List.of(application), workloads.list("shop", Duration.ZERO), Map.of(), Set.of(), inForce)
                .get(0)
                .targets()
                .stream()
                .filter(target -> target.share() > 0)
                .map(RouteTarget::id)
                .toList();
    }

    @Test
    @DisplayName("rolls within its bounds, drains before it stops, and leaves unchanged services alone")
    void rolling() {
        bring(shop("1", "ok"), ROLLING);
        workloads.watchBounds();
        int before = workloads.calls.size();

        DeploymentRecord record = bring(
                shop("2", "ok"),
                DeployOptions.with(StrategySettings.rolling(new RollingSettings(Amount.of(1), Amount.of(0)))));

        assertThat(record.status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(serving("2")).isEqualTo(3);
        assertThat(serving("1")).isZero();
        assertThat(workloads.most("web")).isEqualTo(4);
        assertThat(workloads.fewestAvailable("web")).isEqualTo(3);
        assertThat(workloads.calls.subList(before, workloads.calls.size())).noneMatch(call -> call.contains("-api-"));
        assertThat(router.drained).hasSize(3);
        assertThat(router.shares("shop")).hasSize(3);
    }

    @Test
    @DisplayName("recreates: everything that changes is stopped before anything of it is started")
    void recreate() {
        bring(shop("1", "ok"), RECREATE);
        int before = workloads.calls.size();

        DeploymentRecord record = bring(shop("2", "ok"), RECREATE);

        assertThat(record.status()).isEqualTo(DeploymentStatus.COMPLETED);
        List<String> calls = workloads.calls.subList(before, workloads.calls.size());
        int lastStop = calls.lastIndexOf(calls.stream()
                .filter(call -> call.startsWith("remove"))
                .reduce((one, other) -> other)
                .orElseThrow());
        int firstStart = calls.indexOf(calls.stream()
                .filter(call -> call.startsWith("start"))
                .findFirst()
                .orElseThrow());
        assertThat(lastStop).isLessThan(firstStart);
        assertThat(types(record.id()))
                .contains(DeploymentEventType.SERVICES_STOPPED, DeploymentEventType.SERVICES_STARTED);
    }

    @Test
    @DisplayName("blue-green: switches once all of green is available, verifies, and names resolve to their own colour")
    void blueGreen() {
        bring(shop("1", "ok"), BLUE_GREEN);

        DeploymentRecord record = bring(shop("2", "ok"), BLUE_GREEN);

        assertThat(record.status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(serving("1")).isZero();
        assertThat(types(record.id()))
                .containsSubsequence(
                        DeploymentEventType.GREEN_STARTED,
                        DeploymentEventType.INSTANCE_AVAILABLE,
                        DeploymentEventType.VERIFIED,
                        DeploymentEventType.TRAFFIC_SWITCHED,
                        DeploymentEventType.VERIFIED,
                        DeploymentEventType.INSTANCE_STOPPED,
                        DeploymentEventType.COMPLETED);
        assertThat(workloads.coloursOf("api")).containsExactly("green");
        assertThat(workloads.calls).contains("tidy [green]");
    }

    @Test
    @DisplayName("blue-green: traffic stays with blue until it is switched")
    void noTrafficBeforeTheSwitch() {
        bring(shop("1", "ok"), BLUE_GREEN);
        String green = shop("2", "ok").contentHash("web").substring(0, 8);
        List<Map<String, Long>> whileStarting = new CopyOnWriteArrayList<>();
        workloads.before = call -> {
            if (call.startsWith("await") && call.contains(green)) {
                whileStarting.add(router.shares("shop"));
            }
        };

        bring(shop("2", "ok"), BLUE_GREEN);

        assertThat(whileStarting)
                .isNotEmpty()
                .allSatisfy(shares -> shares.forEach((target, share) -> {
                    if (target.contains(green)) {
                        assertThat(share).isZero();
                    }
                }));
    }

    @Test
    @DisplayName("canary: pauses at each share until it is promoted, and ends with all of it")
    void canary() throws Exception {
        bring(shop("1", "ok"), ROLLING);
        Deployment deployment = engine.deploy(
                shop("2", "ok"),
                DeployOptions.with(
                        StrategySettings.canary(List.of(new CanaryStep(10, null), new CanaryStep(50, null)))));
        awaitStatus(deployment, DeploymentStatus.PAUSED);
        long first = shareOf("2");
        deployment.promote();
        awaitEvents(deployment, DeploymentEventType.PAUSED, 2);
        awaitStatus(deployment, DeploymentStatus.PAUSED);
        long second = shareOf("2");
        deployment.promote();

        assertThat(deployment.await(PATIENCE).status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(first).isEqualTo(10);
        assertThat(second).isBetween(49L, 51L);
        assertThat(shareOf("2")).isBetween(99L, 100L);
        assertThat(serving("1")).isZero();
    }

    @Test
    @DisplayName("canary: abort takes the traffic away first, then the new instances")
    void abort() throws Exception {
        bring(shop("1", "ok"), ROLLING);
        Deployment deployment = engine.deploy(
                shop("2", "ok"), DeployOptions.with(StrategySettings.canary(List.of(new CanaryStep(10, null)))));
        awaitStatus(deployment, DeploymentStatus.PAUSED);
        List<Long> whenRemoved = new CopyOnWriteArrayList<>();
        workloads.before = call -> {
            if (call.startsWith("remove")) {
                whenRemoved.add(shareOf("2"));
            }
        };

        deployment.abort();

        assertThat(deployment.await(PATIENCE).status()).isEqualTo(DeploymentStatus.CANCELLED);
        assertThat(whenRemoved).isNotEmpty().containsOnly(0L);
        assertThat(serving("2")).isZero();
        assertThat(serving("1")).isEqualTo(3);
    }

    private long shareOf(String version) {
        String hash = shop(version, "ok").contentHash("web").substring(0, 8);
        return router.shares("shop").entrySet().stream()
                .filter(share -> share.getKey().contains(hash))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private static void awaitStatus(Deployment deployment, DeploymentStatus status) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (deployment.status() != status) {
            assertThat(System.nanoTime())
                    .as("%s: %s", deployment.status(), deployment.message())
                    .isLessThan(end);
            Thread.sleep(2);
        }
    }

    private void awaitEvents(Deployment deployment, String type, int count) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (types(deployment.id()).stream().filter(type::equals).count() < count) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(2);
        }
    }

    @Test
    @DisplayName("a release that crashes is rolled back to exactly what was there, and what served goes on serving")
    void rollsBack() {
        bring(shop("1", "ok"), ROLLING);
        List<String> before = workloads.names();
        workloads.watchBounds();

        DeploymentRecord record = bring(shop("2", "crash"), ROLLING);

        assertThat(record.status()).isEqualTo(DeploymentStatus.ROLLED_BACK);
        assertThat(record.message()).contains("exit code 1");
        assertThat(record.restoredVersion()).contains("1");
        assertThat(record.isStable()).isFalse();
        assertThat(workloads.names()).isEqualTo(before);
        assertThat(workloads.fewestAvailable("web")).isEqualTo(3);
        assertThat(types(record.id()))
                .containsSubsequence(
                        DeploymentEventType.FAILED,
                        DeploymentEventType.ROLLBACK_STARTED,
                        DeploymentEventType.ROLLBACK_COMPLETED);
    }

    @Test
    @DisplayName("a release that never becomes ready fails at the progress deadline")
    void neverReady() {
        bring(shop("1", "ok"), ROLLING);

        DeploymentRecord record = bring(shop("2", "never"), ROLLING.progressDeadline(Duration.ofMillis(200)));

        assertThat(record.status()).isEqualTo(DeploymentStatus.ROLLED_BACK);
        assertThat(serving("1")).isEqualTo(3);
    }

    @Test
    @DisplayName("a first release that fails ends as failed, says why, and is left to look at")
    void firstFails() {
        DeploymentRecord record = bring(shop("1", "crash"), ROLLING);

        assertThat(record.status()).isEqualTo(DeploymentStatus.FAILED);
        assertThat(record.message()).contains("exit code 1").contains("no release that was stable");
        assertThat(workloads.names()).isNotEmpty();
    }

    @Test
    @DisplayName("a release that failed is mended by the next one")
    void mended() {
        bring(shop("1", "crash"), ROLLING);

        assertThat(bring(shop("1", "ok"), ROLLING).status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(workloads.names()).hasSize(5);
    }

    @Test
    @DisplayName("on failure it can stop, or pause until it is resumed or cancelled")
    void otherAnswers() throws Exception {
        bring(shop("1", "ok"), ROLLING);

        DeploymentRecord stopped = bring(shop("2", "crash"), ROLLING.onFailure(FailureAction.STOP));
        Deployment paused = engine.deploy(shop("3", "crash"), ROLLING.onFailure(FailureAction.PAUSE));
        awaitStatus(paused, DeploymentStatus.PAUSED);
        String message = paused.message();
        paused.cancel();

        assertThat(stopped.status()).isEqualTo(DeploymentStatus.FAILED);
        assertThat(message).contains("after a failure");
        assertThat(paused.await(PATIENCE).status()).isEqualTo(DeploymentStatus.CANCELLED);
        assertThat(serving("1")).isEqualTo(3);
    }

    @Test
    @DisplayName("cancel of a first deployment removes what it started")
    void cancelFirst() throws Exception {
        Deployment deployment = engine.deploy(shop("1", "never"), ROLLING);
        awaitEvents(deployment, DeploymentEventType.INSTANCE_STARTED, 3);

        deployment.cancel();

        assertThat(deployment.await(PATIENCE).status()).isEqualTo(DeploymentStatus.CANCELLED);
        assertThat(workloads.names()).isEmpty();
    }

    @Test
    @DisplayName("a step that fails after its deployment was called off is not taken for a failed restoration")
    void failedAfterCancel() throws Exception {
        bring(shop("1", "ok"), ROLLING);
        CompletableFuture<Deployment> second = new CompletableFuture<>();
        workloads.before = call -> {
            if (call.startsWith("start ")) {
                workloads.before = others -> {};
                second.join().cancel();
                awaitState(second.join(), "\"cancelled\":true");
            }
        };

        second.complete(engine.deploy(shop("2", "refuse"), ROLLING));

        assertThat(second.join().await(PATIENCE).status()).isEqualTo(DeploymentStatus.CANCELLED);
        assertThat(serving("1")).isEqualTo(3);
        assertThat(serving("2")).isZero();
    }

    private static void awaitState(Deployment deployment, String part) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!deployment.record().state().contains(part)) {
            assertThat(System.nanoTime()).as(deployment.record().state()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    @DisplayName("a newer deployment supersedes the one under way, and would go back to the last stable release")
    void supersedes() throws Exception {
        bring(shop("1", "ok"), ROLLING);
        Deployment second = engine.deploy(shop("2", "never"), ROLLING);
        awaitEvents(second, DeploymentEventType.INSTANCE_STARTED, 1);

        DeploymentRecord third = bring(shop("3", "crash"), ROLLING);

        assertThat(second.await(PATIENCE).status()).isEqualTo(DeploymentStatus.SUPERSEDED);
        assertThat(third.status()).isEqualTo(DeploymentStatus.ROLLED_BACK);
        assertThat(third.restoredVersion()).contains("1");
        assertThat(serving("1")).isEqualTo(3);
        assertThat(serving("2")).isZero();
    }

    @Test
    @DisplayName("pause begins nothing new until it is resumed")
    void pauses() throws Exception {
        bring(shop("1", "ok"), ROLLING);
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        workloads.before = call -> {
            if (call.startsWith("start")) {
                started.countDown();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        Deployment deployment = engine.deploy(shop("2", "ok"), ROLLING);
        started.await();
        deployment.pause();
        Thread.sleep(500);
        workloads.before = call -> {};
        go.countDown();
        awaitStatus(deployment, DeploymentStatus.PAUSED);
        int calls = workloads.calls.size();
        Thread.sleep(300);

        assertThat(workloads.calls).hasSize(calls);
        deployment.resume();
        assertThat(deployment.await(PATIENCE).status()).isEqualTo(DeploymentStatus.COMPLETED);
    }

    @Test
    @DisplayName("goes back by hand to the release before, and to any that was stable")
    void manualRollback() {
        bring(shop("1", "ok"), ROLLING);
        bring(shop("2", "ok"), ROLLING);
        bring(shop("3", "ok"), ROLLING);

        DeploymentRecord back = engine.rollback("shop", ROLLING).await(PATIENCE);
        assertThat(back.status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(back.kind()).isEqualTo(DeploymentKind.ROLLBACK);
        assertThat(serving("2")).isEqualTo(3);

        engine.rollback("shop", "1", ROLLING).await(PATIENCE);
        assertThat(serving("1")).isEqualTo(3);
        assertThatThrownBy(() -> engine.rollback("shop", "7", ROLLING))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("3 (deployment 3)");
    }

    @Test
    @DisplayName("scales without touching what stays")
    void scales() {
        bring(shop("1", "ok"), ROLLING);
        List<String> before = workloads.names();

        engine.scale("shop", Map.of("web", 5), ROLLING).await(PATIENCE);
        assertThat(workloads.names()).hasSize(7).containsAll(before);
        engine.scale("shop", Map.of("web", 1), ROLLING).await(PATIENCE);
        assertThat(serving("1")).isEqualTo(1);
        assertThatThrownBy(() -> engine.scale("shop", Map.of("wbe", 1), ROLLING))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("[api, web]");
    }

    @Test
    @DisplayName("removes everything of a project but its history")
    void removes() {
        bring(shop("1", "ok"), ROLLING);

        DeploymentRecord record = engine.remove("shop", true, ROLLING).await(PATIENCE);

        assertThat(record.status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(workloads.names()).isEmpty();
        assertThat(router.routes("shop")).isEmpty();
        assertThat(workloads.calls).contains("tidy [] with volumes");
        assertThat(engine.history("shop", Long.MAX_VALUE, 10)).hasSize(2);
        assertThat(bring(shop("1", "ok"), ROLLING).status()).isEqualTo(DeploymentStatus.COMPLETED);
    }

    @Test
    @DisplayName("runs a task once for each content, before what depends on it")
    void tasks() {
        Application application = withTask("1", "ok");
        bring(application, ROLLING);
        bring(application.toBuilder().change("web", web -> web.env("A", "b")).build(), ROLLING);

        assertThat(workloads.calls.stream().filter(call -> call.contains("start shop-migrate")))
                .hasSize(1);
        assertThat(bring(withTask("2", "crash"), ROLLING).status()).isEqualTo(DeploymentStatus.ROLLED_BACK);
    }

    private static Application withTask(String version, String behaviour) {
        return Application.named("shop")
                .version(version)
                .service(
                        "migrate", task -> task.image("shop/migrate:" + version).command(behaviour))
                .service(
                        "web",
                        web -> web.image("shop/web:1")
                                .port(80)
                                .dependsOn(Dependency.on("migrate").when(Dependency.Condition.COMPLETED)))
                .build();
    }

    @Test
    @DisplayName("mends what dies in the middle of a rolling update without crossing a bound")
    void dyingInTheMiddle() {
        bring(shop("1", "ok"), ROLLING);
        String victim = workloads.names().stream()
                .filter(name -> name.contains("-web-"))
                .findFirst()
                .orElseThrow();
        CountDownLatch once = new CountDownLatch(1);
        workloads.before = call -> {
            if (call.startsWith("start") && once.getCount() > 0) {
                once.countDown();
                workloads.kill(victim);
            }
        };

        DeploymentRecord record = bring(shop("2", "ok"), ROLLING);

        assertThat(record.status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(serving("2")).isEqualTo(3);
        assertThat(serving("1")).isZero();
    }

    @Test
    @DisplayName("its progress never falls and its events have no gap")
    void monotonous() {
        List<Integer> progress = new CopyOnWriteArrayList<>();
        Deployment first = engine.deploy(shop("1", "ok"), ROLLING);
        while (!first.status().isTerminal()) {
            progress.add(first.progress());
        }
        bring(shop("2", "crash"), ROLLING);

        assertThat(progress).isSorted();
        List<DeploymentEvent> events = engine.events("shop", 0, 1000);
        assertThat(events.stream().map(DeploymentEvent::sequence))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, events.size()).boxed().toList());
    }

    @Test
    @DisplayName("tells followers all of it in order, and ends by itself")
    void follow() throws Exception {
        Deployment deployment = engine.deploy(shop("1", "ok"), ROLLING);
        List<String> seen = new CopyOnWriteArrayList<>();
        CountDownLatch end = new CountDownLatch(1);
        try (AutoCloseable following = deployment.follow(event -> {
            seen.add(event.type());
            if (event.type().equals(DeploymentEventType.COMPLETED)) {
                end.countDown();
            }
        })) {
            assertThat(following).isNotNull();
            end.await();
        }

        assertThat(seen).isEqualTo(types(deployment.id()));
        assertThat(deployment.completion().get().status()).isEqualTo(DeploymentStatus.COMPLETED);
    }

    @Test
    @DisplayName("a plan is shown without doing anything")
    void dryRun() {
        bring(shop("1", "ok"), ROLLING);
        int before = workloads.calls.size();

        Plan plan = engine.plan(shop("2", "ok"), ROLLING);

        assertThat(plan.steps().stream().filter(step -> step instanceof Step.StartInstance))
                .hasSize(3);
        assertThat(plan.steps().stream().filter(step -> step instanceof Step.StopInstance))
                .hasSize(3);
        assertThat(workloads.calls).hasSize(before);
        assertThat(engine.plan(shop("1", "ok"), ROLLING).isEmpty()).isTrue();
    }

    @Test
    @DisplayName("what cannot work is refused with all reasons and recorded nowhere")
    void refused() {
        Application impossible = Application.named("shop")
                .service(
                        "dns",
                        dns -> dns.image("dns:1")
                                .replicas(2)
                                .publish(io.cofferdam.environment.PortMapping.parse("5353:53/udp")))
                .service("a", a -> a.image("a:1").publish(io.cofferdam.environment.PortMapping.fixed(8080, 80)))
                .service("b", b -> b.image("b:1").publish(io.cofferdam.environment.PortMapping.fixed(8080, 80)))
                .build();

        assertThatThrownBy(() -> engine.deploy(impossible, ROLLING))
                .isInstanceOfSatisfying(
                        InvalidInputException.class,
                        refusal -> assertThat(refusal.problems()).hasSize(2));
        assertThat(engine.projects()).isEmpty();
        assertThatThrownBy(
                        () -> engine.deploy(shop("1", "ok"), DeployOptions.with(StrategySettings.named("bule-green"))))
                .hasMessageContaining("blue-green");
    }

    @Test
    @DisplayName("a check of the host's own has the release rolled back, and traffic returns to the old one")
    void ownCheck() {
        try (DeploymentEngine checking = DeploymentEngineBuilder.forTests(workloads)
                .store(DeploymentStore.inMemory())
                .router(router)
                .check((when, application, instances, routes) -> {
                    if (application.version().equals("2") && when.equals("after the switch")) {
                        throw new IllegalStateException("prices are wrong");
                    }
                })
                .open()) {
            checking.deploy(shop("1", "ok"), BLUE_GREEN).await(PATIENCE);

            DeploymentRecord record =
                    checking.deploy(shop("2", "ok"), BLUE_GREEN).await(PATIENCE);

            assertThat(record.status()).isEqualTo(DeploymentStatus.ROLLED_BACK);
            assertThat(record.message()).contains("prices are wrong");
            assertThat(serving("1")).isEqualTo(3);
            assertThat(serving("2")).isZero();
            assertThat(shareOf("1")).isBetween(99L, 100L);
        }
    }

    @Test
    @DisplayName("closing it in the middle leaves the work, and the next engine takes it up")
    void closedInTheMiddle() throws Exception {
        bring(shop("1", "ok"), ROLLING);
        Deployment deployment = engine.deploy(
                shop("2", "ok"), DeployOptions.with(StrategySettings.canary(List.of(new CanaryStep(10, null)))));
        awaitStatus(deployment, DeploymentStatus.PAUSED);
        engine.close();
        assertThat(store.find(deployment.id()).orElseThrow().status()).isEqualTo(DeploymentStatus.PAUSED);

        DeploymentEngine next = open();
        awaitEvents(deployment, DeploymentEventType.RESUMED_WORK, 1);
        Deployment found = next.find(deployment.id()).orElseThrow();
        found.promote();

        assertThat(found.await(PATIENCE).status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(Set.copyOf(types(found.id()))).contains(DeploymentEventType.COMPLETED);
    }
}
