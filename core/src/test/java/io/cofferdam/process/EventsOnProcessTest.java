package io.cofferdam.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.driver.UnitEvent;
import io.cofferdam.driver.Watch;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.Labels;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsOnProcessTest {

    /** Generous for a busy machine; what is promised is 200 ms. */
    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir
    Path temp;

    private Bench bench;
    private Watch watch;

    @BeforeEach
    void open() {
        bench = new Bench(temp.resolve("state"));
        watch = bench.driver.watch(bench.events::add);
    }

    @AfterEach
    void close() {
        watch.close();
        bench.close();
    }

    @Test
    void tellsALifeInOrder() throws InterruptedException {
        String id = bench.started("web", "sleep", "1000");
        bench.driver.pause(id, Bench.soon());
        bench.driver.resume(id, Bench.soon());
        bench.driver.rename(id, "web-old", Bench.soon());
        bench.stop(id);
        bench.driver.start(id, Bench.soon());
        bench.driver.remove(id, Bench.soon());

        for (UnitEvent.Kind kind : List.of(
                UnitEvent.Kind.CREATED,
                UnitEvent.Kind.STARTED,
                UnitEvent.Kind.PAUSED,
                UnitEvent.Kind.RESUMED,
                UnitEvent.Kind.RENAMED,
                UnitEvent.Kind.DIED,
                UnitEvent.Kind.STARTED,
                UnitEvent.Kind.DIED,
                UnitEvent.Kind.REMOVED)) {
            UnitEvent event = bench.events.poll(SOON.toSeconds(), TimeUnit.SECONDS);
            assertThat(event).as(kind.toString()).isNotNull();
            assertThat(event.kind()).isEqualTo(kind);
            assertThat(event.id()).isEqualTo(id);
            assertThat(event.labels()).containsEntry(Labels.ENVIRONMENT, "web");
        }
        assertThat(bench.events).isEmpty();
    }

    @Test
    void tellsTheExitCode() throws InterruptedException {
        bench.started("job", "sh", "-c", "exit 42");

        assertThat(bench.await(UnitEvent.Kind.DIED).exitCode()).isEqualTo(42);
    }

    @Test
    void tellsWhatAnotherEngineDoes() throws InterruptedException {
        try (Bench other = new Bench(temp.resolve("state"))) {
            String id = other.create("web", "sleep", "1000");
            assertThat(bench.await(UnitEvent.Kind.CREATED).id()).isEqualTo(id);
            other.driver.start(id, Bench.soon());
            assertThat(bench.await(UnitEvent.Kind.STARTED).id()).isEqualTo(id);
            other.driver.pause(id, Bench.soon());
            assertThat(bench.await(UnitEvent.Kind.PAUSED).id()).isEqualTo(id);
            other.driver.resume(id, Bench.soon());
            assertThat(bench.await(UnitEvent.Kind.RESUMED).id()).isEqualTo(id);
            other.stop(id);
            assertThat(bench.await(UnitEvent.Kind.DIED).exitCode()).isEqualTo(143);
            other.driver.remove(id, Bench.soon());
            assertThat(bench.await(UnitEvent.Kind.REMOVED).id()).isEqualTo(id);
        }
    }

    @Test
    void tellsAKillFromOutside() throws InterruptedException, IOException {
        String id = bench.started("web", "sleep", "1000");
        bench.await(UnitEvent.Kind.STARTED);

        ProcessHandle.of(run(id).main().pid()).orElseThrow().destroyForcibly();

        assertThat(bench.await(UnitEvent.Kind.DIED).exitCode()).isEqualTo(137);
    }

    @Test
    void tellsWhenTheShimIsKilledTogetherWithTheMainProcess() throws InterruptedException {
        try (Bench other = new Bench(temp.resolve("state"))) {
            String id = other.started("web", "sleep", "1000");
            bench.await(UnitEvent.Kind.STARTED);
            Run run = run(id);

            ProcessHandle.of(run.shim().pid()).orElseThrow().destroyForcibly();
            ProcessHandle.of(run.main().pid()).orElseThrow().destroyForcibly();

            assertThat(bench.await(UnitEvent.Kind.DIED).exitCode()).isEqualTo(RunFiles.UNKNOWN_EXIT);
            assertThat(bench.state(id)).isEqualTo(EnvironmentState.EXITED);
        }
    }

    @Test
    void aMainProcessWhoseShimWasKilledStillRuns() throws InterruptedException {
        String id = bench.started("web", "sleep", "1000");

        ProcessHandle.of(run(id).shim().pid()).orElseThrow().destroyForcibly();
        Waiting.soon(() -> !new ProcessTable(Host.current()).isAlive(run(id).shim()), Bench.soon(), "the kill");

        assertThat(bench.state(id)).isEqualTo(EnvironmentState.RUNNING);
        bench.stop(id);
        assertThat(bench.state(id)).isEqualTo(EnvironmentState.EXITED);
    }

    @Test
    void nothingIsToldAfterTheClose() {
        watch.close();

        bench.started("web", "sleep", "1000");

        assertThat(bench.events).isEmpty();
    }

    @Test
    void pausedProcessesAreFrozenForEveryEngine() {
        String id = bench.started("web", "sh", "-c", "sleep 1000 & wait");
        bench.driver.pause(id, Bench.soon());

        try (Bench other = new Bench(temp.resolve("state")).leaving()) {
            assertThat(other.state(id)).isEqualTo(EnvironmentState.PAUSED);
            ProcessTable processes = new ProcessTable(Host.current());
            assertThat(new ProcessTree(processes).members(id, run(id), true))
                    .hasSizeGreaterThan(1)
                    .allMatch(ProcessStat::isStopped);
            other.driver.resume(id, Bench.soon());
            assertThat(bench.state(id)).isEqualTo(EnvironmentState.RUNNING);
        }
    }

    @Test
    void aPausedEnvironmentCanBeStopped() {
        String id = bench.started("web", "sleep", "1000");
        bench.driver.pause(id, Bench.soon());

        bench.stop(id);

        assertThat(bench.driver.inspect(id, Bench.soon()).status().exitCode()).hasValue(143);
    }

    private Run run(String id) {
        return new RunFiles(Host.current(), new ProcessTable(Host.current()))
                .read(new StateDirectory(temp.resolve("state")).unit(id));
    }
}
