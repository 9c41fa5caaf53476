package io.cofferdam.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.driver.Verdict;
import io.cofferdam.driver.Watch;
import io.cofferdam.engine.Capability;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.EngineInfo;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.ResourceUsage;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateOnProcessTest {

    @TempDir
    Path temp;

    private Path state() {
        return temp.resolve("state");
    }

    @Test
    void onlyTheOwnerMayEnter() throws IOException {
        try (Bench bench = new Bench(state())) {
            String id = bench.create("web", EnvironmentSpec.command("true").secretEnv("PASSWORD", "secret"));
            UnitDirectory unit = new StateDirectory(state()).unit(id);

            assertThat(permissions(state())).isEqualTo("rwx------");
            assertThat(permissions(unit.path())).isEqualTo("rwx------");
            assertThat(permissions(unit.unit())).isEqualTo("rw-------");
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void secretsAreOnNoCommandLine() {
        try (Bench bench = new Bench(state())) {
            bench.started("web", EnvironmentSpec.command("sleep", "1000").secretEnv("PASSWORD", "t0psecret"));

            assertThat(ProcessHandle.allProcesses().flatMap(process -> process.info().commandLine().stream()))
                    .noneMatch(line -> line.contains("t0psecret"));
        }
    }

    @Test
    void variablesOfThisJvmAreNotHandedOn() {
        try (Bench bench = new Bench(state())) {
            String id = bench.started("job", "env");
            assertThat(bench.awaitExit(id)).isZero();

            Set<String> names = bench.lines(id, LogQuery.all()).stream()
                    .map(line -> line.split("=", 2)[0])
                    .collect(Collectors.toSet());
            assertThat(names).contains("PATH", "HOME", "COFFERDAM_ADDRESS", "COFFERDAM_NAME", "COFFERDAM_ID");
            assertThat(names).noneMatch(name -> name.startsWith("_cf"));
            names.removeIf(name -> name.startsWith("COFFERDAM_") || name.startsWith("LC_"));
            assertThat(Set.of(
                            "PATH",
                            "HOME",
                            "PWD",
                            "LANG",
                            "LANGUAGE",
                            "TZ",
                            "JAVA_HOME",
                            "LD_LIBRARY_PATH",
                            "_",
                            "OLDPWD",
                            "SHLVL"))
                    .containsAll(names);
        }
    }

    @Test
    void whatACrashLeftHalfMadeIsNeverListedAndIsClearedAway() throws IOException {
        try (Bench bench = new Bench(state())) {
            bench.create("kept", "true");
        }
        StateDirectory directory = new StateDirectory(state());
        UnitDirectory half = directory.unit("0123456789abcdef");
        Files.createDirectories(half.root().resolve("sub"));
        Files.writeString(half.maker(), "999999999-1-dead");
        Files.createDirectories(directory.names().resolve("web").resolve(half.id()));
        Files.delete(directory.names().resolve("web").resolve(half.id()));
        Files.createFile(directory.names().resolve("web").resolve(half.id()));

        try (Bench bench = new Bench(state())) {
            assertThat(half.path()).doesNotExist();
            assertThat(bench.driver.list(LabelSelector.all(), Bench.soon())).isEmpty();
            String id = bench.create("web", "true");
            assertThat(bench.driver.inspect("web", Bench.soon()).status().id()).isEqualTo(id);
        }
    }

    @Test
    void anEnvironmentInTheMakingByALivingEngineIsLeftAlone() throws IOException {
        StateDirectory directory = new StateDirectory(state());
        directory.make();
        ProcessTable processes = new ProcessTable(Host.current());
        UnitDirectory half = directory.unit("0123456789abcdef");
        Files.createDirectories(half.root());
        Files.writeString(half.maker(), Jvm.of(processes).token());

        try (Bench bench = new Bench(state())) {
            assertThat(half.path()).isDirectory();
            assertThat(bench.driver.list(LabelSelector.all(), Bench.soon())).isEmpty();
        }
    }

    @Test
    void aRecycledNumberIsNotTakenForTheProcess() throws IOException {
        try (Bench bench = new Bench(state())) {
            String id = bench.started("web", "sleep", "1000");
            UnitDirectory unit = new StateDirectory(state()).unit(id);
            bench.stop(id);
            // A run that names this JVM, started at another time: as if the number had been given away again.
            String[] lines = Files.readString(unit.run()).split("\n");
            long self = ProcessHandle.current().pid();
            String forged = lines[0] + "\n" + lines[1].replaceFirst("^\\d+", "" + self) + "\n"
                    + lines[2].replaceFirst("^\\d+", "" + self) + "\n";
            Files.writeString(unit.run(), forged);
            Files.delete(unit.exit());

            assertThat(bench.driver.inspect(id, Bench.soon()).status().state().isAlive())
                    .isFalse();
            bench.stop(id);
            assertThat(bench.driver.inspect(id, Bench.soon()).status().exitCode())
                    .hasValue(RunFiles.UNKNOWN_EXIT);
        }
    }

    @Test
    void onlyOneEngineCaresForAnEnvironment() {
        try (Bench one = new Bench(state());
                Bench other = new Bench(state()).leaving()) {
            String id = one.create("web", "true");

            Optional<Watch> claim = one.driver.claim(id);
            assertThat(claim).isPresent();
            assertThat(other.driver.claim(id)).isEmpty();
            claim.get().close();
            assertThat(other.driver.claim(id)).isPresent();
        }
    }

    @Test
    void whatTheOrchestratorFoundOutIsToldToOthers() {
        try (Bench one = new Bench(state());
                Bench other = new Bench(state()).leaving()) {
            String id = one.create("web", "true");

            one.driver.remember(id, new Verdict(HealthStatus.UNHEALTHY, 3));

            EnvironmentStatus status = other.driver.inspect(id, Bench.soon()).status();
            assertThat(status.health()).isEqualTo(HealthStatus.UNHEALTHY);
            assertThat(status.restarts()).isEqualTo(3);
        }
    }

    @Test
    void tellsWhatProcessesUse() {
        try (Bench bench = new Bench(state())) {
            String id = bench.started(
                    "web", "sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; sleep 1000 & echo up; wait");
            bench.awaitLine(id, "up"::equals);

            ResourceUsage usage = bench.driver.usage(id, Bench.soon());

            assertThat(usage.cpuTime()).isPositive();
            assertThat(usage.memory()).isGreaterThan(100_000);
            assertThat(usage.pids()).isEqualTo(2);
        }
    }

    @Test
    void aFullDiskIsAStorageErrorAndLeavesNothing() throws Exception {
        Assumptions.assumeTrue(
                System.getProperty("user.name").equals("root")
                        && Executables.onHost("mount").isPresent(),
                "needs root to mount a small file system");
        Path small = Files.createDirectories(temp.resolve("small"));
        run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small.toString());
        try (Bench bench = new Bench(small.resolve("state"))) {
            Path template = Files.createDirectories(temp.resolve("template"));
            Files.write(template.resolve("large"), new byte[3_000_000]);

            assertThatThrownBy(() -> bench.create(
                            "web", EnvironmentSpec.template(template).withCommand("true")))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("creating 'web'")
                    .hasMessageContaining("make room");

            try (Stream<Path> left = Files.list(small.resolve("state/environments"))) {
                assertThat(left).isEmpty();
            }
            assertThat(bench.create("web", "true")).isNotEmpty();
        } finally {
            run("umount", small.toString());
        }
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    @Test
    void runsAsAnotherUserWhereItMay() throws Exception {
        Path open = Files.createTempDirectory(Path.of("/var/tmp"), "cofferdam");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Bench bench = new Bench(open.resolve("state"))) {
            Assumptions.assumeTrue(bench.driver.capabilities().has(Capability.USER_SWITCH), "needs root");
            String id = bench.started(
                    "db",
                    EnvironmentSpec.command("sh", "-c", "id -un; touch \"$HOME/file\" && exec sleep 1000")
                            .user("nobody"));

            assertThat(bench.awaitLine(id, line -> true)).isEqualTo("nobody");
            assertThat(bench.driver
                            .exec(id, ExecSpec.of("id", "-un"), Bench.soon())
                            .stdout())
                    .isEqualTo("nobody\n");
            assertThat(bench.driver
                            .exec(id, ExecSpec.of("id", "-u").withUser("0"), Bench.soon())
                            .stdout())
                    .isEqualTo("0\n");
            bench.stop(id);
            assertThat(bench.driver.inspect(id, Bench.soon()).status().exitCode())
                    .hasValue(143);
        } finally {
            Trees.delete(open);
        }
    }

    @Test
    void tellsAboutTheHost() {
        try (Bench bench = new Bench(state())) {
            EngineInfo info = bench.driver.info(Bench.soon());

            assertThat(info.engine()).isEqualTo("process");
            assertThat(info.cpus()).isPositive();
            assertThat(info.operatingSystem()).isEqualTo(Host.current().systemName());
            assertThat(info.endpoint()).contains("state");
        }
    }

    @Test
    void discoveryChangesNothing() {
        EngineConfig config = EngineConfig.builder().stateDirectory(state()).build();

        assertThat(new ProcessProvider().discover(config).isAvailable()).isTrue();
        assertThat(state()).doesNotExist();
    }

    @Test
    void aStateDirectoryThatCannotBeMadeIsRejectedWithTheReason() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "");
        EngineConfig config =
                EngineConfig.builder().stateDirectory(file.resolve("state")).build();

        assertThat(new ProcessProvider().discover(config).rejected())
                .singleElement()
                .satisfies(rejected -> assertThat(rejected.reason()).contains(file.toString()));
    }

    @Test
    void afterTheCloseNoThreadAndNoFileIsLeftAndCallsAreRefused() throws IOException {
        Bench bench = new Bench(state()).leaving();
        bench.driver.watch(bench.events::add);
        String id = bench.started("web", "sh", "-c", "echo up; exec sleep 1000");
        bench.awaitLine(id, "up"::equals);

        bench.close();

        assertThatThrownBy(() -> bench.driver.inspect(id, Bench.soon())).isInstanceOf(ClosedException.class);
        assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                .noneMatch(name -> name.startsWith("cofferdam-process"));
        assertThat(openFiles()).noneMatch(file -> file.startsWith(state().toString()) || file.contains("inotify"));
        try (Bench next = new Bench(state())) {
            assertThat(next.state(id).isAlive()).isTrue();
        }
    }

    private static List<String> openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.map(file -> {
                        try {
                            return Files.readSymbolicLink(file).toString();
                        } catch (IOException closedMeanwhile) {
                            return "";
                        }
                    })
                    .toList();
        }
    }
}
