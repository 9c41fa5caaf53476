package io.cofferdam.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Leftover;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.process.watcher.ProcessSweeper;
import io.cofferdam.watcher.Sweeper;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long environments live when their JVM does not end as it should. */
class WatcherOnProcessTest {

    private static final Duration PROMISE = Duration.ofSeconds(10);

    @TempDir
    Path state;

    @TempDir
    Path scratch;

    private final Set<Process> victims = new HashSet<>();

    @AfterEach
    void nothingIsLeft() throws Exception {
        for (Process victim : victims) {
            Victims.kill(victim);
        }
        try (Orchestrator engine = open()) {
            engine.environments().select(LabelSelector.all()).remove();
            engine.sweep();
        }
        eventually(() -> Victims.left(state).isEmpty());
        assertThat(Victims.watchers(ProcessHandle.current())).isEmpty();
    }

    private Orchestrator open() {
        return new ProcessProvider()
                .open(EngineConfig.builder().stateDirectory(state).build());
    }

    private Process victim(String... arguments) throws IOException {
        return victimFrom(System.getProperty("java.class.path"), arguments);
    }

    private Process victimFrom(String classPath, String... arguments) throws IOException {
        String[] all = new String[arguments.length + 1];
        all[0] = state.toString();
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        Process victim = Victims.ready(classPath, all);
        victims.add(victim);
        return victim;
    }

