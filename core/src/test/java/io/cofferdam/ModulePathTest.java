package io.cofferdam;

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
 * Proves that core is a real module: a module that requires it is compiled and run on the module path, in a JVM of its
 * own, because these tests themselves run on the class path.
 */
class ModulePathTest {
    private static final String MODULE_PATH = System.getProperty("java.class.path");

    @TempDir
    Path directory;

    @Test
    @DisplayName("a module that requires core compiles without a warning and sees only named, explicit modules")
    void aModuleCanRequireCore() throws IOException, InterruptedException {
        // given
        write("module-info.java", "module proof { requires io.cofferdam.core; }");
        write("proof/Main.java", """
                package proof;

                public class Main {
                    public static void main(String[] args) {
                        ModuleLayer.boot().modules().stream()
                                .map(Module::getDescriptor)
                                .filter(module -> !module.name().startsWith("java.") && !module.name().startsWith("jdk."))
                                .map(module -> (module.isAutomatic() ? "automatic " : "explicit ") + module.name())
                                .sorted()
                                .forEach(System.out::println);
                    }
                }
                """);
        Path classes = compile();

        // when
        List<String> modules =
                run("--module-path", classes + File.pathSeparator + MODULE_PATH, "-m", "proof/proof.Main");

        // then
        assertThat(modules)
                .contains("explicit io.cofferdam.core", "explicit proof", "explicit org.slf4j")
                .noneMatch(line -> line.startsWith("automatic "));
    }

    @Test
    @DisplayName("on the module path the watcher of a session starts, and ends with its orchestrator")
    void theWatcherStarts() throws IOException, InterruptedException {
        // given
        write("module-info.java", "module proof { requires io.cofferdam.core; }");
        write("proof/Main.java", """
                package proof;

                import io.cofferdam.Cofferdam;
                import io.cofferdam.engine.EngineConfig;
                import io.cofferdam.environment.EnvironmentSpec;
                import java.nio.file.Path;

                public class Main {
                    public static void main(String[] args) {
                        EngineConfig config = EngineConfig.builder().stateDirectory(Path.of(args[0])).build();
                        try (var engine = Cofferdam.open(Cofferdam.PROCESS, config)) {
                            engine.environments().create(EnvironmentSpec.builder().withCommand("true").build());
                            System.out.println("children " + ProcessHandle.current().children().count());
                        }
                        System.out.println("children " + ProcessHandle.current().children().count());
                    }
                }
                """);
        Path classes = compile();

        // when
        List<String> lines = run(
                "--module-path",
                classes + File.pathSeparator + MODULE_PATH,
                "-m",
                "proof/proof.Main",
                directory.resolve("state").toString());

        // then
        assertThat(lines).containsSubsequence("children 1", "children 0");
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
                "-Xlint:all,-path",
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
