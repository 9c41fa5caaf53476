package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A real engine of one test's own beside the one all tests share, so that it can be killed: own files, own socket, no
 * networks. Needs root on a Linux machine with {@code dockerd}; where {@code COFFERDAM_REQUIRE_ENGINES} asks for docker and
 * the engine is this machine's, it fails without.
 */
final class PrivateEngine implements AutoCloseable {

    private final Path directory;
    private Process daemon;

    private PrivateEngine(Path directory, Process daemon) {
        this.directory = directory;
        this.daemon = daemon;
    }

    /** Starts it; it has no images. */
    static PrivateEngine start() throws Exception {
        boolean possible =
                Files.isExecutable(Path.of("/usr/sbin/dockerd")) || Files.isExecutable(Path.of("/usr/bin/dockerd"));
        boolean root = "root".equals(System.getProperty("user.name"));
        boolean required =
                System.getenv().getOrDefault("COFFERDAM_REQUIRE_ENGINES", "").contains(DockerProvider.NAME);
        if (!required) {
            Assumptions.assumeTrue(possible && root, "an engine that may be killed needs root and dockerd");
        }
        Path directory = Files.createTempDirectory("engine");
        Files.writeString(directory.resolve("daemon.json"), "{}");
        Process daemon = launch(directory);
        PrivateEngine engine = new PrivateEngine(directory, daemon);
        try {
            engine.awaitAnswer();
        } catch (Exception | Error failed) {
            engine.close();
            throw failed;
        }
        return engine;
    }

    private static Process launch(Path directory) throws IOException {
        String name = String.valueOf(directory.getFileName());
        // In a network of its own: an engine without a bridge removes the default one of every other engine here.
        return new ProcessBuilder(
                        "unshare",
                        "--net",
                        "dockerd",
                        "--host",
                        address(directory),
                        "--data-root",
                        directory.resolve("data").toString(),
                        "--exec-root",
                        directory.resolve("exec").toString(),
                        "--pidfile",
                        directory.resolve("pid").toString(),
                        "--config-file",
                        directory.resolve("daemon.json").toString(),
                        "--containerd-namespace",
                        name,
                        "--containerd-plugins-namespace",
                        name + "-plugins",
                        "--bridge",
                        "none",
                        "--iptables=false",
                        "--ip6tables=false",
                        "--shutdown-timeout",
                        "2")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()))
                .start();
    }

    private static String address(Path directory) {
        return "unix://" + directory.resolve("engine.sock");
    }

    String address() {
        return address(directory);
    }

    /** Gives it an image of the shared engine. */
    void copyImage(String image) throws Exception {
        List<Process> pipe = ProcessBuilder.startPipeline(List.of(
                new ProcessBuilder("docker", "save", image),
                new ProcessBuilder("docker", "--host", address(), "load")
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("load.log").toFile())));
        for (Process process : pipe) {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue())
                    .as(Files.readString(directory.resolve("load.log")))
                    .isZero();
        }
    }

    /** Ends it as a crash would. Its containers run on until it is back. */
    void kill() throws InterruptedException {
        daemon.destroyForcibly().waitFor();
    }

    /** Ends it in order, containers included. */
    void stop() throws InterruptedException {
        daemon.destroy();
        if (!daemon.waitFor(30, TimeUnit.SECONDS)) {
            kill();
        }
    }

    /** Starts it again after a kill or stop. */
    void startAgain() throws Exception {
        Files.deleteIfExists(directory.resolve("pid"));
        // Its containerd goes with it; where nobody reaps orphans the number would be taken for a living one's.
        Files.deleteIfExists(directory.resolve("exec/containerd/containerd.pid"));
        daemon = launch(directory);
        awaitAnswer();
    }

    private void awaitAnswer() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (docker("version") != 0) {
            if (!daemon.isAlive() || System.nanoTime() > end) {
                List<String> log = Files.readAllLines(directory.resolve("log"));
                fail("dockerd did not start: "
                        + String.join("\n", log.subList(Math.max(0, log.size() - 10), log.size())));
            }
            Thread.sleep(50);
        }
    }

    private int docker(String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of("docker", "--host", address()));
        line.addAll(List.of(words));
        return new ProcessBuilder(line)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** Ends it and everything it left, and removes its files. */
    @Override
    public void close() throws Exception {
        stop();
        ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .orElse("")
                        .contains(directory.resolve("exec").toString()))
                .forEach(PrivateEngine::destroyTree);
        unmount();
        delete(directory.toFile());
    }

    private static void destroyTree(ProcessHandle process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private void unmount() throws Exception {
        try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
            List<String> ours = mounts.map(line -> line.split(" ", 6)[4])
                    .filter(path -> path.startsWith(directory.toString()))
                    .sorted(Comparator.reverseOrder())
                    .toList();
            for (String path : ours) {
                new ProcessBuilder("umount", "--lazy", path).start().waitFor();
            }
        }
    }

    private static void delete(File file) throws Exception {
        assertThat(new ProcessBuilder("rm", "-rf", "--one-file-system", file.toString())
                        .start()
                        .waitFor())
                .isZero();
    }
}
