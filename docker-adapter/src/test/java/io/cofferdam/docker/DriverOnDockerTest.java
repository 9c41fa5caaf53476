package io.cofferdam.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.driver.Unit;
import io.cofferdam.driver.UnitEvent;
import io.cofferdam.driver.Watch;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.RestartPolicy;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.PortTakenException;
import io.cofferdam.error.StartFailedException;
import io.cofferdam.error.WrongStateException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only Docker does, or does in its own way, on a real engine. */
@OnDocker
@Timeout(300)
class DriverOnDockerTest {

    private Docker docker;
    private DockerDriver driver;

    @TempDir
    Path host;

    @BeforeEach
    void open() {
        docker = new Docker();
        driver = docker.driver;
    }

    @AfterEach
    void close() {
        docker.close();
    }

    private static EnvironmentSpec.Builder busybox(String name, String... command) {
        return EnvironmentSpec.image(Docker.BUSYBOX).name(name).withCommand(command);
    }

    private ExecResult exec(String id, ExecSpec spec) {
        return driver.exec(id, spec, Deadline.in(Duration.ofSeconds(120)));
    }

    /** Endless pseudo-random bytes, the same each time, with their checksum. */
    private static InputStream bytes(long count, CRC32 checksum) {
        return new InputStream() {
            private long left = count;
            private int state = 42;

            @Override
            public int read() {
                if (left-- <= 0) {
                    return -1;
                }
                state = state * 1_103_515_245 + 12_345;
                int value = state >>> 16 & 0xFF;
                checksum.update(value);
                return value;
            }
        };
    }

    @Test
    @DisplayName(
            "exec: 64 MiB go through a command and come back byte for byte, though it reads to the end of its input")
    void largeInput() {
        String id = docker.running("box");
        CRC32 sent = new CRC32();
        CRC32 received = new CRC32();
        long[] count = new long[1];
        OutputStream sink = new OutputStream() {
            @Override
            public void write(int value) {
                throw new AssertionError("single bytes");
            }

            @Override
            public void write(byte[] piece, int offset, int length) {
                received.update(piece, offset, length);
                count[0] += length;
            }
        };

        ExecResult result =
                exec(id, ExecSpec.of("cat").withStdin(bytes(64 << 20, sent)).withStdout(sink));

        assertThat(result.exitCode()).isZero();
        assertThat(count[0]).isEqualTo(64 << 20);
        assertThat(received.getValue()).isEqualTo(sent.getValue());
    }

    @Test
    @DisplayName("exec: what is captured ends at the limit, and says so")
    void captureLimit() {
        ExecResult result = exec(
                docker.running("box"), ExecSpec.of("sh", "-c", "dd if=/dev/zero bs=65536 count=257; echo done >&2"));

        assertThat(result.stdoutBytes()).hasSize(ExecSpec.CAPTURE_LIMIT);
        assertThat(result.truncated()).isTrue();
        assertThat(result.stderr()).contains("done");
    }

    @Test
    @DisplayName("exec: a command that ends before it has read its input is no failure")
    void unreadInput() {
        ExecResult result = exec(docker.running("box"), ExecSpec.of("false").withStdin(bytes(8 << 20, new CRC32())));

        assertThat(result.exitCode()).isEqualTo(1);
    }

    @Test
    @DisplayName("exec: 127 for what does not exist, 126 for what is no program, with the reason as standard error")
    void notExecutable() {
        String id = docker.running("box");

        ExecResult missing = exec(id, ExecSpec.of("no-such-program"));
        ExecResult directory = exec(id, ExecSpec.of("/tmp"));

        assertThat(missing.exitCode()).isEqualTo(127);
        assertThat(missing.stdout()).isEmpty();
        assertThat(missing.stderr()).contains("no-such-program");
        assertThat(directory.exitCode()).isEqualTo(126);
    }

    @Test
    @DisplayName("exec: a command is ended at the deadline, with what it started")
    void deadlineKills() throws Exception {
        String id = docker.running("box");
        ExecSpec endless = ExecSpec.of("sh", "-c", "sleep 12345 & sleep 12346");

        assertThatThrownBy(() -> driver.exec(id, endless, Deadline.in(Duration.ofSeconds(2))))
                .isInstanceOf(OperationTimeoutException.class);

        Eventually.holds(() -> !exec(id, ExecSpec.of("ps")).stdout().contains("sleep 1234"));
    }

