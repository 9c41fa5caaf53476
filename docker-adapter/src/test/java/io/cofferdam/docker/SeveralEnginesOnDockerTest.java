package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LogFollower;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.event.Subscription;
import io.cofferdam.resource.NetworkSpec;
import io.cofferdam.resource.VolumeSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two engines of Docker and two of processes in one JVM. */
@OnDocker
@Timeout(120)
class SeveralEnginesOnDockerTest {

    /** From this version on the library's threads are virtual, which the system does not list. */
    private static final int FIRST_WITH_VIRTUAL_THREADS = 24;

    private static final String LOOP = "trap 'exit 0' TERM; i=0; while :; do echo tick; sleep 0.05; done";

    private final String run = "s" + UUID.randomUUID().toString().substring(0, 8);
    private final ExecutorService callers = Executors.newCachedThreadPool();

    @TempDir
    private Path state;

    @AfterEach
    void stopCallers() {
        callers.shutdownNow();
    }

    private EngineConfig prefixed(String prefix) {
        return EngineConfig.builder()
                .networkPrefix(run + prefix)
                .volumePrefix(run + prefix)
                .build();
    }

    private EngineConfig inState(String name) {
        return EngineConfig.builder().stateDirectory(state.resolve(name)).build();
    }

    private EnvironmentSpec.Builder shell(String name, String script) {
        return EnvironmentSpec.image(Docker.BUSYBOX)
                .name(run + "-" + name)
                .withCommand("sh", "-c", script)
                .readyWhen(Readiness.running());
    }

