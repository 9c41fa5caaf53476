package io.cofferdam.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.concurrent.Deadline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class IgnoredSignalsOnProcessTest {

    @TempDir
    private Path state;

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "only Linux tells which signals a process ignores")
    @DisplayName("a JVM in the background, which ignores SIGINT, does not make its environments ignore it")
    void signalsIgnoredByTheJvmWereIgnoredByItsEnvironmentsToo() throws IOException {
        List<String> background = List.of(
                "sh",
                "-c",
                "trap '' HUP INT QUIT; exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Background.class.getName(),
                state.toString());

        Programs.Output output = Programs.run(
                new ProcessBuilder(background), "a JVM in the background", Deadline.in(Duration.ofSeconds(60)));

        assertThat(output.text()).contains("exit code 7");
        assertThat(output.exitCode()).isZero();
    }

    @Test
    @DisplayName("only signals that programs are stopped or told by count, not those the JVM ignores for itself")
    void masks() {
        assertThat(CleanStart.ignores("0000000000000000")).isFalse();
        assertThat(CleanStart.ignores("0000000000001000")).isFalse();
        assertThat(CleanStart.ignores("0000000000000002")).isTrue();
        assertThat(CleanStart.ignores("ffffffffffffffff")).isTrue();
    }

    /** Stops an environment by SIGINT and tells how that ended. */
    static final class Background {

        private Background() {}

        public static void main(String[] args) {
            try (Bench bench = new Bench(Path.of(args[0]))) {
                String id =
                        bench.started("web", "sh", "-c", "trap 'exit 7' INT; echo up; while :; do sleep 0.05; done");
                bench.awaitLine(id, "up"::equals);
                bench.driver.stop(id, "SIGINT", Duration.ofSeconds(5), Bench.soon());
                System.out.println("exit code "
                        + bench.driver
                                .inspect(id, Bench.soon())
                                .status()
                                .exitCode()
                                .orElse(-1));
            }
        }
    }
}