    private static void eventually(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PROMISE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("gone within " + PROMISE).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"class path", "fat jar", "nested jar"})
    @DisplayName("a JVM that is killed leaves no process, no directory, no network")
    void killed(String from) throws Exception {
        Process victim = victimFrom(
                from.equals("fat jar") ? fatJar() : System.getProperty("java.class.path"),
                from.equals("nested jar") ? "nested" : "session");
        assertThat(Victims.left(state)).hasSizeGreaterThan(6);

        Victims.kill(victim);

        eventually(() -> Victims.left(state).isEmpty());
    }

    @Test
    @DisplayName(
            "an environment with an end in time is removed then, also when its JVM has closed its engine and ended")
    void timed() throws Exception {
        Process victim = Victims.start(System.getProperty("java.class.path"), state.toString(), "ttl", "3000");
        assertThat(victim.waitFor()).isZero();
        assertThat(Victims.left(state)).isNotEmpty();

        eventually(() -> Victims.left(state).isEmpty());
    }

    @Test
    @DisplayName("a watcher that waits for an end in time ends when the environment was removed before")
    void timedButRemoved() throws Exception {
        List<ProcessHandle> watchers;
        try (Orchestrator engine = open()) {
            engine.environments()
                    .create(Victim.idle("timed")
                            .lifetime(Lifetime.ttl(Duration.ofHours(1)))
                            .build());
            watchers = Victims.watchers(ProcessHandle.current());
        }
        assertThat(watchers).singleElement().matches(ProcessHandle::isAlive);

        try (Orchestrator other = open()) {
            other.environments().get("timed").remove();
        }

        eventually(() -> watchers.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    @DisplayName(
            "a JVM that is killed when a volume has its restored content, but the environment not, has changed neither")
    void restoring() throws Exception {
        Process victim = victim("restore", scratch.resolve("go").toString());
        Path data = state.resolve("volumes/cofferdam-data/data");
        eventually(() -> content(data.resolve("a")).equals("saved\n"));

        Victims.kill(victim);

        eventually(() -> content(data.resolve("a")).equals("newer\n") && Files.exists(data.resolve("b")));
        eventually(() -> isEmpty(state.resolve("restores")) && !hasHidden(data.getParent()));
        Files.createFile(scratch.resolve("go"));
        try (Orchestrator next = open()) {
            IsolatedEnvironment kept = next.environments().get("kept");
            kept.start();
            assertThat(kept.exec("cat", "data/a", "data/b").stdout()).isEqualTo("newer\nnewest\n");
            assertThat(next.environments().statuses(LabelSelector.all())).hasSize(1);
            kept.remove();
            next.snapshots().remove("saved");
            next.volumes().remove("data");
        }
    }

    @Test
    @DisplayName("what was frozen to be saved goes on when the JVM that saved it is dead")
    void saving() throws Exception {
        try (Orchestrator engine = open()) {
            IsolatedEnvironment frozen = engine.environments()
                    .run(Victim.idle("frozen").lifetime(Lifetime.persistent()).build());
            frozen.pause();
            String mark = "999999999-1";
            Path prepared = Files.createDirectories(state.resolve("snapshots/." + mark + "-half"));
            Files.writeString(prepared.resolve("frozen"), frozen.id());
            Sweeper sweeper = new ProcessSweeper(
                    Map.of(ProcessSweeper.STATE, state.toString(), Sweeper.OWNER, "here:999999999:1"));

            assertThat(sweeper.sweep(true, false).found()).hasSize(1);
            assertThat(frozen.status().state()).isEqualTo(EnvironmentState.PAUSED);
            sweeper.sweep(true, true);

            assertThat(frozen.status().state()).isEqualTo(EnvironmentState.RUNNING);
            assertThat(frozen.exec("echo", "well").stdout()).isEqualTo("well\n");
            assertThat(prepared).doesNotExist();
        }
    }

    /** Empty while there is no such file. */
    private static String content(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException none) {
            return "";
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    private static boolean hasHidden(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.anyMatch(entry -> entry.getFileName().toString().startsWith("."));
        }
    }

    @Test
    @DisplayName("what is persistent stays, and nobody watches it")
    void persistent() throws Exception {
        Process victim = victim("persistent");
        assertThat(Victims.watchers(victim.toHandle())).isEmpty();
        Victims.kill(victim);

        try (Orchestrator engine = open()) {
            assertThat(engine.sweep()).isEmpty();
            assertThat(engine.environments().get("kept").status().state()).isEqualTo(EnvironmentState.RUNNING);
        }
    }

    @Test
    @DisplayName("the watcher is started with the first session environment only, and ends with the orchestrator")
    void lazyAndTidy() throws Exception {
        ProcessHandle watcher;
        try (Orchestrator engine = open()) {
            engine.environments()
                    .create(Victim.idle("kept").lifetime(Lifetime.persistent()).build());
            assertThat(Victims.watchers(ProcessHandle.current())).isEmpty();

            engine.environments().create(Victim.idle("one").build());
            engine.environments().create(Victim.idle("two").build());

            assertThat(Victims.watchers(ProcessHandle.current())).hasSize(1);
            watcher = Victims.watchers(ProcessHandle.current()).get(0);
        }
        assertThat(watcher.isAlive()).isFalse();
    }

    @Test
    @DisplayName("a watcher that is killed is started anew, and does its work then")
    void watcherKilled() throws Exception {
        Process victim = victim("session");
        ProcessHandle first = Victims.watchers(victim.toHandle()).get(0);

        first.destroyForcibly();

        eventually(
                () -> Victims.watchers(victim.toHandle()).stream().anyMatch(watcher -> watcher.pid() != first.pid()));
        // Before anything is made there is a watcher that knows what it is for; a moment earlier it might not.
        Victims.more(victim, "made-later");
        Victims.kill(victim);
        eventually(() -> Victims.left(state).isEmpty());
    }

    @Test
    @DisplayName(
            "when the watcher is killed together with its JVM, the next start sweeps; a living owner's are not touched")
    void nextStart() throws Exception {
        Process victim = victim("session");
        try (Orchestrator living = open();
                IsolatedEnvironment mine =
                        living.environments().run(Victim.idle("mine").build())) {
            Victims.killWithWatchers(victim);

            try (Orchestrator next = open()) {
                List<Leftover> found = next.leftovers();
                List<Leftover> swept = next.sweep();

                assertThat(found)
                        .extracting(Leftover::name)
                        .contains("one", "web", "never-started")
                        .doesNotContain("mine");
                assertThat(swept).containsAll(found);
                assertThat(next.leftovers()).isEmpty();
                assertThat(next.environments().statuses(LabelSelector.all()))
                        .singleElement()
                        .satisfies(status -> assertThat(status.name()).isEqualTo("mine"));
            }
            assertThat(mine.status().state()).isEqualTo(EnvironmentState.RUNNING);
        }
    }

    @Test
    @DisplayName("an orchestrator sweeps by itself soon after its first use")
    void byItself() throws Exception {
        Process victim = victim("session");
        Victims.killWithWatchers(victim);

        try (Orchestrator next = open()) {
            next.environments().find("nobody");
            eventually(() -> Victims.left(state).isEmpty());
        }
    }

    @Test
    @DisplayName("children go with their parent, whoever removes it, and with their own children")
    void children() throws Exception {
        try (Orchestrator engine = open();
                Orchestrator other = open()) {
            IsolatedEnvironment parent = engine.environments()
                    .create(Victim.idle("parent")
                            .lifetime(Lifetime.persistent())
                            .build());
            IsolatedEnvironment child = engine.environments()
                    .create(Victim.idle("child")
                            .lifetime(Lifetime.childOf(parent))
                            .build());
            engine.environments()
                    .create(Victim.idle("grandchild")
                            .lifetime(Lifetime.childOf(child))
                            .build());
            parent.update(Victim.idle("parent")
                    .label("changed", "yes")
                    .lifetime(Lifetime.persistent())
                    .build());
            assertThat(child.status().state()).isEqualTo(EnvironmentState.CREATED);

            other.environments().get("parent").remove();

            assertThat(other.environments().statuses(LabelSelector.all())).isEmpty();
            assertThatThrownBy(() -> other.environments()
                            .create(Victim.idle("late")
                                    .lifetime(Lifetime.childOf(parent))
                                    .build()))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessageContaining("'late'")
                    .hasMessageContaining("'parent'");
        }
    }

    /** What a build plugin would make: all classes of the class path in one jar. */
    private String fatJar() throws IOException {
        Path jar = scratch.resolve("fat.jar");
        Set<String> there = new HashSet<>();
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
                if (Files.isDirectory(Path.of(entry))) {
                    try (var files = Files.walk(Path.of(entry))) {
                        for (Path path : files.filter(Files::isRegularFile).toList()) {
                            String name = Path.of(entry).relativize(path).toString();
                            if (name.contains("cofferdam") && there.add(name)) {
                                out.putNextEntry(new JarEntry(name));
                                Files.copy(path, out);
                            }
                        }
                    }
                } else if (entry.contains("jackson") || entry.contains("slf4j-api")) {
                    try (ZipFile zip = new ZipFile(entry)) {
                        for (var each : java.util.Collections.list(zip.entries())) {
                            if (!each.isDirectory() && there.add(each.getName())) {
                                out.putNextEntry(new JarEntry(each.getName()));
                                zip.getInputStream(each).transferTo(out);
                            }
                        }
                    }
                }
            }
        }
        return jar.toString();
    }
}
