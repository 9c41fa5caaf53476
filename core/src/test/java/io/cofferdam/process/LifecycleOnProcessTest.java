package io.cofferdam.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.StartFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LifecycleOnProcessTest {

    @TempDir
    Path temp;

    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench(temp.resolve("state"));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void runsFromCreateToRemove() throws IOException {
        Instant before = Instant.now().minusSeconds(1);

        String id = bench.create("web", "sh", "-c", "echo up; exec sleep 1000");
        assertThat(bench.state(id)).isEqualTo(EnvironmentState.CREATED);
        assertThat(bench.driver.inspect("web", Bench.soon()).status().id()).isEqualTo(id);

        bench.driver.start(id, Bench.soon());
        EnvironmentStatus running = bench.driver.inspect(id, Bench.soon()).status();
        assertThat(running.state()).isEqualTo(EnvironmentState.RUNNING);
        assertThat(running.startedAt()).hasValueSatisfying(at -> assertThat(at).isAfter(before));
        assertThat(running.exitCode()).isEmpty();
        bench.awaitLine(id, "up"::equals);

        bench.stop(id);
        EnvironmentStatus stopped = bench.driver.inspect(id, Bench.soon()).status();
        assertThat(stopped.state()).isEqualTo(EnvironmentState.EXITED);
        assertThat(stopped.exitCode()).hasValue(143);
        assertThat(stopped.finishedAt()).hasValueSatisfying(at -> assertThat(at).isAfter(before));

        bench.driver.start(id, Bench.soon());
        assertThat(bench.state(id)).isEqualTo(EnvironmentState.RUNNING);
        bench.driver.remove(id, Bench.soon());
        assertThatThrownBy(() -> bench.state(id)).isInstanceOf(NotFoundException.class);
        assertThat(bench.driver.list(LabelSelector.all(), Bench.soon())).isEmpty();
        assertThat(leftovers()).isEmpty();
    }

    private List<Path> leftovers() throws IOException {
        List<Path> left = new ArrayList<>();
        for (String part : List.of("environments", "names", "trash", "locks")) {
            try (Stream<Path> entries = Files.list(temp.resolve("state").resolve(part))) {
                entries.forEach(left::add);
            }
        }
        return left;
    }

    @Test
    void tellsTheExitCode() {
        String id = bench.started("job", "sh", "-c", "exit 42");

        assertThat(bench.awaitExit(id)).isEqualTo(42);
    }

    @Test
    void aCopyOfTheTemplateIsTheWorkingDirectory() throws IOException {
        Path template = Files.createDirectories(temp.resolve("template/sub"));
        Files.writeString(template.resolve("file"), "content");
        Files.createSymbolicLink(template.resolve("link"), Path.of("file"));
        Path script = Files.writeString(temp.resolve("template/run"), "#!/bin/sh\ncat sub/link; readlink sub/link");
        assertThat(script.toFile().setExecutable(true)).isTrue();

        String id = bench.started(
                "job", EnvironmentSpec.template(temp.resolve("template")).withCommand("./run"));

        assertThat(bench.awaitExit(id)).isZero();
        assertThat(bench.lines(id, LogQuery.all())).containsExactly("contentfile");
        assertThat(template.resolve("file")).hasContent("content");
    }

    @Test
    void aMissingTemplateAndAMissingCommandAreToldAtOnceAndNothingIsLeft() throws IOException {
        EnvironmentSpec.Builder spec = EnvironmentSpec.image("redis:7")
                .withTemplate(temp.resolve("nowhere"))
                .env("a.b", "c");

        InvalidInputException failure =
                catchThrowableOfType(InvalidInputException.class, () -> bench.create("web", spec));

        assertThat(failure.problems()).extracting("where").containsExactly("command", "template", "env");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void aProgramThatDoesNotExistIsAFailedStartAndNothingRuns() {
        String id = bench.create("web", "no-such-program");

        StartFailedException failure =
                catchThrowableOfType(StartFailedException.class, () -> bench.driver.start(id, Bench.soon()));

        assertThat(failure.exitCode()).hasValue(127);
        assertThat(failure).hasMessageContaining("could not start 'web' (process, no-such-program)");
        assertThat(bench.state(id)).isEqualTo(EnvironmentState.CREATED);
    }

    @Test
    void aProgramWithoutItsInterpreterIsAFailedStart() throws IOException {
        Path template = Files.createDirectories(temp.resolve("template"));
        Path script = Files.writeString(template.resolve("run"), "#!/no/such/interpreter\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        String id = bench.create("web", EnvironmentSpec.template(template).withCommand("./run"));

        assertThatThrownBy(() -> bench.driver.start(id, Bench.soon())).isInstanceOf(StartFailedException.class);
        assertThat(bench.state(id)).isEqualTo(EnvironmentState.CREATED);
    }

    @Test
    void aProgramThatItselfExitsWith127IsNotAFailedStart() {
        String id = bench.started("web", "sh", "-c", "echo no such thing >&2; exit 127");

        assertThat(bench.awaitExit(id)).isEqualTo(127);
    }

    @Test
    void ofTwoHundredConcurrentCreatesOfANameOneWins() throws Exception {
        List<Future<String>> attempts = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(200);
        try {
            for (int i = 0; i < 200; i++) {
                attempts.add(threads.submit(() -> {
                    try {
                        return bench.create("web", "sleep", "1000");
                    } catch (NameTakenException taken) {
                        return "";
                    }
                }));
            }
            List<String> made = new ArrayList<>();
            for (Future<String> attempt : attempts) {
                String id = attempt.get();
                if (!id.isEmpty()) {
                    made.add(id);
                }
            }

            assertThat(made).hasSize(1);
            assertThat(bench.driver.list(LabelSelector.all(), Bench.soon())).hasSize(1);
            assertThat(leftovers()).hasSize(2);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aNameUsedAgainGetsAnotherIdentifier() {
        String first = bench.create("web", "sleep", "1000");
        bench.driver.remove(first, Bench.soon());
        String second = bench.create("web", "sleep", "1000");

        assertThat(second).isNotEqualTo(first);
    }

    @Test
    void aRenamedEnvironmentFreesItsName() {
        String old = bench.create("web", "sleep", "1000");

        bench.driver.rename(old, "web-old", Bench.soon());
        String replacement = bench.create("web", "sleep", "1000");

        assertThat(bench.driver.inspect("web", Bench.soon()).status().id()).isEqualTo(replacement);
        assertThat(bench.driver.inspect("web-old", Bench.soon()).status().id()).isEqualTo(old);
        assertThat(bench.driver.inspect(old, Bench.soon()).status().name()).isEqualTo("web");
        assertThatThrownBy(() -> bench.driver.rename(old, "web", Bench.soon())).isInstanceOf(NameTakenException.class);
    }

    @Test
    void theWholeTreeIsGoneAfterAStopAlsoWhatLeftParentAndSession() {
        String id = bench.started(
                "web",
                "sh",
                "-c",
                "sleep 1111 & setsid sh -c 'sleep 1112 & exec sleep 1113' & (setsid sleep 1114 &) ; echo up; wait");
        bench.awaitLine(id, "up"::equals);
        ProcessTable processes = new ProcessTable(Host.current());
        ProcessTree tree = new ProcessTree(processes);
        Run run = new RunFiles(Host.current(), processes).read(new StateDirectory(temp.resolve("state")).unit(id));

        bench.driver.stop(id, "SIGTERM", Duration.ofSeconds(5), Bench.soon());

        assertThat(tree.members(id, run, true)).isEmpty();
        assertThat(bench.state(id)).isEqualTo(EnvironmentState.EXITED);
    }

    @Test
    void whatTheMainProcessLeavesBehindIsEndedWithIt() {
        String id = bench.started("web", "sh", "-c", "(setsid sleep 1115 &); exit 3");
        assertThat(bench.awaitExit(id)).isEqualTo(3);

        bench.stop(id);

        ProcessTable processes = new ProcessTable(Host.current());
        assertThat(new ProcessTree(processes).members(id, Run.NEVER, true)).isEmpty();
    }

    @Test
    void aProgramThatIgnoresTheSignalIsForcedAfterTheGrace() {
        String id = bench.started("web", "sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done");
        bench.awaitLine(id, "up"::equals);

        bench.driver.stop(id, "SIGTERM", Duration.ofMillis(200), Bench.soon());

        assertThat(bench.driver.inspect(id, Bench.soon()).status().exitCode()).hasValue(137);
    }

    @Test
    void otherSignalsReachTheMainProcessToo() {
        String id = bench.started("web", "sh", "-c", "trap 'exit 7' INT; echo up; while :; do sleep 0.05; done");
        bench.awaitLine(id, "up"::equals);

        bench.driver.stop(id, "SIGINT", Duration.ofSeconds(10), Bench.soon());

        assertThat(bench.driver.inspect(id, Bench.soon()).status().exitCode()).hasValue(7);
    }

    @Test
    void theNextEngineFindsWatchesAndStopsWhatAnEarlierOneStarted() throws InterruptedException {
        Bench earlier = new Bench(temp.resolve("state")).leaving();
        String id = earlier.started("web", "sh", "-c", "echo up; exec sleep 1000");
        earlier.close();

        assertThat(bench.state(id)).isEqualTo(EnvironmentState.RUNNING);
        bench.awaitLine(id, "up"::equals);
        bench.stop(id);
        assertThat(bench.driver.inspect(id, Bench.soon()).status().exitCode()).hasValue(143);
    }

    @Test
    void worksInAPathWithBlanksAndLettersOfOtherAlphabets() {
        try (Bench odd = new Bench(temp.resolve("Zustände und $(so) 'weiter' ёж " + "x".repeat(100)))) {
            String id = odd.started("web", "sh", "-c", "pwd; exit 5");

            assertThat(odd.awaitExit(id)).isEqualTo(5);
            assertThat(odd.lines(id, LogQuery.all())).singleElement().asString().contains("ёж");
        }
    }
}
