package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.ImportOptions;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.Snapshot;
import io.cofferdam.environment.Snapshots;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.StartFailedException;
import io.cofferdam.error.WrongStateException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Saving, restoring, forking, exporting and importing. */
abstract class SnapshotCases extends Cases {

    /** Starts unless there is a file that tells it not to. */
    private static final String FRAGILE = "if [ -e broken ]; then exit 3; fi; " + IDLE;

    private Snapshots snapshots() {
        return engine().snapshots();
    }

    private Map<String, String> labels() {
        return Map.of(LABEL, label());
    }

    private Snapshot save(IsolatedEnvironment environment, String word) {
        return environment.snapshot(name(word), labels());
    }

    private static List<String> names(Snapshots snapshots, Cases cases) {
        return snapshots.list(cases.mine()).stream().map(Snapshot::name).toList();
    }

    /** Where there are no snapshots, that is what is said, and the case is over. */
    private boolean refused() {
        if (has(Capability.SNAPSHOTS)) {
            return false;
        }
        assertRefused(Capability.SNAPSHOTS, () -> snapshots().list(mine()));
        return true;
    }

    @Test
    @DisplayName("restore: files are as they were, under the same name and fixed port; what came after is gone")
    void restore() {
        if (refused()) {
            return;
        }
        int port = freePort();
        IsolatedEnvironment web = environments()
                .run(web("web", 8080)
                        .publish(PortMapping.fixed(port, 8080))
                        .readyWhen(Readiness.http(8080, "/"))
                        .build());
        sh(web, "echo before > www/file; mkdir kept; ln -s ../www/file kept/link; chmod 640 www/file");
        Snapshot snapshot = save(web, "clean");
        sh(web, "echo after > www/file; echo more > www/more; rm -r kept");
        String id = web.id();

        web.restore(snapshot);

        assertThat(web.id()).isNotEqualTo(id);
        assertThat(web.status().state()).isEqualTo(EnvironmentState.RUNNING);
        assertThat(web.endpoint(8080).hostPort()).isEqualTo(port);
        assertThat(get(web.endpoint(8080), "/file")).isEqualTo("before\n");
        assertThat(sh(web, "ls www")).isEqualTo("file\nindex.html\n");
        assertThat(sh(web, "cat kept/link; readlink kept/link")).isEqualTo("before\n../www/file\n");
        assertThat(sh(web, "ls -l www/file")).startsWith("-rw-r-----");
        assertThat(environments().statuses(mine())).hasSize(1);
    }

    @Test
    @DisplayName("snapshot: tells what it is, and is found and listed by any orchestrator on the engine")
    void tells() {
        if (refused()) {
            return;
        }
        IsolatedEnvironment environment = idle("web");

        Snapshot made = environment.snapshot(name("clean"), labels());

        assertThat(made.name()).isEqualTo(name("clean"));
        assertThat(made.environment()).isEqualTo(name("web"));
        assertThat(made.engine()).isEqualTo(engine().capabilities().engine());
        assertThat(made.labels()).isEqualTo(labels());
        assertThat(made.spec().command()).isEqualTo(environment.spec().command());
        assertThat(made.size()).isNotNegative();
        Orchestrator other = another();
        assertThat(other.snapshots().find(name("clean"))).contains(made);
        assertThat(other.snapshots().get(name("clean"))).isEqualTo(made);
        assertThat(other.snapshots().list(mine())).containsExactly(made);
        assertThatThrownBy(() -> snapshots().get(name("clear")))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining(name("clean"));
    }

    @Test
    @DisplayName("snapshot: of one that runs, is paused, or stopped; it stays what it was")
    void states() {
        if (refused()) {
            return;
        }
        IsolatedEnvironment environment = idle("web");
        sh(environment, "echo 1 > file");
        Snapshot running = save(environment, "running");
        assertThat(environment.status().state()).isEqualTo(EnvironmentState.RUNNING);
        if (has(Capability.PAUSE)) {
            environment.pause();
            save(environment, "paused");
            assertThat(environment.status().state()).isEqualTo(EnvironmentState.PAUSED);
            environment.resume();
        }
        environment.stop();
        save(environment, "stopped");
        assertThat(environment.status().state()).isEqualTo(EnvironmentState.EXITED);

        environment.restore(running);

        assertThat(environment.status().state()).isEqualTo(EnvironmentState.CREATED);
        environment.start();
        assertThat(sh(environment, "cat file")).isEqualTo("1\n");
    }

