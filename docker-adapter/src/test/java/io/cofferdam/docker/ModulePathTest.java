package io.cofferdam.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves that the adapter is a real module that brings everything docker-java needs: a module that requires it is
 * compiled and run on the module path, in a JVM of its own, because these tests themselves run on the class path.
 */
class ModulePathTest {
    private static final String MODULE_PATH = System.getProperty("java.class.path");

    @TempDir
    Path directory;

    @Test
    @DisplayName("docker-java speaks to a unix socket from the module path")
    void dockerJavaWorksOnTheModulePath() throws IOException, InterruptedException {
        // given
        write("module-info.java", """
                module proof {
                    requires io.cofferdam.docker;
                    requires com.github.dockerjava.core;
                    requires com.github.dockerjava.api;
                    requires com.github.dockerjava.transport.httpclient5;
                }
                """);
        write("proof/Main.java", """
                package proof;

                import com.github.dockerjava.core.DefaultDockerClientConfig;
                import com.github.dockerjava.core.DockerClientImpl;
                import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;

                public class Main {
                    public static void main(String[] args) throws Exception {
                        var config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                                .withDockerHost(args[0])
                                .build();
                        var http = new ApacheDockerHttpClient.Builder()
                                .dockerHost(config.getDockerHost())
                                .build();
                        try (var client = DockerClientImpl.getInstance(config, http)) {
                            System.out.println("version " + client.versionCmd().exec().getVersion());
                        }
                        System.out.println(ModuleLayer.boot().findModule("io.cofferdam.docker").isPresent());
                        System.out.println(ModuleLayer.boot().findModule("org.bouncycastle.pkix").isPresent());
                    }
                }
                """);
        Path classes = compile();
        Path socket = directory.resolve("docker.sock");

        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> answerOnce(server));

            // when
            List<String> output = run(
                    "--module-path",
                    classes + File.pathSeparator + MODULE_PATH,
                    "-m",
                    "proof/proof.Main",
                    "unix://" + socket);

            // then
            assertThat(output).contains("version 99.9").endsWith("true", "true");
            assertThat(answered).isCompleted();
        }
    }

    private static void answerOnce(ServerSocketChannel server) {
        String body = "{\"Version\":\"99.9\",\"ApiVersion\":\"1.44\"}";
        String answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
        try (SocketChannel connection = server.accept()) {
            StringBuilder request = new StringBuilder();
            ByteBuffer buffer = ByteBuffer.allocate(4096);
            while (request.indexOf("\r\n\r\n") < 0 && connection.read(buffer) >= 0) {
                request.append(UTF_8.decode(buffer.flip()));
                buffer.clear();
            }
            connection.write(ByteBuffer.wrap(answer.getBytes(UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String name, String text) throws IOException {
        Path file = directory.resolve("src").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Path compile() throws IOException {
        Path classes = directory.resolve("classes");
        List<String> sources;
        try (Stream<Path> files = Files.walk(directory.resolve("src"))) {
            sources = files.filter(Files::isRegularFile).map(Path::toString).toList();
        }
        List<String> options = List.of(
                "--release",
                "17",
                "-Xlint:all,-path,-requires-automatic",
                "-Werror",
                "--module-path",
                MODULE_PATH,
                "-d",
                classes.toString());
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        Stream.concat(options.stream(), sources.stream()).toArray(String[]::new));
        assertThat(result)
                .as("exit code of the compiler, which has printed why")
                .isZero();
        return classes;
    }

    private List<String> run(String... arguments) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        Stream.concat(Stream.of(java), Stream.of(arguments)).toList())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, SECONDS)).as("the child JVM ended").isTrue();
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(output, UTF_8);
        assertThat(process.exitValue()).as(text).isZero();
        return text.lines().toList();
    }
}
