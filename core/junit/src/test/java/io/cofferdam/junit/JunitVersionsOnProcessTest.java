package io.cofferdam.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same class files with older JUnits, whose jars the build puts beside the test classes. */
class JunitVersionsOnProcessTest {

    @CofferdamTest(engine = "process")
    static class Sample {
        @Environment
        static final EnvironmentSpec CLASS = Samples.says("class");

        @Environment(scope = Scope.RUN)
        static final EnvironmentSpec RUN = Samples.says("run");

        @Environment(name = "pooled", pool = 1)
        final EnvironmentSpec pooled = Samples.says("pooled");

        @From("class")
        static IsolatedEnvironment injected;

        @BeforeAll
        static void isThere() {
            if (!injected.exec("true").succeeded()) {
                throw new AssertionError();
            }
        }

        @RepeatedTest(2)
        void sees(@From("run") IsolatedEnvironment run, @From("pooled") EnvironmentLogs logs) {
            if (!logs.text().contains("pooled")) {
                throw new AssertionError(logs.text());
            }
        }

        @Nested
        class Inside {
            @Test
            void inline(
                    @Environment(
                                    name = "here",
                                    command = {"sleep", "600"})
                            IsolatedEnvironment here,
                    @From("run") EnvironmentLogs run) {
                if (!run.text().contains("run")) {
                    throw new AssertionError(run.text());
                }
            }
        }
    }

    static class RegisteredSample {
        @RegisterExtension
        final CofferdamExtension extension = CofferdamExtension.builder()
                .engine("process")
                .environment("only", Samples.says("only"))
                .build();

        @Test
        void test(IsolatedEnvironment only) {
            if (!extension.environment("only").name().equals(only.name())) {
                throw new AssertionError();
            }
        }
    }

    @ParameterizedTest
    @DisplayName("the extension works with older versions of JUnit")
    @ValueSource(strings = {"5.10.3", "5.13.4"})
    void older(String version) throws IOException, InterruptedException {
        Path classes = Path.of(URI.create(Samples.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
        Path jars = classes.resolveSibling("junit-" + version);
        String classPath;
        try (Stream<Path> older = Files.list(jars)) {
            classPath = Stream.concat(
                            older.map(Path::toString),
                            Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                                    .filter(entry -> !entry.contains("/org/junit/")))
                    .collect(Collectors.joining(java.io.File.pathSeparator));
        }

        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath,
                        LauncherProgram.class.getName(),
                        Sample.class.getName(),
                        RegisteredSample.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("succeeded 4");
    }
}