    @Test
    @DisplayName("volumes: restored with the environment, permissions and links too; what came after is gone")
    void volumes() {
        if (refused()) {
            return;
        }
        String volume = name("data");
        try {
            IsolatedEnvironment environment = environments()
                    .run(shell("web", IDLE)
                            .mount(Mount.volume(volume, "/data"))
                            .readyWhen(Readiness.running())
                            .build());
            sh(environment, "cd data; mkdir sub; echo one > sub/file; chmod 600 sub/file; ln -s sub/file link");
            Snapshot snapshot = save(environment, "clean");
            assertThat(snapshot.volumes()).containsExactly(volume);
            sh(environment, "cd data; rm -r sub link; echo two > other; echo outside > ../outside");

            environment.restore(snapshot);

            assertThat(sh(environment, "cd data; ls; cat link; ls -l sub/file"))
                    .startsWith("link\nsub\none\n-rw-------");
            assertThat(environment.exec("sh", "-c", "test -e outside").succeeded())
                    .isFalse();
            environment.remove();
        } finally {
            environments().select(mine()).remove().orThrow();
            engine().volumes().remove(volume);
        }
    }

    @Test
    @DisplayName("fork: another environment with the same files and volumes of its own")
    void fork() {
        if (refused()) {
            return;
        }
        String volume = name("data");
        String copied = name("fork") + "-" + volume;
        try {
            IsolatedEnvironment one = environments()
                    .run(shell("web", IDLE)
                            .mount(Mount.volume(volume, "/data"))
                            .readyWhen(Readiness.running())
                            .build());
            sh(one, "echo own > file; echo shared > data/file");
            Snapshot snapshot = save(one, "clean");

            IsolatedEnvironment two = snapshots().fork(snapshot, name("fork"));
            two.start();

            assertThat(sh(two, "cat file data/file")).isEqualTo("own\nshared\n");
            sh(two, "echo changed > file; echo changed > data/file");
            assertThat(sh(one, "cat file data/file")).isEqualTo("own\nshared\n");
            assertThatThrownBy(() -> snapshots().fork(snapshot, name("fork"))).isInstanceOf(NameTakenException.class);
            assertThat(sh(two, "cat data/file")).isEqualTo("changed\n");
        } finally {
            environments().select(mine()).remove().orThrow();
            engine().volumes().remove(volume);
            engine().volumes().remove(copied);
        }
    }

    @Test
    @DisplayName("fork: a fixed port becomes a chosen one, so that both answer")
    void forkAnswers() {
        if (refused()) {
            return;
        }
        IsolatedEnvironment one = environments()
                .run(web("web", 8080)
                        .env("GREETING", "first")
                        .publish(PortMapping.fixed(freePort(), 8080))
                        .readyWhen(Readiness.http(8080, "/"))
                        .build());
        sh(one, "echo page > www/page");

        IsolatedEnvironment two = snapshots().fork(save(one, "clean"), name("fork"));
        two.start();

        assertThat(get(two.endpoint(8080), "/page")).isEqualTo("page\n");
        assertThat(get(one.endpoint(8080), "/page")).isEqualTo("page\n");
        assertThat(two.endpoint(8080)).isNotEqualTo(one.endpoint(8080));
    }

