package io.cofferdam.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.Capability;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.RestartPolicy;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.StartFailedException;
import io.cofferdam.error.UnsupportedCapabilityException;
import io.cofferdam.error.WrongStateException;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Environments as pods of a real cluster. */
@OnKubernetes
@Timeout(300)
class EnvironmentsOnKubernetesTest {

    private static final String IMAGE = "cofferdam-test/busybox:1";
    private static final String LABEL = "cofferdam-kubernetes-test";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String IDLE = "trap 'exit 0' TERM; sleep 3600 & wait";

    private static Orchestrator engine;

    private final String unique =
            HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());

    @TempDir
    private Path folder;

    @BeforeAll
    static void open() {
        engine = new KubernetesProvider().open(OnKubernetes.CONFIG);
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @AfterEach
    void removeWhatWasMade() {
        LabelSelector mine = LabelSelector.of(LABEL, unique);
        engine.environments().select(mine).remove().orThrow();
        engine.volumes().list(mine).forEach(volume -> engine.volumes().remove(volume.name()));
        assertThat(engine.environments().statuses(mine)).isEmpty();
    }

    private String name(String word) {
        return word + "-" + unique;
    }

    private EnvironmentSpec.Builder shell(String word, String script) {
        return EnvironmentSpec.image(IMAGE)
                .withCommand("sh", "-c", script)
                .name(name(word))
                .label(LABEL, unique)
                .startTimeout(PATIENCE);
    }

    private IsolatedEnvironment run(String word, String script) {
        return engine.environments()
                .run(shell(word, script).readyWhen(Readiness.running()).build());
    }

    private static String text(List<LogLine> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line.text()).append('\n'));
        return text.toString();
    }

    @Test
    @DisplayName("an environment is created, started, stopped, started again and removed; its logs and its name stay")
    void lifecycle() {
        IsolatedEnvironment environment = engine.environments()
                .create(shell("web", "trap 'echo bye; exit 7' TERM; echo up; sleep 3600 & wait")
                        .readyWhen(Readiness.log("up"))
                        .build());
        assertThat(environment.status().state()).isEqualTo(EnvironmentState.CREATED);

        environment.start();
        assertThat(environment.status().state()).isEqualTo(EnvironmentState.RUNNING);

        environment.stop(PATIENCE);
        assertThat(environment.status().state()).isEqualTo(EnvironmentState.EXITED);
        assertThat(environment.status().exitCode()).hasValue(7);
        assertThat(text(environment.logs(LogQuery.all()))).isEqualTo("up\nbye\n");

        environment.start();
        assertThat(text(environment.logs(LogQuery.all()))).isEqualTo("up\nbye\nup\n");
        assertThat(engine.environments().get(name("web")).id()).isEqualTo(environment.id());

        environment.remove();
        assertThat(environment.status().state()).isEqualTo(EnvironmentState.REMOVED);
        assertThat(engine.environments().find(name("web"))).isEmpty();
    }

    @Test
    @DisplayName("a stop without grace, and one whose grace is over, end by force: exit code 137")
    void force() {
        IsolatedEnvironment polite = run("polite", "trap 'echo bye; exit 7' TERM; echo up; sleep 3600 & wait");
        IsolatedEnvironment stubborn = run("stubborn", "trap '' TERM; while :; do sleep 1; done");

        polite.stop(Duration.ZERO);
        stubborn.stop(Duration.ofMillis(300));

        assertThat(polite.status().exitCode()).hasValue(137);
        assertThat(text(polite.logs(LogQuery.all()))).doesNotContain("bye");
        assertThat(stubborn.status().exitCode()).hasValue(137);
    }

    @Test
    @DisplayName("the stop signal of the specification is the one that is sent")
    void stopSignal() {
        IsolatedEnvironment environment = engine.environments()
                .run(shell("web", "trap 'exit 9' INT; trap '' TERM; echo up; while :; do sleep 0.1; done")
                        .stopSignal("SIGINT")
                        .readyWhen(Readiness.log("up"))
                        .build());

        environment.stop(PATIENCE);

        assertThat(environment.status().exitCode()).hasValue(9);
    }

    @Test
    @DisplayName("exit codes are told, and awaited")
    void exitCodes() {
        assertThat(run("zero", "exit 0").awaitExit(PATIENCE)).isZero();
        assertThat(run("some", "exit 42").awaitExit(PATIENCE)).isEqualTo(42);
    }

    @Test
    @DisplayName("exec: output of both streams, exit codes, variables, directory, and input to its end")
    void exec() {
        IsolatedEnvironment environment = run("web", IDLE);

        var both = environment.exec("sh", "-c", "echo out; echo err >&2; exit 5");
        assertThat(both.exitCode()).isEqualTo(5);
        assertThat(both.stdout()).isEqualTo("out\n");
        assertThat(both.stderr()).isEqualTo("err\n");

        var here = environment.exec(ExecSpec.of("sh", "-c", "echo \"$PWD $COLOUR\"")
                .withWorkingDirectory("/tmp")
                .withEnv("COLOUR", "sea green"));
        assertThat(here.stdout()).isEqualTo("/tmp sea green\n");

        byte[] input = new byte[3_000_000];
        new Random(1).nextBytes(input);
        ByteArrayOutputStream echoed = new ByteArrayOutputStream();
        var cat = environment.exec(ExecSpec.of("cat")
                .withStdin(new java.io.ByteArrayInputStream(input))
                .withStdout(echoed));
        assertThat(cat.exitCode()).isZero();
        assertThat(echoed.toByteArray()).isEqualTo(input);

        assertThat(environment.exec("no-such-program").exitCode()).isEqualTo(127);
    }

    @Test
    @DisplayName("exec: a command whose time is over is killed")
    void execTimeout() throws InterruptedException {
        IsolatedEnvironment environment = run("web", IDLE);
        long begin = System.nanoTime();

        assertThatThrownBy(() -> environment.exec(ExecSpec.of("sleep", "4321").withTimeout(Duration.ofSeconds(2))))
                .isInstanceOf(OperationTimeoutException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        eventually(() -> !environment.exec("ps").stdout().contains("sleep 4321"));
    }

    @Test
    @DisplayName("exec and copies need one that runs; what pods cannot do is refused by name")
    void refusals() {
        IsolatedEnvironment created =
                engine.environments().create(shell("web", IDLE).build());

        assertThatThrownBy(() -> created.exec("true")).isInstanceOf(WrongStateException.class);
        assertThatThrownBy(created::pause)
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessageContaining("cannot freeze pods");
        assertThatThrownBy(() -> created.logs(LogQuery.all().only(LogLine.Stream.STDERR)))
                .isInstanceOf(UnsupportedCapabilityException.class);
        assertThatThrownBy(() -> engine.images().list())
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessageContaining("image-store");
    }

    @Test
    @DisplayName("files and folders are copied in and out, permissions kept")
    void copies() throws Exception {
        Path tree = Files.createDirectories(folder.resolve("tree/deep"));
        Files.writeString(tree.resolve("Zoë.txt"), "ä".repeat(100_000));
        Path script = Files.writeString(tree.resolve("run.sh"), "echo ran");
        Files.setPosixFilePermissions(script, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-x---"));
        IsolatedEnvironment environment = run("web", IDLE);

        environment.copyIn(folder.resolve("tree"), "/data/new/tree");
        assertThat(environment.exec("/data/new/tree/deep/run.sh").stdout()).isEqualTo("ran\n");
        environment.copyOut("/data/new/tree", folder.resolve("back"));

        assertThat(folder.resolve("back/deep/Zoë.txt")).hasSameTextualContentAs(tree.resolve("Zoë.txt"));
        assertThat(Files.isExecutable(folder.resolve("back/deep/run.sh"))).isTrue();
        assertThatThrownBy(() -> environment.copyOut("/no/such", folder.resolve("x")))
                .hasMessageContaining("there is no such path inside");
    }

    @Test
    @DisplayName("variables with awkward values reach the program, and their values are in no pod")
    void variables() {
        IsolatedEnvironment environment = engine.environments()
                .run(shell("web", "printf '%s|%s|%s\\n' \"$PLAIN\" \"$AWKWARD\" '$(PLAIN) $$'; " + IDLE)
                        .env("PLAIN", "blue")
                        .secretEnv("AWKWARD", "a'b\"c $(PLAIN) $PLAIN\\")
                        .readyWhen(Readiness.log("blue"))
                        .build());

        assertThat(text(environment.logs(LogQuery.all()))).isEqualTo("blue|a'b\"c $(PLAIN) $PLAIN\\|$(PLAIN) $$\n");
        assertThat(engine.environments().get(name("web")).spec().env()).containsEntry("PLAIN", "blue");
    }

    @Test
    @DisplayName("a web server is ready when it answers, and is reached at its endpoint")
    void web() throws Exception {
        IsolatedEnvironment environment = engine.environments()
                .run(EnvironmentSpec.image("cofferdam-test/web:1")
                        .name(name("web"))
                        .label(LABEL, unique)
                        .port(8080)
                        .readyWhen(Readiness.http(8080, "/version"))
                        .startTimeout(PATIENCE)
                        .build());
        org.junit.jupiter.api.Assumptions.assumeTrue(
                !environment.status().endpoints().isEmpty(), "pods of this cluster cannot be reached from here");

        URI uri = environment.endpoint(8080).uri("http").resolve("/version");
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("1");
    }

    @Test
    @DisplayName("a name is one's own, and free again after the removal")
    void names() {
        IsolatedEnvironment first =
                engine.environments().create(shell("web", IDLE).build());
        assertThatThrownBy(() -> engine.environments().create(shell("web", IDLE).build()))
                .isInstanceOf(NameTakenException.class)
                .hasMessageContaining(name("web"));
        first.remove();

        IsolatedEnvironment second =
                engine.environments().create(shell("web", IDLE).build());

        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(engine.environments().get(name("web")).id()).isEqualTo(second.id());
    }

    @Test
    @DisplayName("labels of any length and letters are kept, and selected by")
    void labels() {
        String awkward = "Änne \"the\" ops, = team " + "x".repeat(100);
        engine.environments()
                .create(shell("web", IDLE).label("com.example/owner", awkward).build());

        assertThat(engine.environments()
                        .statuses(LabelSelector.of("com.example/owner", awkward).and(LABEL, unique)))
                .singleElement()
                .satisfies(status -> assertThat(status.labels()).containsEntry("com.example/owner", awkward));
        assertThat(engine.environments()
                        .statuses(LabelSelector.of("com.example/owner", "other").and(LABEL, unique)))
                .isEmpty();
    }

    @Test
    @DisplayName("what goes wrong at a start is told: no such program, no such image")
    void startsThatFail() {
        IsolatedEnvironment noProgram = engine.environments()
                .create(shell("program", "").withCommand("no-such-program").build());
        IsolatedEnvironment noImage = engine.environments()
                .create(shell("image", "")
                        .withImage("cofferdam-test/no-such-image:1")
                        .pullPolicy(io.cofferdam.environment.PullPolicy.NEVER)
                        .build());

        assertThatThrownBy(noProgram::start)
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("does not exist in the image")
                .hasMessageContaining(name("program"));
        assertThatThrownBy(noImage::start)
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining("no-such-image");
        assertThat(noImage.status().state()).isEqualTo(EnvironmentState.CREATED);
    }

    @Test
    @DisplayName("events tell what happens to environments, whoever does it")
    void events() throws InterruptedException {
        BlockingQueue<EnvironmentEvent> heard = new LinkedBlockingQueue<>();
        try (var subscription = engine.events().subscribe(EnvironmentEvent.class, event -> {
                    if (event.name().equals(name("web"))) {
                        heard.add(event);
                    }
                });
                Orchestrator other = new KubernetesProvider().open(OnKubernetes.CONFIG)) {
            other.environments()
                    .run(shell("web", "exit 3").readyWhen(Readiness.running()).build())
                    .awaitExit(PATIENCE);
            other.environments().get(name("web")).remove();

            List<String> kinds = new ArrayList<>();
            while (!kinds.contains("Removed")) {
                EnvironmentEvent event = heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                assertThat(event).as("after %s", kinds).isNotNull();
                kinds.add(event.getClass().getSimpleName());
                if (event instanceof EnvironmentEvent.Exited exited) {
                    assertThat(exited.exitCode()).isEqualTo(3);
                }
            }
            assertThat(kinds).containsSubsequence("Created", "Started", "Exited", "Removed");
            assertThat(subscription).isNotNull();
        }
    }

    @Test
    @DisplayName("restart policies and health checks are kept by the library: a unit of its own for each run")
    void restarts() throws InterruptedException {
        IsolatedEnvironment environment = engine.environments()
                .run(shell("job", "echo run; exit 3")
                        .restart(RestartPolicy.onFailure(2))
                        .readyWhen(Readiness.running())
                        .build());

        assertThat(environment.awaitExit(PATIENCE)).isEqualTo(3);

        assertThat(text(environment.logs(LogQuery.all()))).isEqualTo("run\nrun\nrun\n");
        assertThat(environment.status().restarts()).isEqualTo(2);
    }

    @Test
    @DisplayName("a health check by a command says when it is ready")
    void health() {
        IsolatedEnvironment environment = engine.environments()
                .run(shell("web", "sleep 1; touch /tmp/ok; " + IDLE)
                        .healthCheck(HealthCheck.of(new Probe.Command(List.of("test", "-f", "/tmp/ok")))
                                .withInterval(Duration.ofMillis(500)))
                        .build());

        assertThat(environment.exec("test", "-f", "/tmp/ok").succeeded()).isTrue();
    }

    @Test
    @DisplayName("a follower hears each line as it is written, to the end")
    void follow() throws Exception {
        IsolatedEnvironment environment = run(
                "web",
                "echo one; until [ -f /tmp/go ]; do sleep 0.1; done; i=0; while [ $i -lt 2000 ]; do echo line $i;"
                        + " i=$((i+1)); done");
        List<String> seen = new java.util.concurrent.CopyOnWriteArrayList<>();
        try (var follower = environment.follow(LogQuery.all(), line -> seen.add(line.text()))) {
            environment.exec("touch", "/tmp/go");
            assertThat(follower.awaitEnd(PATIENCE)).isTrue();
        }

        assertThat(seen).hasSize(2001).startsWith("one").endsWith("line 1999").doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("a line of any length is told without the times that nodes put into it")
    void longLine() {
        IsolatedEnvironment environment = run("job", "head -c 100000 /dev/zero | tr '\\0' x; echo; echo end");
        environment.awaitExit(PATIENCE);

        StringBuilder text = new StringBuilder();
        environment
                .logs(LogQuery.all())
                .forEach(line -> text.append(line.text()).append(line.complete() ? "\n" : ""));

        assertThat(text.toString()).isEqualTo("x".repeat(100_000) + "\nend\n");
    }

    @Test
    @DisplayName("a volume keeps what is written to it over a stop and a start")
    void volumes() {
        if (!engine.capabilities().has(Capability.VOLUMES)) {
            return;
        }
        IsolatedEnvironment environment = engine.environments()
                .run(shell("web", "echo run >> /data/runs; " + IDLE)
                        .mount(Mount.temporary("/data"))
                        .readyWhen(Readiness.command("test", "-f", "/data/runs"))
                        .build());

        environment.restart();

        assertThat(environment.exec("cat", "/data/runs").stdout()).isEqualTo("run\nrun\n");
    }

    @Test
    @DisplayName("an update puts another pod under the same name")
    void update() {
        IsolatedEnvironment environment = run("web", "echo old; " + IDLE);
        String before = environment.id();

        environment.update(shell("web", "echo new; " + IDLE)
                .readyWhen(Readiness.log("new"))
                .build());

        assertThat(environment.id()).isNotEqualTo(before);
        assertThat(text(engine.environments().get(name("web")).logs(LogQuery.all())))
                .isEqualTo("new\n");
    }

    @Test
    @DisplayName("a start that is interrupted ends at once and leaves no pod")
    void interrupted() throws Exception {
        IsolatedEnvironment environment = engine.environments()
                .create(shell("web", IDLE).readyWhen(Readiness.log("never")).build());
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread starter = new Thread(() -> {
            try {
                environment.start(PATIENCE);
                failure.complete(new AssertionError("it was ready"));
            } catch (RuntimeException interrupted) {
                failure.complete(interrupted);
            }
        });
        starter.start();
        starter.interrupt();

        assertThat(failure.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(io.cofferdam.error.OperationInterruptedException.class);
    }

    @Test
    @DisplayName("closing leaves no thread")
    void noThreadIsLeft() throws InterruptedException {
        String mark = "cofferdam-kubernetes";
        long before = threads(mark);
        try (Orchestrator other = new KubernetesProvider().open(OnKubernetes.CONFIG)) {
            other.environments().statuses(LabelSelector.of(LABEL, unique));
            assertThat(other.info().version()).isNotBlank();
        }

        eventually(() -> threads(mark) <= before);
    }

    @Test
    @DisplayName("a context or a cluster that is not there is told with what there is")
    void noSuchContext() {
        EngineConfig config = OnKubernetes.CONFIG.toBuilder()
                .option("kubernetes.context", "nowhere")
                .build();

        assertThatThrownBy(() -> new KubernetesProvider().open(config))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageContaining("there is no context 'nowhere'");
    }

    private static long threads(String mark) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(mark))
                .count();
    }

    private static void eventually(java.util.function.BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }
}
