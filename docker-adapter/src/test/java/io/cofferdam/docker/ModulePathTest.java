package io.cofferdam.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    @DisplayName("the provider is found on the module path and speaks to an engine from there")
    void theProviderWorksOnTheModulePath() throws IOException, InterruptedException {
        // given
        write("module-info.java", """
                module proof {
                    requires io.cofferdam.core;
                    requires io.cofferdam.docker;

                    uses io.cofferdam.engine.OrchestratorProvider;
                }
                """);
        write("proof/Main.java", """
                package proof;

                import io.cofferdam.engine.EngineConfig;
                import io.cofferdam.engine.OrchestratorProvider;
                import java.util.ServiceLoader;

                public class Main {
                    public static void main(String[] args) throws Exception {
                        for (OrchestratorProvider provider : ServiceLoader.load(OrchestratorProvider.class)) {
                            if (provider.name().equals("docker")) {
                                System.out.println(provider.getClass().getModule());
                                var found = provider.discover(EngineConfig.builder().host(args[0]).build());
                                System.out.println(found.explain());
                            }
                        }
                        System.out.println(ModuleLayer.boot().findModule("org.bouncycastle.pkix").isPresent());
                        Class.forName(
                                ModuleLayer.boot().findModule("com.github.dockerjava.core").orElseThrow(),
                                "com.github.dockerjava.core.util.CertificateUtils");
                    }
                }
                """);
        Path classes = compile();

        try (FakeEngine engine = FakeEngine.ofApi("1.24", "1.44", (request, exchange) -> exchange.cut())) {
            // when
            List<String> output = run(
                    "--module-path",
                    classes + File.pathSeparator + MODULE_PATH,
                    "-m",
                    "proof/proof.Main",
                    engine.address().toString());

            // then
            assertThat(output)
                    .contains(
                            "module io.cofferdam.docker",
                            "the docker engine 99.9 is available at " + engine.address(),
                            "true");
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
