package io.cofferdam.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The JVM of the tests is killed in the middle of one. */
abstract class KilledCases extends Cases {

    /** It is a matter of seconds; only a failing test waits that long. */
    private static final long WITHIN = TimeUnit.SECONDS.toNanos(60);

    @CofferdamTest
    static class Endless {
        @Environment(scope = Scope.RUN)
        static final EnvironmentSpec RUN = Samples.says("run");

        @Environment(name = "pooled", pool = 2)
        final EnvironmentSpec pooled = Samples.says("pooled");

        @Environment(dependsOn = "pooled")
        final EnvironmentSpec each = Samples.says("each");

        @Test
        void waits(@From("pooled") IsolatedEnvironment pooled, @From("each") IsolatedEnvironment each) {
            System.out.println("in the middle of it");
            while (!Thread.interrupted()) {
                LockSupport.park();
            }
        }
    }

    @Test
    @DisplayName("kill -9 in the middle of a test: no environment and no network is left")
    void killed() throws IOException, InterruptedException {
        Process tests = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dcofferdam.engine=" + engine(),
                        LauncherProgram.class.getName(),
                        Endless.class.getName())
                .redirectErrorStream(true)
                .start();
        StringBuilder output = new StringBuilder();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(tests.getInputStream(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (line != null && !line.contains("in the middle of it")) {
                output.append(line).append('\n');
                line = lines.readLine();
            }
            assertThat(line).as(output.toString()).isNotNull();
            List<String> there = left(tests.pid());
            assertThat(there).hasSizeGreaterThanOrEqualTo(3);

            tests.destroyForcibly();
            tests.waitFor();
            long killed = System.nanoTime();

            List<String> left = left(tests.pid());
            while (!left.isEmpty() && System.nanoTime() - killed < WITHIN) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
                left = left(tests.pid());
            }
            assertThat(left).isEmpty();
        } finally {
            tests.destroyForcibly();
        }
    }

    /** Environments and networks that a JVM made. */
    private List<String> left(long pid) {
        try (Orchestrator engine = open()) {
            // Also keeps this look from sweeping: only what watches over that JVM is to clear up.
            engine.leftovers();
            List<String> names = new java.util.ArrayList<>();
            engine.environments().statuses(LabelSelector.having(Labels.OWNER)).stream()
                    .filter(status -> status.labels().get(Labels.OWNER).contains(":" + pid + ":"))
                    .forEach(status -> names.add(status.name()));
            engine.networks().list(LabelSelector.having(Labels.OWNER)).stream()
                    .filter(network -> network.labels().get(Labels.OWNER).contains(":" + pid + ":"))
                    .forEach(network -> names.add("network " + network.name()));
            return names;
        }
    }
}
