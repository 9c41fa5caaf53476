package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.docker.watcher.DockerSweeper;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Leftover;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Labels;
import io.cofferdam.watcher.Sweeper;
import io.cofferdam.watcher.Watcher;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How long things live on Docker when the JVM that made them does not end as it should. */
@OnDocker
@Timeout(60)
class WatcherOnDockerTest {

    private static final Duration PROMISE = Duration.ofSeconds(10);

    private final String run = "w" + UUID.randomUUID().toString().substring(0, 8);
    private final List<Process> processes = new ArrayList<>();
    private final EngineHttp http;
    private final DockerDriver driver = DockerDriver.open(EngineConfig.defaults(), Surroundings.ofThisJvm());
    private final io.cofferdam.concurrent.Threads threads = io.cofferdam.concurrent.Threads.named("look");

    WatcherOnDockerTest() {
        http = new EngineHttp(
                EngineAddress.parse(endpoint(), null), ApiVersion.parse("1.41").orElseThrow(), 2, threads);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        eventually(() -> left().isEmpty());
        http.close();
        threads.close();
        driver.close();
    }

    private String endpoint() {
        return driver.info(Deadline.in(PROMISE)).endpoint();
    }

    private Process victim(String host, String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                run));
        words.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("DOCKER_HOST", host);
        Process victim = builder.start();
        processes.add(victim);
        return victim;
    }

    private static void awaitReady(Process victim) throws IOException {
        BufferedReader out = new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8));
        assertThat(out.readLine()).isEqualTo("ready");
    }

    private static void kill(Process victim) throws InterruptedException {
        victim.destroyForcibly().waitFor();
    }

    private static void eventually(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PROMISE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("within " + PROMISE).isLessThan(end);
        }
    }

    /** What is on the engine of this test, asked without the sweepers. */
    private List<String> left() {
        List<String> left = new ArrayList<>();
        Deadline deadline = Deadline.in(PROMISE);
        Operation operation = Operation.of("look", "looking", "what is left");
        http.json(operation, HttpRequest.get("/containers/json?all=1"), deadline)
                .forEach(container -> left.add(container.path("Names").path(0).asText("")));
        http.json(operation, HttpRequest.get("/networks"), deadline)
                .forEach(network -> left.add(network.path("Name").asText("")));
        left.removeIf(name -> !name.contains(run));
        return left;
    }

    private static List<ProcessHandle> watchers(Process of) {
        return of.children()
                .filter(child -> child.info().arguments().stream()
                        .flatMap(java.util.Arrays::stream)
                        .anyMatch(Watcher.class.getName()::equals))
                .toList();
    }

    @Test
    @DisplayName("a JVM that is killed leaves no container and no network; what a living one made stays")
    void killed() throws Exception {
        try (Orchestrator living = new DockerProvider().open(EngineConfig.defaults());
                IsolatedEnvironment mine = living.environments()
                        .run(Victim.idle(run + "-mine").stack(run + "-own").build())) {
            Process victim = victim(endpoint(), "session");
            awaitReady(victim);
            assertThat(left()).hasSizeGreaterThanOrEqualTo(4);

            kill(victim);

            eventually(() -> left().size() == 2);
            assertThat(left())
                    .anyMatch(name -> name.equals("/" + run + "-mine"))
                    .anyMatch(name -> name.endsWith("-own"));
            assertThat(mine.status().state()).isEqualTo(EnvironmentState.RUNNING);
        }
    }

    @Test
    @DisplayName("a container whose creation reaches the engine only when the JVM is dead is removed as well")
    void inFlight() throws Exception {
        try (StallingProxy proxy = new StallingProxy(endpoint(), run + "-created")) {
            Process victim = victim(proxy.address(), "session");
            assertThat(proxy.arrived.await(20, TimeUnit.SECONDS)).isTrue();
            kill(victim);
            eventually(() -> left().isEmpty());

            proxy.release.countDown();

            assertThat(proxy.delivered.await(10, TimeUnit.SECONDS)).isTrue();
            eventually(() -> !left().isEmpty());
            eventually(() -> left().isEmpty());
        }
    }

    @Test
    @DisplayName(
            "an environment with an end in time is removed then, also when its JVM has closed its engine and ended")
    void timed() throws Exception {
        Process victim = victim(endpoint(), "ttl", "4000");
        assertThat(victim.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(left()).containsExactly("/" + run + "-timed");

        eventually(() -> left().isEmpty());
    }

    @Test
    @DisplayName("when the watcher is killed together with its JVM, the next start sweeps")
    void nextStart() throws Exception {
        Process victim = victim(endpoint(), "session");
        awaitReady(victim);
        List<ProcessHandle> watchers = watchers(victim);
        assertThat(watchers).hasSize(1);
        // It gets no time to do anything.
        new ProcessBuilder("kill", "-STOP", Long.toString(watchers.get(0).pid()))
                .start()
                .waitFor();
        kill(victim);
        watchers.forEach(ProcessHandle::destroyForcibly);

        try (Orchestrator next = new DockerProvider().open(EngineConfig.defaults())) {
            List<Leftover> found = next.leftovers();
            next.sweep();

            assertThat(found)
                    .filteredOn(left -> left.name().contains(run))
                    .extracting(Leftover::kind)
                    .contains(Leftover.Kind.ENVIRONMENT, Leftover.Kind.NETWORK);
            assertThat(left()).isEmpty();
        }
    }

    @Test
    @DisplayName("a JVM that is killed when it has emptied a volume to restore it has not lost what was in it")
    void restoring() throws Exception {
        // What the volume holds is archived to its backup, then a file replaces it all, then the snapshot's content
        // comes.
        try (StallingProxy proxy = new StallingProxy(endpoint(), Pattern.compile("PUT /"), 4)) {
            Process victim = victim(proxy.address(), "restore");
            awaitReady(victim);
            assertThat(proxy.arrived.await(20, TimeUnit.SECONDS)).isTrue();
            kill(victim);

            eventually(() -> volumesOf(victim).isEmpty());
        }

        try (Orchestrator next = new DockerProvider().open(EngineConfig.defaults());
                IsolatedEnvironment kept = next.environments().get(run + "-kept")) {
            kept.start();
            assertThat(kept.exec("cat", "/data/a", "/data/b").stdout()).isEqualTo("newer\nnewest\n");
            assertThat(left()).containsExactly("/" + run + "-kept");
            kept.remove();
            next.volumes().remove(run + "-data");
            next.snapshots().remove(run + "-snapshot");
        }
    }

    @Test
    @DisplayName("an environment that is frozen to be saved goes on when the JVM that saves it is killed")
    void saving() throws Exception {
        try (StallingProxy proxy = new StallingProxy(endpoint(), Pattern.compile("PUT /"), 1)) {
            Process victim = victim(proxy.address(), "save");
            assertThat(proxy.arrived.await(20, TimeUnit.SECONDS)).isTrue();
            try (Orchestrator next = new DockerProvider().open(EngineConfig.defaults());
                    IsolatedEnvironment kept = next.environments().get(run + "-kept")) {
                assertThat(kept.status().state()).isEqualTo(EnvironmentState.PAUSED);

                kill(victim);

                eventually(() -> kept.status().state() == EnvironmentState.RUNNING);
                eventually(() -> volumesOf(victim).isEmpty());
                assertThat(next.snapshots().find(run + "-snapshot")).isEmpty();
                kept.remove();
                next.volumes().remove(run + "-data");
            }
        }
    }

    @Test
    @DisplayName("a JVM that is killed while it copies files out leaves none beside their target")
    void copying(@TempDir Path folder) throws Exception {
        try (StallingProxy proxy = new StallingProxy(endpoint(), Pattern.compile("GET \\S*/archive\\?"), 1)) {
            Process victim = victim(proxy.address(), "copy", folder.toString());
            assertThat(proxy.arrived.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(folder).isNotEmptyDirectory();

            kill(victim);

            eventually(() -> entries(folder) == 0);
        }
        try (Orchestrator next = new DockerProvider().open(EngineConfig.defaults())) {
            next.environments().get(run + "-kept").remove();
            next.volumes().remove(run + "-data");
        }
    }

    private static long entries(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.count();
        }
    }

    /** What a process has made for the time of a call. */
    private List<String> volumesOf(Process owner) {
        List<String> names = new ArrayList<>();
        http.json(
                        Operation.of("look", "looking", "what is left"),
                        HttpRequest.get("/volumes?filters=" + Json.filters(Map.of("label", List.of(Labels.OWNER)))),
                        Deadline.in(PROMISE))
                .path("Volumes")
                .forEach(volume -> {
                    boolean lasting = volume.path("Name").asText("").endsWith(run + "-data");
                    boolean its =
                            volume.path("Labels").path(Labels.OWNER).asText("").contains(":" + owner.pid() + ":");
                    if (its && !lasting) {
                        names.add(volume.path("Name").asText(""));
                    }
                });
        return names;
    }

    @Test
    @DisplayName("an engine that is away when the JVM dies is swept when it is back")
    void engineAway() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(Watcher.SWEEPER, DockerSweeper.class.getName());
        settings.put(Watcher.PID, "999999999");
        settings.put(Watcher.START, "1");
        settings.put(Sweeper.OWNER, "somebody");
        settings.put(DockerSweeper.API, "1.41");
        settings.put(DockerSweeper.HOST, "127.0.0.1");
        settings.put(DockerSweeper.PORT, Integer.toString(port));
        Process watcher = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Watcher.class.getName())
                .start();
        processes.add(watcher);
        StringBuilder text = new StringBuilder();
        settings.forEach((key, value) -> text.append(key)
                .append(' ')
                .append(Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)))
                .append('\n'));
        watcher.getOutputStream().write((text + "\n").getBytes(StandardCharsets.UTF_8));
        watcher.getOutputStream().close();
        assertThat(watcher.waitFor(1, TimeUnit.SECONDS)).isFalse();

        ServerSocket server = new ServerSocket();
        server.bind(new InetSocketAddress("127.0.0.1", port));
        try (FakeEngine engine = new FakeEngine(server, (request, exchange) -> {
            if (request.method().equals("DELETE")) {
                exchange.answer(204, "");
            } else if (request.path().contains("/containers/json")
                    && request.path().contains("owner")) {
                exchange.json("[{\"Id\":\"c1\",\"Names\":[\"/left\"],\"Labels\":{\"" + Labels.OWNER
                        + "\":\"somebody\",\"" + Labels.LIFETIME + "\":\"session\"}}]");
            } else {
                exchange.json("[]");
            }
        })) {
            eventually(() -> engine.requests.contains("DELETE /v1.41/containers/c1?force=1&v=1"));
        }
    }
}
