package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.pipeline.Pipeline;
import io.cofferdam.pipeline.PipelineEngine;
import io.cofferdam.pipeline.PipelineLoader;
import io.cofferdam.pipeline.PipelineRun;
import io.cofferdam.pipeline.RunStatus;
import io.cofferdam.pipeline.SecretProvider;
import io.cofferdam.pipeline.StepRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pipelines that need the embedded back end only. */
class PipelineOnProcessTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    private Orchestrator processes;

    @BeforeEach
    void open() {
        processes = Cofferdam.open(
                "process",
                EngineConfig.builder().stateDirectory(folder.resolve("state")).build());
    }

    @AfterEach
    void close() {
        processes.close();
    }

    private PipelineEngine engine() {
        return PipelineEngine.builder()
                .engine("process", processes)
                .directory(folder.resolve("runs"))
                .folder(folder)
                .secrets(SecretProvider.of(Map.of("token", "s3cr3t-t0k3n")))
                .build();
    }

    private Pipeline load(String yaml) {
        return PipelineLoader.ofYaml(yaml, folder).load();
    }

    private static StepRecord step(PipelineRun run, String name) {
        return run.steps().stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("hostile values reach the program as they are, never a shell")
    void hostileValues() {
        String hostile = "$(touch /tmp/owned) `id` ; rm -rf / \n {{x}} \"'\\ *";
        try (PipelineEngine engine = engine()) {
            PipelineRun run = engine.run(load("""
                pipeline:
                  name: p
                  steps:
                    - name: a
                      type: process_run
                      command: ["/bin/sh", "-c", 'printf %s "$VALUE"; printf %s "$1" >&2', sh, "{{value}}"]
                      environment: {VALUE: "{{value}}"}
                """), Map.of("value", hostile));

            assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.SUCCEEDED);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            run.copyOutput("a", out, err);
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(hostile);
            assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo(hostile);
        }
    }

    @Test
    @DisplayName("a secret that a step writes is nowhere to be found: output, results, events, store, files")
    void secrets() throws IOException {
        try (PipelineEngine engine = engine()) {
            PipelineRun run = engine.run(load("""
                pipeline:
                  name: p
                  steps:
                    - name: a
                      type: process_run
                      command: ["/bin/sh", "-c", "echo $TOKEN; printf s3cr; sleep 0.2; printf 3t-t0k3n; echo $TOKEN | base64 >&2; exit 1"]
                      environment: {TOKEN: "{{secrets.token}}"}
                """), Map.of());

            assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.FAILED);
            assertThat(step(run, "a").toString() + run.record() + run.record().definition())
                    .doesNotContain("s3cr3t-t0k3n")
                    .contains("***");
            assertThat(step(run, "a").message()).contains("exit code 1").contains("***");
            try (Stream<Path> files = Files.walk(folder.resolve("runs"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    assertThat(Files.readString(file)).doesNotContain("s3cr3t-t0k3n", "czNjcjN0");
                }
            }
        }
    }

    @Test
    @DisplayName("artifacts go from one step to another, and the cache tells why it was or was not used")
    void artifactsAndCache() throws IOException {
        Files.writeString(folder.resolve("input.txt"), "one");
        Pipeline pipeline = load("""
            pipeline:
              name: p
              steps:
                - name: make
                  type: process_run
                  command: ["/bin/sh", "-c", "echo made > made.txt; date +%s%N"]
                  artifacts: {out: {made: made.txt}}
                  cache: {files: [input.txt]}
                - name: use
                  type: process_run
                  command: [cat, in/made.txt]
                  artifacts: {in: [{step: make, name: made, to: in/made.txt}]}
            """);
        try (PipelineEngine engine = engine()) {
            PipelineRun first = engine.run(pipeline, Map.of());
            assertThat(first.await(PATIENCE).status())
                    .as(first.steps().toString())
                    .isEqualTo(RunStatus.SUCCEEDED);
            PipelineRun second = engine.run(pipeline, Map.of());
            second.await(PATIENCE);
            Files.writeString(folder.resolve("input.txt"), "two");
            PipelineRun third = engine.run(pipeline, Map.of());
            third.await(PATIENCE);

            assertThat(step(first, "make").message()).contains("was not run with one before");
            assertThat(step(first, "use").resultValues()).containsEntry("stdout", "made");
            assertThat(step(second, "make").message()).contains("taken from the cache");
            assertThat(step(second, "make").results())
                    .isEqualTo(step(first, "make").results());
            assertThat(step(second, "use").resultValues()).containsEntry("stdout", "made");
            assertThat(step(third, "make").message()).contains("file input.txt changed");
            assertThat(step(third, "make").results())
                    .isNotEqualTo(step(first, "make").results());
        }
    }
}
