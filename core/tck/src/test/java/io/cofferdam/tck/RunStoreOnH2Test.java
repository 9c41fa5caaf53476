package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.pipeline.FaultClass;
import io.cofferdam.pipeline.PipelineEvent;
import io.cofferdam.pipeline.RunRecord;
import io.cofferdam.pipeline.RunStatus;
import io.cofferdam.pipeline.RunStore;
import io.cofferdam.pipeline.StepRecord;
import io.cofferdam.pipeline.StepStatus;
import io.cofferdam.pipeline.jdbc.JdbcRunStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both stores of runs keep to the same rules; the one in a file has everything after it was opened again. */
class RunStoreOnH2Test {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901Z");

    @TempDir
    static Path folder;

    private static JdbcDataSource source(String name) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:file:" + folder.resolve(name) + ";WRITE_DELAY=0");
        source.setUser("cofferdam");
        return source;
    }

    static Stream<RunStore> stores() {
        return Stream.of(RunStore.inMemory(), JdbcRunStore.open(source("rules")));
    }

    private static RunRecord run(String id, RunStatus status, int generation) {
        return new RunRecord(id, "p", status, generation, "{}", "{\"a\":1}", "/f", "é\n", NOW, null);
    }

    private static StepRecord step(int index, StepStatus status, String results) {
        return new StepRecord(
                "r", index, "s" + index, "fake", status, 2, results, "m", FaultClass.TIMEOUT, NOW, NOW.plusSeconds(1));
    }

    private static PipelineEvent event(long number) {
        return new PipelineEvent("r", number, "step_started", "s", "", NOW);
    }

    @ParameterizedTest
    @MethodSource("stores")
    @DisplayName("what is written is read again, and who was overtaken writes nothing")
    void rules(RunStore store) {
        try (store) {
            store.create(
                    run("r", RunStatus.RUNNING, 1),
                    List.of(step(0, StepStatus.PENDING, "{}"), step(1, StepStatus.PENDING, "{}")),
                    List.of(event(1)));
            assertThatThrownBy(() -> store.create(run("r", RunStatus.RUNNING, 1), List.of(), List.of()))
                    .isInstanceOf(NameTakenException.class);

            store.write(
                    run("r", RunStatus.RUNNING, 1),
                    List.of(step(1, StepStatus.SUCCEEDED, "{\"x\":\"é\\u0000\"}")),
                    List.of(event(2)),
                    false);
            store.write(run("r", RunStatus.RUNNING, 2), List.of(), List.of(event(3)), true);

            assertThatThrownBy(() -> store.write(
                            run("r", RunStatus.FAILED, 1),
                            List.of(step(0, StepStatus.FAILED, "{}")),
                            List.of(event(4)),
                            false))
                    .isInstanceOf(WrongStateException.class);
            assertThatThrownBy(() -> store.write(run("none", RunStatus.FAILED, 1), List.of(), List.of(), false))
                    .isInstanceOf(NotFoundException.class);
            assertThat(store.find("r")).contains(run("r", RunStatus.RUNNING, 2));
            assertThat(store.steps("r"))
                    .containsExactly(
                            step(0, StepStatus.PENDING, "{}"), step(1, StepStatus.SUCCEEDED, "{\"x\":\"é\\u0000\"}"));
            assertThat(store.events("r", 1, 10)).containsExactly(event(2), event(3));
            assertThat(store.list("p", 1)).hasSize(1);
            assertThat(store.list("q", 1)).isEmpty();
            assertThat(store.find("none")).isEmpty();
        }
    }

    @Test
    @DisplayName("a store that is opened again has what was written")
    void openedAgain() {
        try (RunStore store = JdbcRunStore.open(source("again"))) {
            store.create(run("r", RunStatus.RUNNING, 1), List.of(step(0, StepStatus.PENDING, "{}")), List.of(event(1)));
        }

        try (RunStore store = JdbcRunStore.open(source("again"))) {
            assertThat(store.find("r")).contains(run("r", RunStatus.RUNNING, 1));
            assertThat(store.steps("r")).containsExactly(step(0, StepStatus.PENDING, "{}"));
        }
    }
}