    @Test
    @DisplayName("restore: if what it goes back to does not start, everything is as it was, volumes too")
    void failedRestore() {
        if (refused()) {
            return;
        }
        String volume = name("data");
        try {
            IsolatedEnvironment environment = environments()
                    .run(shell("web", FRAGILE)
                            .mount(Mount.volume(volume, "/data"))
                            .readyWhen(Readiness.uptime(java.time.Duration.ofMillis(300)))
                            .build());
            sh(environment, "touch broken; echo old > data/file; echo old > data/only-then");
            Snapshot snapshot = save(environment, "broken");
            sh(environment, "rm broken data/only-then; echo new > file; echo new > data/file");
            String id = environment.id();

            assertThatThrownBy(() -> environment.restore(snapshot)).isInstanceOf(StartFailedException.class);

            assertThat(environment.id()).isEqualTo(id);
            assertThat(environment.status().state()).isEqualTo(EnvironmentState.RUNNING);
            assertThat(sh(environment, "cat file data/file; ls data")).isEqualTo("new\nnew\nfile\n");
            assertThat(environments().statuses(mine())).hasSize(1);
            environment.remove();
        } finally {
            environments().select(mine()).remove().orThrow();
            engine().volumes().remove(volume);
        }
    }

    @Test
    @DisplayName("restore: refused while another environment that runs uses the volume")
    void sharedVolume() {
        if (refused()) {
            return;
        }
        String volume = name("data");
        try {
            EnvironmentSpec.Builder spec =
                    shell("web", IDLE).mount(Mount.volume(volume, "/data")).readyWhen(Readiness.running());
            IsolatedEnvironment environment = environments().run(spec.build());
            environments().run(spec.name(name("other")).build());
            Snapshot snapshot = save(environment, "clean");
            sh(environment, "echo kept > data/file");

            assertThatThrownBy(() -> environment.restore(snapshot))
                    .isInstanceOf(WrongStateException.class)
                    .hasMessageContaining(name("other"));

            assertThat(sh(environment, "cat data/file")).isEqualTo("kept\n");
        } finally {
            environments().select(mine()).remove().orThrow();
            engine().volumes().remove(volume);
        }
    }

    @Test
    @DisplayName("restore: a snapshot of another environment is refused")
    void ofAnother() {
        if (refused()) {
            return;
        }
        Snapshot snapshot = save(idle("one"), "clean");
        IsolatedEnvironment two = idle("two");

        assertThatThrownBy(() -> two.restore(snapshot))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(name("one"));
    }

    @Test
    @DisplayName("names: one that is taken, and one that is none, are refused and nothing is made")
    void namesOfSnapshots() {
        if (refused()) {
            return;
        }
        IsolatedEnvironment environment = idle("web");
        sh(environment, "echo first > file");
        Snapshot first = save(environment, "clean");

        assertThatThrownBy(() -> save(environment, "clean")).isInstanceOf(NameTakenException.class);
        assertThatThrownBy(() -> environment.snapshot("../Escape", labels())).isInstanceOf(InvalidInputException.class);

        assertThat(snapshots().list(mine())).containsExactly(first);
    }

    @Test
    @DisplayName("names: of several that ask for one name at once, one gets it")
    void oneOfSeveral() {
        if (refused()) {
            return;
        }
        IsolatedEnvironment environment = idle("web");
        Orchestrator other = another();
        List<Callable<String>> attempts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            IsolatedEnvironment handle =
                    i % 2 == 0 ? environment : other.environments().get(name("web"));
            attempts.add(() -> {
                try {
                    return save(handle, "clean").id();
                } catch (NameTakenException taken) {
                    return "taken";
                }
            });
        }

        List<String> outcomes = inParallel(attempts);

