package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.pipeline.Pipeline;
import io.cofferdam.pipeline.PipelineEngine;
import io.cofferdam.pipeline.PipelineRun;
import io.cofferdam.pipeline.RunStatus;
import io.cofferdam.pipeline.RunStore;
import io.cofferdam.pipeline.Step;
import io.cofferdam.pipeline.StepRecord;
import io.cofferdam.pipeline.jdbc.JdbcRunStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStoreOnPostgresTest extends RunStoreContract {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static PostgresServer server;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startServer() throws Exception {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stopServer() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @Override
    RunStore open() throws Exception {
        return JdbcRunStore.open(server.newSchema());
    }

    @Test
    @DisplayName(
            "a run that failed is gone on with by another engine over another connection, its results as they were")
    void runAndResume() throws Exception {
        DataSource source = server.newSchema();
        Path flag = folder.resolve("flag");
        Pipeline pipeline = Pipeline.named("p")
                .step(Step.of("one", "process_run")
                        .needs()
                        .set("command", List.of("/bin/sh", "-c", "date +%s%N; printf 'é \\t \\\\'"))
                        .build())
                .step(Step.of("two", "process_run")
                        .needs("one")
                        .set("command", List.of("test", "-e", flag.toString()))
                        .build())
                .build();
        String id;
        StepRecord first;
        try (Orchestrator processes = processes("first");
                RunStore store = JdbcRunStore.open(source);
                PipelineEngine engine = engine(processes, store)) {
            PipelineRun run = engine.run(pipeline, Map.of());
            assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.FAILED);
            id = run.id();
            first = run.steps().get(0);
        }
        Files.writeString(flag, "");

        try (Orchestrator processes = processes("second");
                RunStore store = JdbcRunStore.open(source);
                PipelineEngine engine = engine(processes, store)) {
            PipelineRun run = engine.resume(id);

            assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.SUCCEEDED);
            assertThat(run.steps().get(0)).isEqualTo(first);
        }
    }

    @Test
    @DisplayName("a server that is started again in the middle of a run is waited for")
    void serverComesBack() throws Exception {
        try (PostgresServer own = PostgresServer.startOwn();
                RunStore store = JdbcRunStore.open(own.newSchema());
                Orchestrator processes = processes("third");
                PipelineEngine engine = engine(processes, store)) {
            Path fifo = folder.resolve("go");
            Pipeline pipeline = Pipeline.named("p")
                    .step(Step.of("one", "process_run")
                            .set("command", List.of("/bin/sh", "-c", "until [ -e " + fifo + " ]; do sleep 0.05; done"))
                            .build())
                    .build();
            PipelineRun run = engine.run(pipeline, Map.of());

            own.stop();
            Files.writeString(fifo, "");
            own.launch();

            assertThat(run.completion().get(60, TimeUnit.SECONDS).status()).isEqualTo(RunStatus.SUCCEEDED);
        }
    }

    private Orchestrator processes(String name) {
        return Cofferdam.open(
                "process",
                EngineConfig.builder().stateDirectory(folder.resolve(name)).build());
    }

    private PipelineEngine engine(Orchestrator processes, RunStore store) {
        return PipelineEngine.builder()
                .engine("process", processes)
                .store(store)
                .directory(folder.resolve("runs"))
                .build();
    }
}
