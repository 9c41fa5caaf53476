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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules all stores of runs keep to. */
abstract class RunStoreContract {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901Z");

    static RunRecord run(String id, RunStatus status, int generation) {
        return new RunRecord(id, "p", status, generation, "{}", "{\"a\":1}", "/f", "é\n", NOW, null);
    }

    static StepRecord step(int index, StepStatus status, String results) {
        return new StepRecord(
                "r", index, "s" + index, "fake", status, 2, results, "m", FaultClass.TIMEOUT, NOW, NOW.plusSeconds(1));
    }

    static PipelineEvent event(long number) {
        return new PipelineEvent("r", number, "step_started", "s", "", NOW);
    }

    /** Opens an empty store. */
    abstract RunStore open() throws Exception;

    @Test
    @DisplayName("what is written is read again, and who was overtaken writes nothing")
    void rules() throws Exception {
        try (RunStore store = open()) {
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
    @DisplayName("of many who resume a run at the same time one goes on with it")
    void oneResumes() throws Exception {
        try (RunStore store = open()) {
            store.create(run("r", RunStatus.FAILED, 1), List.of(step(0, StepStatus.FAILED, "{}")), List.of(event(1)));

            List<CompletableFuture<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(CompletableFuture.supplyAsync(() -> {
                    try {
                        store.write(run("r", RunStatus.RUNNING, 2), List.of(), List.of(event(2)), true);
                        return true;
                    } catch (WrongStateException overtaken) {
                        return false;
                    }
                }));
            }

            assertThat(all.stream().filter(RunStoreContract::get)).hasSize(1);
            assertThat(store.events("r", 0, 10)).containsExactly(event(1), event(2));
        }
    }

    private static boolean get(CompletableFuture<Boolean> future) {
        try {
            return future.get(60, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException failed) {
            throw new AssertionError(failed);
        }
    }
}