        assertThat(outcomes).filteredOn("taken"::equals).hasSize(3);
        assertThat(snapshots().list(mine()))
                .singleElement()
                .satisfies(snapshot -> assertThat(outcomes).contains(snapshot.id()));
        assertThat(environment.status().state()).isEqualTo(EnvironmentState.RUNNING);
    }

    @Test
    @DisplayName("remove: what was made from it goes on; going back to it is refused; a second removal does nothing")
    void remove() {
        if (refused()) {
            return;
        }
        IsolatedEnvironment environment = idle("web");
        sh(environment, "echo kept > file");
        Snapshot snapshot = save(environment, "clean");
        IsolatedEnvironment fork = snapshots().fork(snapshot, name("fork"));

        snapshots().remove(snapshot.name());
        snapshots().remove(snapshot.name());

        assertThat(snapshots().find(snapshot.name())).isEmpty();
        assertThatThrownBy(() -> environment.restore(snapshot)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> snapshots().fork(snapshot, name("late"))).isInstanceOf(NotFoundException.class);
        fork.start();
        assertThat(sh(fork, "cat file")).isEqualTo("kept\n");
        assertThat(environment.status().state()).isEqualTo(EnvironmentState.RUNNING);
    }

    @Test
    @DisplayName("snapshot: of an environment that is gone it is refused, and nothing is left")
    void ofNothing() {
        if (refused()) {
            return;
        }
        IsolatedEnvironment environment = idle("web");
        another().environments().get(name("web")).remove();

        assertThatThrownBy(() -> save(environment, "clean")).isInstanceOf(NotFoundException.class);

        assertThat(snapshots().list(mine())).isEmpty();
    }

    @Test
    @DisplayName("snapshot: while it is removed there is a whole one or none")
    void whileRemoved() {
        if (refused()) {
            return;
        }
        IsolatedEnvironment environment = idle("web");
        sh(environment, "for i in 1 2 3 4 5 6 7 8 9; do echo $i > file$i; done");
        IsolatedEnvironment elsewhere = another().environments().get(name("web"));

        Running<String> saving = begin(() -> {
            try {
                return save(environment, "clean").name();
            } catch (CofferdamException refused) {
                return "";
            }
        });
        elsewhere.remove();

        if (saving.result().isEmpty()) {
            assertThat(snapshots().list(mine())).isEmpty();
        } else {
            IsolatedEnvironment fork = snapshots().fork(snapshots().get(name("clean")), name("fork"));
            fork.start();
            assertThat(sh(fork, "cat file9")).isEqualTo("9\n");
        }
    }

    @Test
    @DisplayName("secrets: no snapshot tells them; restoring keeps them, forking takes them from the environment")
    void secrets() throws IOException {
        if (refused()) {
            return;
        }
        IsolatedEnvironment environment = environments()
                .run(shell("web", IDLE)
                        .secretEnv("TOKEN", "very-secret-17")
                        .readyWhen(Readiness.running())
                        .build());
        Snapshot snapshot = save(environment, "clean");

        assertThat(snapshot.spec().secretNames()).containsExactly("TOKEN");
        assertThat(snapshot.spec().env()).doesNotContainValue("very-secret-17");
        assertThat(snapshot.toString()).doesNotContain("very-secret-17");
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        snapshots().exportTo(snapshot, archive);
        assertThat(archive.toString(StandardCharsets.ISO_8859_1)).doesNotContain("very-secret-17");
        environment.restore(snapshot);
        assertThat(sh(environment, "echo $TOKEN")).isEqualTo("very-secret-17\n");
        IsolatedEnvironment fork = snapshots().fork(snapshot, name("fork"));
        fork.start();
        assertThat(sh(fork, "echo $TOKEN")).isEqualTo("very-secret-17\n");
        environment.remove();
        assertThatThrownBy(() -> snapshots().fork(snapshot, name("late")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("TOKEN");
        IsolatedEnvironment given = snapshots()
                .fork(
                        snapshot,
                        snapshot.spec().toBuilder()
                                .name(name("given"))
                                .secretEnv("TOKEN", "another-18")
                                .build());
        given.start();
        assertThat(sh(given, "echo $TOKEN")).isEqualTo("another-18\n");
    }

    @Test
    @DisplayName("lifetimes: a snapshot of a session's environment goes with the session, others stay")
    void lifetimes() {
        if (refused()) {
            return;
        }
        Orchestrator session = another();
        IsolatedEnvironment mayfly = session.environments()
                .run(shell("mayfly", IDLE)
                        .lifetime(Lifetime.session())
                        .readyWhen(Readiness.running())
                        .build());
        IsolatedEnvironment lasting = session.environments()
                .run(shell("lasting", IDLE)
                        .lifetime(Lifetime.persistent())
                        .readyWhen(Readiness.running())
                        .build());
        mayfly.snapshot(name("short"), labels());
        lasting.snapshot(name("long"), labels());

        session.close();

        assertThat(names(snapshots(), this)).containsExactly(name("long"));
    }

    @Test
    @DisplayName("export and import: the same files, volumes, labels and answers, compressed or not")
    void exportAndImport(@TempDir Path folder) throws IOException {
        if (refused()) {
            return;
        }
        String volume = name("data");
        try {
            IsolatedEnvironment one = environments()
                    .run(web("web", 8080)
                            .port(8080)
                            .mount(Mount.volume(volume, "/data"))
                            .readyWhen(Readiness.http(8080, "/"))
                            .build());
            sh(
                    one,
                    "echo page > www/page; chmod 640 www/page; ln -s page www/alias; ln www/page www/twin; "
                            + "mkdir -p deep/er; echo volume > data/file; ln -s file data/link; "
                            + "touch 'www/a name with spaces'; touch www/" + "long".repeat(40));
            Snapshot snapshot = save(one, "clean");
            String listing = sh(one, "ls -l www | cut -c 1-10; ls www data deep");

            snapshots().exportTo(snapshot, folder.resolve("one.tar"));
            snapshots().exportTo(snapshot, folder.resolve("one.tar.gz"));
            Snapshot plain = snapshots()
                    .importFrom(
                            folder.resolve("one.tar"),
                            ImportOptions.ofDefaults().withName(name("plain")));
            Snapshot zipped = snapshots()
                    .importFrom(
                            folder.resolve("one.tar.gz"),
                            ImportOptions.ofDefaults().withName(name("zipped")));

            assertThat(Files.size(folder.resolve("one.tar.gz"))).isLessThan(Files.size(folder.resolve("one.tar")));
            assertThat(plain.labels()).isEqualTo(labels());
            assertThat(zipped.volumes()).containsExactly(volume);
            for (Snapshot imported : List.of(plain, zipped)) {
                IsolatedEnvironment two = snapshots().fork(imported, imported.name() + "-fork");
                two.start();
                assertThat(get(two.endpoint(8080), "/alias")).isEqualTo("page\n");
                assertThat(get(two.endpoint(8080), "/twin")).isEqualTo("page\n");
                assertThat(sh(two, "cat data/link")).isEqualTo("volume\n");
                assertThat(sh(two, "ls -l www | cut -c 1-10; ls www data deep")).isEqualTo(listing);
                two.remove();
                engine().volumes().remove(imported.name() + "-fork-" + volume);
            }
            one.remove();
        } finally {
            environments().select(mine()).remove().orThrow();
            engine().volumes().remove(volume);
        }
    }

    @Test
    @DisplayName("import: what is no archive, or is cut off, is refused and nothing is left of it")
    void notAnArchive() {
        if (refused()) {
            return;
        }
        IsolatedEnvironment environment = idle("web");
        sh(environment, "echo file > file");
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        snapshots().exportTo(save(environment, "clean"), archive);
        byte[] whole = archive.toByteArray();
        List<byte[]> bad = List.of(
                new byte[0],
                "no archive at all".getBytes(StandardCharsets.UTF_8),
                new byte[1024],
                java.util.Arrays.copyOf(whole, whole.length / 2),
                java.util.Arrays.copyOf(whole, whole.length - 2048));

        for (byte[] bytes : bad) {
            assertThatThrownBy(() -> snapshots()
                            .importFrom(
                                    new ByteArrayInputStream(bytes),
                                    ImportOptions.ofDefaults().withName(name("bad"))))
                    .isInstanceOf(InvalidInputException.class);
        }

        assertThat(names(snapshots(), this)).containsExactly(name("clean"));
        assertThatThrownBy(() -> snapshots().importFrom(Path.of("no-such-file"), ImportOptions.ofDefaults()))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> snapshots()
                        .importFrom(
                                new ByteArrayInputStream(whole),
                                ImportOptions.ofDefaults().withName(name("clean"))))
                .isInstanceOf(NameTakenException.class);
    }

    @Test
    @DisplayName("memory: that it is not saved is said, with the reason")
    void memory() {
        if (has(Capability.MEMORY_CHECKPOINT)) {
            assertThat(engine().capabilities().reason(Capability.MEMORY_CHECKPOINT))
                    .isEmpty();
        } else {
            assertThat(engine().capabilities().reason(Capability.MEMORY_CHECKPOINT))
                    .isNotBlank();
        }
    }
}