    @Test
    @DisplayName("exec: a sink that throws ends the call with that")
    void sinkThrows() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int value) throws java.io.IOException {
                throw new java.io.IOException("disk full");
            }
        };

        assertThatThrownBy(() -> exec(docker.running("box"), ExecSpec.of("ps").withStdout(full)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("disk full");
    }

    @Test
    @DisplayName("exec: in a container that does not run or is paused it is a wrong state")
    void execInWrongState() {
        String id = docker.create(busybox("box", "sleep", "60").build());
        assertThatThrownBy(() -> exec(id, ExecSpec.of("true"))).isInstanceOf(WrongStateException.class);
        driver.start(id, Docker.soon());
        driver.pause(id, Docker.soon());
        assertThatThrownBy(() -> exec(id, ExecSpec.of("true"))).isInstanceOf(WrongStateException.class);
        assertThatThrownBy(() -> driver.pause(id, Docker.soon())).isInstanceOf(WrongStateException.class);
        driver.resume(id, Docker.soon());
        assertThatThrownBy(() -> driver.resume(id, Docker.soon())).isInstanceOf(WrongStateException.class);
    }

    @Test
    @DisplayName("logs: bytes that are no text stay what they are, and ten megabytes without a line end arrive")
    void exactLogs() throws Exception {
        String id = docker.started(
                busybox("box", "sh", "-c", "printf 'a\\377b\\n'; head -c 10485760 /dev/zero | tr '\\0' x")
                        .build());
        Eventually.holds(() -> driver.inspect(id, Docker.soon()).status().state() == EnvironmentState.EXITED);
        long[] count = new long[1];
        byte[] beginning = new byte[4];

        driver.copyLogs(
                id,
                LogQuery.all(),
                (stream, bytes, offset, length) -> {
                    for (int i = 0; i < length && count[0] + i < 4; i++) {
                        beginning[(int) count[0] + i] = bytes[offset + i];
                    }
                    count[0] += length;
                },
                Docker.soon());
        List<LogLine> lines = new ArrayList<>();
        driver.readLines(id, LogQuery.all(), false, lines::add, Docker.soon());

        assertThat(count[0]).isEqualTo(4 + 10_485_760);
        assertThat(beginning).containsExactly('a', 0xFF, 'b', '\n');
        assertThat(lines.get(0).text()).isEqualTo("a\uFFFDb");
        assertThat(lines.stream()
                        .skip(1)
                        .mapToLong(line -> line.text().length())
                        .sum())
                .isEqualTo(10_485_760);
    }

    @Test
    @DisplayName("an image without a shell runs, answers and is copied from")
    void noShell() throws Exception {
        String id = docker.started(
                EnvironmentSpec.image("cofferdam-test/noshell:1").name("bare").build());
        assertThat(exec(id, ExecSpec.of("sh")).exitCode()).isEqualTo(127);

        Path file = Files.writeString(host.resolve("file"), "text");
        driver.copyIn(id, file, "/new/folder/file", Docker.soon());
        driver.copyOut(id, "/new", host.resolve("back"), Docker.soon());

        assertThat(host.resolve("back/folder/file")).hasContent("text");
    }

    @Test
    @DisplayName("copyIn: folders that exist keep their modes, also while the container does not run")
    void modesOfParents() throws Exception {
        String id = docker.create(busybox("box", "sleep", "60").build());
        Path file = Files.writeString(host.resolve("file"), "text");

        driver.copyIn(id, file, "/tmp/new/file", Docker.soon());

        driver.start(id, Docker.soon());
        assertThat(exec(id, ExecSpec.of("stat", "-c", "%a %n", "/tmp", "/tmp/new"))
                        .stdout())
                .isEqualTo("1777 /tmp\n755 /tmp/new\n");
    }

    @Test
    @DisplayName("copyOut: a link that is named is followed as it is seen inside")
    void namedLink() {
        String id = docker.started(busybox("box", "sh", "-c", "echo text > /file; ln -s /file /link; sleep 60")
                .build());
        driver.exec(id, ExecSpec.of("sh", "-c", "while [ ! -h /link ]; do sleep 0.1; done"), Docker.soon());

        driver.copyOut(id, "/link", host.resolve("copy"), Docker.soon());

        assertThat(host.resolve("copy")).hasContent("text");
        assertThatThrownBy(() -> driver.copyOut(id, "/none", host.resolve("x"), Docker.soon()))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    @DisplayName("create: what is wrong is told by its kind")
    void creationFaults() {
        String id = docker.create(busybox("one", "true").build());
        String name = docker.run + "-one";

        assertThatThrownBy(() -> docker.create(busybox("one", "true").build()))
                .isInstanceOf(NameTakenException.class)
                .hasMessage("could not create '" + name + "' from image '" + Docker.BUSYBOX
                        + "' (docker): the name is taken by container '" + id.substring(0, 12)
                        + "'; remove or rename it, or choose another name");
        assertThatThrownBy(() -> docker.create(EnvironmentSpec.image("cofferdam-test/none:9")
                        .name("two")
                        .build()))
                .isInstanceOf(ImageNotFoundException.class);
        assertThatThrownBy(() -> docker.create(
                        EnvironmentSpec.image("Not A Name").name("two").build()))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> docker.create(busybox("two", "true")
                        .mount(io.cofferdam.environment.Mount.bind(host.resolve("none"), "/x"))
                        .build()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("mounts");
        assertThatThrownBy(
                        () -> docker.create(busybox("two", "true").memory("1k").build()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("limits");
    }

    @Test
    @DisplayName("start: a program that does not exist or is none fails with the code that shells use")
    void startFaults() {
        String missing = docker.create(busybox("one", "no-such-program").build());
        String directory = docker.create(busybox("two", "/tmp").build());

        assertThatThrownBy(() -> driver.start(missing, Docker.soon()))
                .isInstanceOfSatisfying(
                        StartFailedException.class,
                        failure -> assertThat(failure.exitCode()).hasValue(127))
                .hasMessageStartingWith("could not start '" + docker.run + "-one' (docker, image " + Docker.BUSYBOX
                        + "): program 'no-such-program' does not exist in the image");
        assertThatThrownBy(() -> driver.start(directory, Docker.soon()))
                .isInstanceOfSatisfying(
                        StartFailedException.class,
                        failure -> assertThat(failure.exitCode()).hasValue(126));
    }

    @Test
    @DisplayName("start: a port that another environment has is named together with that")
    void portOfAnotherEnvironment() {
        String first = docker.started(busybox("first", "sleep", "60").port(80).build());
        int port =
                driver.inspect(first, Docker.soon()).status().endpoints().get(0).hostPort();
        String second = docker.create(busybox("second", "sleep", "60")
                .publish(PortMapping.fixed(port, 80))
                .build());

        assertThatThrownBy(() -> driver.start(second, Docker.soon()))
                .isInstanceOfSatisfying(PortTakenException.class, failure -> {
                    assertThat(failure.port()).isEqualTo(port);
                    assertThat(failure.owner()).hasValue("environment '" + docker.run + "-first'");
                })
                .hasMessageContaining("stop it or publish another port");
    }

    @Test
    @DisplayName("start: a port that a process of the host has is told as taken")
    void portOfTheHost() throws Exception {
        try (var server = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            String id = docker.create(busybox("web", "sleep", "60")
                    .publish(PortMapping.fixed(server.getLocalPort(), 80))
                    .build());

            assertThatThrownBy(() -> driver.start(id, Docker.soon()))
                    .isInstanceOfSatisfying(
                            PortTakenException.class,
                            failure -> assertThat(failure.port()).isEqualTo(server.getLocalPort()));
        }
    }

    @Test
    @DisplayName("stop: the policy of always restarting does not bring a container back, whatever the signal")
    void stoppedStaysStopped() throws Exception {
        for (String signal : List.of("SIGTERM", "SIGINT")) {
            String id = docker.started(busybox(
                            signal.toLowerCase(java.util.Locale.ROOT),
                            "sh",
                            "-c",
                            "trap 'exit 3' TERM INT; while :; do sleep 0.1; done")
                    .restart(RestartPolicy.always())
                    .build());
            driver.exec(id, ExecSpec.of("sleep", "0.5"), Docker.soon());

            driver.stop(id, signal, Duration.ofMillis(20_500), Docker.soon());

            Unit stopped = driver.inspect(id, Docker.soon());
            assertThat(stopped.status().state()).isEqualTo(EnvironmentState.EXITED);
            List<UnitEvent> later = new CopyOnWriteArrayList<>();
            try (Watch watch = driver.watch(later::add)) {
                Unit other = driver.inspect(
                        docker.running("other-" + signal.toLowerCase(java.util.Locale.ROOT)), Docker.soon());
                Eventually.holds(() -> later.stream()
                        .anyMatch(event ->
                                event.id().equals(other.status().id()) && event.kind() == UnitEvent.Kind.STARTED));
            }
            assertThat(later).noneMatch(event -> event.id().equals(id));
        }
    }

    @Test
    @DisplayName("health: the engine checks by command, its own image's check included, and tells the verdict")
    void health() throws Exception {
        List<UnitEvent> events = new CopyOnWriteArrayList<>();
        try (Watch watch = driver.watch(events::add)) {
            String id = docker.started(busybox("box", "sleep", "60")
                    .healthCheck(HealthCheck.of(Probe.command("true")).withInterval(Duration.ofMillis(100)))
                    .build());
            String ofImage = docker.create(EnvironmentSpec.image("cofferdam-test/health:1")
                    .name("image")
                    .build());
            driver.start(ofImage, Docker.soon());

            Eventually.holds(() ->
                    events.stream().anyMatch(event -> event.id().equals(id) && event.health() == HealthStatus.HEALTHY));
            assertThat(driver.inspect(id, Docker.soon()).status().health()).isEqualTo(HealthStatus.HEALTHY);
            assertThat(driver.inspect(ofImage, Docker.soon()).status().health()).isNotEqualTo(HealthStatus.NONE);
        }
    }

    @Test
    @DisplayName("probes reach the software itself at the container's own address")
    void probeAddress() throws Exception {
        String id = docker.started(
                EnvironmentSpec.image("cofferdam-test/web:1").name("web").build());
        Unit unit = driver.inspect(id, Docker.soon());
        var address = driver.probeAddress(unit, 8080).orElseThrow();

        Eventually.holds(() -> {
            try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
                return socket.isConnected();
            } catch (java.net.ConnectException notYet) {
                return false;
            }
        });
    }

    @Test
    @DisplayName("events: what somebody else does is told, and a container without our label is nobody's business")
    void eventsOfOthers() throws Exception {
        List<UnitEvent> events = new CopyOnWriteArrayList<>();
        String id = docker.running("box");
        try (Docker other = new Docker();
                Watch watch = driver.watch(events::add)) {
            other.driver.stop(id, "SIGTERM", Duration.ofSeconds(5), Docker.soon());
            other.driver.remove(id, Docker.soon());

            Eventually.holds(() ->
                    events.stream().anyMatch(event -> event.id().equals(id) && event.kind() == UnitEvent.Kind.REMOVED));
        }
        assertThat(events.stream().filter(event -> event.id().equals(id)).map(UnitEvent::kind))
                .containsExactly(UnitEvent.Kind.DIED, UnitEvent.Kind.REMOVED);
        assertThat(events.stream().filter(event -> event.id().equals(id)))
                .allSatisfy(event -> assertThat(event.labels()).containsEntry("run", docker.run));
    }

    @Test
    @DisplayName("remove: twice at once and again is no failure")
    void removedTwice() throws Exception {
        String id = docker.running("box");
        List<Thread> threads = new ArrayList<>();
        AtomicInteger done = new AtomicInteger();
        for (int i = 0; i < 4; i++) {
            Thread thread = new Thread(() -> {
                driver.remove(id, Docker.soon());
                done.incrementAndGet();
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        driver.remove(id, Docker.soon());

        assertThat(done).hasValue(4);
        assertThatThrownBy(() -> driver.inspect(id, Docker.soon())).isInstanceOf(NotFoundException.class);
    }

    @Test
    @DisplayName("usage: memory, processor time and processes, in one short call")
    void usage() {
        String id = docker.started(busybox("box", "sleep", "60").memory("32m").build());

        var usage = driver.usage(id, Docker.soon());

        assertThat(usage.memoryLimit()).hasValue(32 << 20);
        assertThat(usage.memory()).isBetween(1L, 32L << 20);
        assertThat(usage.pids()).isEqualTo(1);
        assertThat(usage.cpuTime()).isPositive();
    }

    @Test
    @DisplayName("create and start are one call each")
    void oneCallEach() throws Exception {
        try (RecordingProxy proxy = new RecordingProxy(driver);
                DockerDriver counted = DockerDriver.open(
                        io.cofferdam.engine.EngineConfig.builder()
                                .host(proxy.address())
                                .build(),
                        Surroundings.ofThisJvm())) {
            proxy.requests.clear();

            String id = counted.create(
                    new CreateRequest(
                            docker.run + "-counted",
                            busybox("counted", "sleep", "60")
                                    .env("SECRET", "tiger")
                                    .port(80)
                                    .build(),
                            docker.labels("counted"),
                            null),
                    Docker.soon());
            counted.start(id, Docker.soon());

            assertThat(proxy.requests)
                    .containsExactly(
                            "POST /v1.41/containers/create?name=" + docker.run + "-counted",
                            "POST /v1.41/containers/" + id + "/start");
        }
    }

    @Test
    @DisplayName("two drivers live side by side, and after closing no thread is left")
    void nothingIsLeft() throws Exception {
        String id = docker.running("box");
        DockerDriver second = DockerDriver.open(io.cofferdam.engine.EngineConfig.defaults(), Surroundings.ofThisJvm());
        Watch watch = second.watch(event -> {});
        Thread follower = new Thread(() -> {
            try {
                second.readLines(id, LogQuery.all(), true, line -> {}, Deadline.none());
            } catch (io.cofferdam.error.ClosedException end) {
                // That is how it ends.
            }
        });
        follower.start();
        // Not by its reader's thread, which is virtual on newer runtimes and listed nowhere.
        Eventually.holds(
                () -> follower.getState() == Thread.State.TIMED_WAITING || follower.getState() == Thread.State.WAITING);

        second.close();
        follower.join();
        watch.close();

        Eventually.holds(() -> threads("cofferdam-docker-") == 0);
        assertThat(driver.inspect(id, Docker.soon()).status().state()).isEqualTo(EnvironmentState.RUNNING);
        assertThat(exec(id, ExecSpec.of("echo", "still here")).stdout().getBytes(UTF_8))
                .isNotEmpty();
    }

    private static long threads(String part) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains(part))
                .count();
    }

    @Test
    @DisplayName("images: found, listed, and pulled from a registry only if that has them")
    void images() {
        assertThat(driver.images().find(Docker.BUSYBOX).orElseThrow().references())
                .contains(Docker.BUSYBOX);
        assertThat(driver.images().find("cofferdam-test/none:1")).isEmpty();
        assertThat(driver.images().list()).anyMatch(image -> image.references().contains(Docker.BUSYBOX));
        assertThatThrownBy(() -> driver.images().find("a b")).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> driver.images().pull("127.0.0.1:9/none:1"))
                .isInstanceOf(io.cofferdam.error.RegistryException.class)
                .hasMessageContaining("the registry cannot be reached");
        driver.images().remove("cofferdam-test/none:1");
    }

    @Test
    @DisplayName("volumes: made once, kept while used, never somebody else's")
    void volumes() {
        String name = docker.run + "-data";
        assertThat(driver.volumes().ensure(name, Map.of("a", "b")).labels()).containsEntry("a", "b");
        assertThat(driver.volumes().ensure(name, Map.of()).labels()).containsEntry("a", "b");
        String id = docker.create(busybox("box", "true")
                .mount(io.cofferdam.environment.Mount.volume(name, "/data"))
                .build());
        assertThatThrownBy(() -> driver.volumes().remove(name)).isInstanceOf(WrongStateException.class);
        driver.remove(id, Docker.soon());
        driver.volumes().remove(name);
        assertThat(driver.volumes().find(name)).isEmpty();
        driver.volumes().remove(name);
    }
}