    @Test
    @DisplayName("closing one in the middle of its start, follow and wait disturbs none of the others")
    void closeOfOne() throws Exception {
        List<Orchestrator> survivors = new ArrayList<>();
        try {
            survivors.add(Cofferdam.open(Cofferdam.DOCKER, prefixed("b")));
            survivors.add(Cofferdam.open(Cofferdam.PROCESS, inState("c")));
            survivors.add(Cofferdam.open(Cofferdam.PROCESS, inState("d")));
            Orchestrator doomed = Cofferdam.open(Cofferdam.DOCKER, prefixed("a"));
            List<CountDownLatch> ticks = new ArrayList<>();
            List<LogFollower> followers = new ArrayList<>();
            List<Future<Integer>> waits = new ArrayList<>();
            for (int i = 0; i < survivors.size(); i++) {
                IsolatedEnvironment other = survivors
                        .get(i)
                        .environments()
                        .run(shell("other" + i, LOOP).build());
                CountDownLatch seen = new CountDownLatch(1);
                ticks.add(seen);
                followers.add(other.follow(LogQuery.all(), line -> seen.countDown()));
                waits.add(callers.submit(() -> other.awaitExit(Duration.ofSeconds(60))));
            }
            IsolatedEnvironment mine =
                    doomed.environments().run(shell("mine", LOOP).build());
            LogFollower mineFollower = mine.follow(LogQuery.all(), line -> {});
            CompletableFuture<Void> starting = new CompletableFuture<>();
            Future<IsolatedEnvironment> start = callers.submit(() -> {
                starting.complete(null);
                return doomed.environments()
                        .run(shell("slow", LOOP)
                                .readyWhen(Readiness.log("never"))
                                .build());
            });
            starting.get(10, TimeUnit.SECONDS);
            Future<Integer> wait = callers.submit(() -> mine.awaitExit(Duration.ofSeconds(60)));

            doomed.close();

            assertThatThrownBy(() -> start.get(20, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
            assertThatThrownBy(() -> wait.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(ClosedException.class);
            mineFollower.close();
            for (int i = 0; i < survivors.size(); i++) {
                assertThat(ticks.get(i).await(20, TimeUnit.SECONDS)).isTrue();
                assertThat(waits.get(i).isDone()).isFalse();
                IsolatedEnvironment other = survivors.get(i).environments().get(run + "-other" + i);
                assertThat(other.status().state()).isEqualTo(EnvironmentState.RUNNING);
                assertThat(other.exec("echo", "here").stdout()).isEqualTo("here\n");
                other.stop();
                assertThat(waits.get(i).get(20, TimeUnit.SECONDS)).isZero();
                followers.get(i).close();
            }
            assertThat(survivors.get(0).environments().find(run + "-mine")).isEmpty();
            assertThat(survivors.get(0).environments().find(run + "-slow")).isEmpty();
        } finally {
            survivors.forEach(Orchestrator::close);
        }
    }

    @Test
    @DisplayName("each has its own networks and volumes by its prefix, and its own events")
    void separate() throws Exception {
        try (Orchestrator one = Cofferdam.open(Cofferdam.DOCKER, prefixed("a"));
                Orchestrator two = Cofferdam.open(Cofferdam.DOCKER, prefixed("b"));
                Orchestrator three = Cofferdam.open(Cofferdam.PROCESS, inState("c"));
                Orchestrator four = Cofferdam.open(Cofferdam.PROCESS, inState("d"))) {
            List<Orchestrator> all = List.of(one, two, three, four);
            for (Orchestrator engine : all) {
                engine.networks().create(NetworkSpec.named("backend"));
                engine.volumes().create(VolumeSpec.temporary("data"));
            }
            assertThat(all.stream()
                            .map(engine -> engine.networks()
                                    .find("backend")
                                    .orElseThrow()
                                    .id())
                            .limit(2)
                            .collect(Collectors.toSet()))
                    .hasSize(2);
            one.networks().remove("backend");
            assertThat(two.networks().find("backend")).isPresent();

            CountDownLatch inThree = new CountDownLatch(1);
            List<String> inFour = new ArrayList<>();
            try (Subscription first =
                            three.events().subscribe(EnvironmentEvent.Started.class, event -> inThree.countDown());
                    Subscription second =
                            four.events().subscribe(EnvironmentEvent.class, event -> inFour.add(event.name()))) {
                three.environments().run(shell("web", LOOP).build());
                assertThat(inThree.await(20, TimeUnit.SECONDS)).as("%s", first).isTrue();
                assertThat(four.environments().find(run + "-web")).isEmpty();
                assertThat(second).isNotNull();
            }
            assertThat(inFour).isEmpty();
        }
    }

    @Test
    @DisplayName("the threads of two engines are different ones, and each engine's are gone after its close")
    void threads() {
        Set<Thread> before = running();
        Orchestrator one = Cofferdam.open(Cofferdam.DOCKER, prefixed("a"));
        one.events();
        Set<Thread> ofOne = running();
        ofOne.removeAll(before);
        Orchestrator two = Cofferdam.open(Cofferdam.DOCKER, prefixed("b"));
        two.events();
        Set<Thread> ofTwo = running();
        ofTwo.removeAll(before);
        ofTwo.removeAll(ofOne);
        try {
            one.close();

            if (Runtime.version().feature() < FIRST_WITH_VIRTUAL_THREADS) {
                assertThat(ofOne).isNotEmpty();
            }
            assertThat(ofOne).noneMatch(SeveralEnginesOnDockerTest::isOurs);
            assertThat(two.info().engine()).isEqualTo("docker");
        } finally {
            two.close();
            one.close();
        }
        assertThat(ofTwo).noneMatch(SeveralEnginesOnDockerTest::isOurs);
    }

    /** Platform threads; virtual ones, where threads are virtual, are not listed by the system. */
    private static Set<Thread> running() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(SeveralEnginesOnDockerTest::isOurs)
                .collect(Collectors.toCollection(java.util.HashSet::new));
    }

    private static boolean isOurs(Thread thread) {
        return thread.isAlive() && thread.getName().startsWith("cofferdam-docker");
    }

    @Test
    @DisplayName("configuration: the default image, the default start timeout and the volume directory are used")
    void configuration() {
        EngineConfig config = prefixed("a").toBuilder()
                .defaultImage(Docker.BUSYBOX)
                .startTimeout(Duration.ofSeconds(7))
                .volumeDirectory(state.resolve("volumes"))
                .build();
        try (Orchestrator engine = Cofferdam.open(Cofferdam.DOCKER, config)) {
            engine.volumes().create(VolumeSpec.temporary("data"));
            IsolatedEnvironment environment = engine.environments()
                    .run(EnvironmentSpec.command("sh", "-c", "echo kept > /data/file; sleep 1000")
                            .name(run + "-web")
                            .mount(Mount.volume("data", "/data"))
                            .readyWhen(Readiness.running())
                            .stopGrace(Duration.ZERO)
                            .build());

            assertThat(environment.spec().image()).contains(Docker.BUSYBOX);
            assertThat(environment.spec().startTimeout()).hasSeconds(7);
            assertThat(environment.exec("cat", "/data/file").stdout()).isEqualTo("kept\n");
            assertThat(state.resolve("volumes").resolve(run + "adata").resolve("file"))
                    .hasContent("kept\n");
        }
        assertThat(state.resolve("volumes").resolve(run + "adata")).doesNotExist();
        assertThat(Files.isDirectory(state.resolve("volumes"))).isTrue();
    }

    @Test
    @DisplayName("configuration: options that nobody knows are refused with the nearest known name, all at once")
    void unknownOptions() {
        EngineConfig config = EngineConfig.builder()
                .option("process.namespace", "off")
                .option("colour", "blue")
                .build();

        assertThatThrownBy(() -> Cofferdam.open(Cofferdam.DOCKER, config))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(
                        "option process.namespace: no back end knows it; did you mean process.namespaces?")
                .hasMessageContaining("option colour");
        assertThatThrownBy(() -> new DockerProvider().open(config))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("colour");
        assertThat(Map.of("known to processes only", "process.namespaces").values())
                .allSatisfy(known -> {
                    try (Orchestrator engine = new DockerProvider()
                            .open(EngineConfig.builder().option(known, "off").build())) {
                        assertThat(engine.info().engine()).isEqualTo("docker");
                    }
                });
    }
}
