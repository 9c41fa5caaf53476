package io.cofferdam.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run whose program is killed, and one that another program cancels. */
@Timeout(180)
abstract class PipelineProcesses {

    private static final long PATIENCE_SECONDS = 90;

    @TempDir
    Path folder;

    private Process child;

    /** The engine's name. */
    abstract String engine();

    /** A step that ends well and tells the time. */
    abstract String first();

    /** A step that waits for the file {@code go} in the folder. */
    abstract String second();

    /** How many environments of a run there are. */
    abstract int left(String run);

    private String[] arguments(String... more) {
        List<String> all = new ArrayList<>(
                List.of("--engine", engine(), "--state", folder.resolve("p").toString()));
        all.addAll(List.of(more));
        return all.toArray(new String[0]);
    }

    private Cli.Outcome run(String... more) {
        return new Cli()
                .variable("COFFERDAM_STATE", folder.resolve("state").toString())
                .run(arguments(more));
    }

    private void start() throws IOException {
        Path flags = Files.createDirectories(folder.resolve("flags"));
        Files.writeString(
                folder.resolve("pipeline.yaml"),
                "pipeline:\n  name: p\n  steps:\n"
                        + (first() + second())
                                .replace("FLAGS", flags.toString())
                                .indent(4));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                CofferdamCommand.class.getName()));
        command.addAll(List.of(
                arguments("pipeline", "run", folder.resolve("pipeline.yaml").toString())));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().put("COFFERDAM_STATE", folder.resolve("state").toString());
        child = builder.start();
    }

    @AfterEach
    void kill() throws InterruptedException {
        if (child != null) {
            child.destroyForcibly().waitFor();
        }
    }

    private void eventually(String what, BooleanSupplier condition) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                fail(what + " did not happen; the program said: "
                        + Files.readString(folder.resolve("output"), StandardCharsets.UTF_8));
            }
            LockSupport.parkNanos(50_000_000);
        }
    }

    /** The run, once its second step writes something. */
    private String running() throws IOException {
        eventually("the second step", () -> {
            try {
                return Files.readString(folder.resolve("output")).contains("second | waiting");
            } catch (IOException unreadable) {
                return false;
            }
        });
        JsonNode runs = run("pipeline", "list", "--json").json().path("runs");
        assertThat(runs).hasSize(1);
        return runs.path(0).path("run").asText();
    }

    private JsonNode step(String run, int number) {
        return run("pipeline", "show", run, "--json").json().path("steps").path(number);
    }

    @Test
    @DisplayName(
            "a run whose program was killed is gone on with: nothing that succeeded is done again, its output as it"
                    + " was")
    void killed() throws Exception {
        start();
        String run = running();
        JsonNode before = step(run, 0);
        String output = run("pipeline", "logs", run, "first").out();
        assertThat(before.path("status").asText()).isEqualTo("succeeded");
        assertThat(left(run)).isEqualTo(1);

        child.destroyForcibly().waitFor();

        eventually("the end of what the killed program had started", () -> left(run) == 0);
        assertThat(run("pipeline", "show", run, "--json").json().path("status").asText())
                .isEqualTo("running");
        Files.writeString(folder.resolve("flags/go"), "");
        Cli.Outcome resumed = run("pipeline", "run", "--resume", run);
        assertThat(resumed.exitCode()).as(resumed.err()).isZero();
        assertThat(resumed.err()).contains("second: succeeded").doesNotContain("first: started");
        assertThat(step(run, 0)).isEqualTo(before);
        assertThat(run("pipeline", "logs", run, "first").out())
                .isEqualTo(output)
                .isNotEmpty();
        assertThat(left(run)).isZero();
    }

    @Test
    @DisplayName("a run is cancelled by another program; what it had started is gone when the first one ends")
    void cancelledElsewhere() throws Exception {
        start();
        String run = running();

        assertThat(run("pipeline", "cancel", run).exitCode()).isZero();

        assertThat(child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isEqualTo(ExitCode.FAILED);
        assertThat(Files.readString(folder.resolve("output"))).contains("was cancelled by another command");
        assertThat(left(run)).isZero();
        assertThat(step(run, 0).path("status").asText()).isEqualTo("succeeded");
        assertThat(step(run, 1).path("status").asText()).isEqualTo("cancelled");
        assertThat(run("pipeline", "cancel", run).exitCode()).isZero();
    }
}
