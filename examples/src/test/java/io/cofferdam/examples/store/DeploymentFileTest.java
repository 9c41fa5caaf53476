package io.cofferdam.examples.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.error.StorageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DeploymentFileTest {

    @TempDir
    Path temporary;

    private Path file;

    @Test
    @DisplayName(
            "two processes write to one file; the one that serves it is killed, and the other one goes on with all there was")
    void serverIsKilled() throws Exception {
        // given: a process that was first, and so serves the file
        file = temporary.resolve("state/deployments");
        Process first = start();
        try (BufferedReader lines = first.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).isEqualTo("1");
            List<Long> ours = new ArrayList<>();
            List<Long> theirs = new ArrayList<>(List.of(1L));
            try (DeploymentStore store = DeploymentFile.open(file)) {
                for (int i = 0; i < 10; i++) {
                    ours.add(SubmittingProgram.submit(store));
                    theirs.add(Long.valueOf(lines.readLine()));
                }

                // when
                first.toHandle().destroyForcibly(); // which leaves its output to be read
                first.waitFor();
                lines.lines().map(Long::valueOf).forEach(theirs::add);
                for (int i = 0; i < 10; i++) {
                    ours.add(SubmittingProgram.submit(store));
                }

                // then
                assertThat(numbers(store)).containsAll(ours).containsAll(theirs);
            }
        } finally {
            first.destroyForcibly().waitFor();
        }
    }

    @Test
    @DisplayName("a process goes on when the one that served it has closed the file")
    void serverCloses() throws Exception {
        // given
        file = temporary.resolve("deployments");
        Process second = null;
        try {
            try (DeploymentStore store = DeploymentFile.open(file)) {
                SubmittingProgram.submit(store);
                second = start();
                assertThat(second.inputReader(StandardCharsets.UTF_8).readLine())
                        .isEqualTo("2");
            }

            // when, then
            BufferedReader lines = second.inputReader(StandardCharsets.UTF_8);
            long last = 0;
            for (int i = 0; i < 200; i++) {
                last = Long.parseLong(lines.readLine());
            }
            assertThat(last).isGreaterThan(200);
        } finally {
            if (second != null) {
                second.destroyForcibly().waitFor();
            }
        }
    }

    @Test
    @DisplayName("it is served on loopback alone, and lies in a folder for its owner alone")
    void loopbackOnly() throws IOException {
        file = temporary.resolve("state/deployments");
        try (DeploymentStore store = DeploymentFile.open(file)) {
            assertThat(SubmittingProgram.submit(store)).isEqualTo(1);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                    .isEqualTo("rwx------");
            Properties lock = new Properties();
            try (var reader = Files.newBufferedReader(file.resolveSibling("deployments.lock.db"))) {
                lock.load(reader);
            }
            String server = lock.getProperty("server");
            assertThat(server).matches("(127.0.0.1|localhost):\\d+");
            int port = Integer.parseInt(server.substring(server.indexOf(':') + 1));
            List<InetAddress> others = NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLoopbackAddress())
                    .toList();
            for (InetAddress other : others) {
                try (Socket socket = new Socket()) {
                    assertThatThrownBy(() -> socket.connect(new InetSocketAddress(other, port), 2000))
                            .as("a connection to %s", other)
                            .isInstanceOf(IOException.class);
                }
            }
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("H2 ") || name.startsWith("cofferdam-store"));
    }

    @Test
    @DisplayName("a path that would change the address of the database is refused")
    void oddPath() {
        assertThatThrownBy(() -> DeploymentFile.open(temporary.resolve("a;INIT=x/deployments")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("choose another folder");
    }

    private static List<Long> numbers(DeploymentStore store) {
        List<Long> numbers = store.history("shop", Long.MAX_VALUE, 100_000).stream()
                .map(DeploymentRecord::number)
                .toList();
        assertThat(numbers)
                .hasSameElementsAs(
                        LongStream.rangeClosed(1, numbers.size()).boxed().toList());
        return numbers;
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SubmittingProgram.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
