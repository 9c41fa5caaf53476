package io.cofferdam.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.ImportOptions;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Snapshot;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.UnsafePathException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that were made to do harm, or were damaged: refused by their kind, and nothing of them is left. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the names and links are those of POSIX systems")
class SnapshotArchivesOnProcessTest {

    private static final String MANIFEST = """
            {"format": "cofferdam-snapshot", "version": 1, "name": "evil", "environment": "web", "engine": "process",
             "created": "2026-01-01T00:00:00Z", "spec": {"name": "web", "command": ["sleep", "1"]}, "labels": {},
             "volumes": [{"volume": "data", "target": "/data"}]}""";

    @TempDir
    private Path folder;

    private Orchestrator engine;

    @BeforeEach
    void open() {
        engine = new ProcessProvider()
                .open(EngineConfig.builder()
                        .stateDirectory(folder.resolve("state"))
                        .build());
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        try (Stream<Path> left = Files.list(folder.resolve("state/snapshots"))) {
            assertThat(left).isEmpty();
        } finally {
            engine.close();
        }
        assertThat(folder.resolve("state/escaped")).doesNotExist();
        assertThat(folder.resolve("escaped")).doesNotExist();
    }

    private Throwable imported(byte[] archive) {
        return catchThrowable(
                () -> engine.snapshots().importFrom(new ByteArrayInputStream(archive), ImportOptions.ofDefaults()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/escaped",
                "../escaped",
                "root/../../escaped",
                "root/a/../../escaped",
                "root//escaped",
                "root/./escaped",
                "rootescaped",
                "volumes/1/escaped",
                "volumes/00/escaped",
                "volumes/-1/escaped",
                "escaped",
                "snapshot.json"
            })
    void namesThatLeadOutAreRefused(String name) {
        assertThat(imported(archive(member(name, '0', "", "x"))))
                .isInstanceOf(UnsafePathException.class)
                .hasMessageContaining(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../escaped", "a/../../../escaped", "b/a/../escaped", ".."})
    void linksThatLeadOutAreRefused(String target) {
        assertThat(imported(archive(member("root/link", '2', target, ""))))
                .isInstanceOf(UnsafePathException.class)
                .hasMessageContaining("root/link");
    }

    @Test
    void nothingIsWrittenThroughALink() {
        byte[] archive = archive(member("root/link", '2', "/", ""), member("root/link/escaped", '0', "", "x"));

        assertThat(imported(archive)).isInstanceOf(UnsafePathException.class);
    }

    @Test
    void anAbsoluteLinkOfAVolumeIsRefused() {
        assertThat(imported(archive(member("volumes/0/link", '2', "/etc/passwd", ""))))
                .isInstanceOf(UnsafePathException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"root/../escaped", "/etc/passwd", "volumes/0/file", "root/missing"})
    void hardLinksToWhatIsNotInTheTreeAreRefused(String target) {
        assertThat(imported(archive(member("root/link", '1', target, "")))).isInstanceOf(UnsafePathException.class);
    }

    @ParameterizedTest
    @ValueSource(chars = {'3', '4', '6', 'Z'})
    void devicesAndPipesAreRefused(char type) {
        assertThat(imported(archive(member("root/device", type, "", "")))).isInstanceOf(UnsafePathException.class);
    }

    @Test
    void duplicatesAreRefused() {
        byte[] file = member("root/file", '0', "", "x");

        assertThat(imported(archive(file, file)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("twice");
    }

    @Test
    void aSizeThatIsDeclaredAndNotThereIsRefusedAtOnce() {
        byte[] huge = header("root/huge", '0', "", 0_777_7777_7777L);

        assertThat(imported(join(manifest(MANIFEST), huge))).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void whatUnpacksToMoreThanTheLimitIsRefused() {
        byte[] archive = archive(member("root/file", '0', "", "x".repeat(5000)));

        assertThatThrownBy(() -> engine.snapshots()
                        .importFrom(
                                new ByteArrayInputStream(archive),
                                ImportOptions.ofDefaults().withLimit(4999)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("4999");
    }

    @Test
    void aLaterVersionIsRefusedByItsNumber() {
        String later = MANIFEST.replace("\"version\": 1", "\"version\": 7");

        assertThat(imported(join(manifest(later), end(0, 0))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("version 7");
    }

    @Test
    void aManifestThatLeadsOutIsRefused() {
        assertThat(imported(join(manifest(MANIFEST.replace("\"evil\"", "\"../escaped\"")), end(0, 0))))
                .isInstanceOf(InvalidInputException.class);
        assertThat(imported(join(manifest(MANIFEST.replace("\"/data\"", "\"/../escaped\"")), end(0, 0))))
                .isInstanceOf(InvalidInputException.class);
        assertThat(imported(join(manifest(MANIFEST.replace("\"data\"", "\"../escaped\"")), end(0, 0))))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void rightsToRunAsTheOwnerAreNotTakenOver() throws IOException {
        byte[] archive = archive(member("root/program", '0', "", "#!/bin/sh"));
        Snapshot made = engine.snapshots().importFrom(new ByteArrayInputStream(archive), ImportOptions.ofDefaults());

        Path program = folder.resolve("state/snapshots/evil/root/program");
        assertThat((int) Files.getAttribute(program, "unix:mode") & 07777).isEqualTo(0755);
        engine.snapshots().remove(made.name());
    }

    @Test
    void anAbsoluteLinkMeansTheRootOfTheEnvironment() throws IOException {
        byte[] archive =
                archive(member("root/a/b/link", '2', "/a/file", ""), member("root/a/file", '0', "", "content"));

        engine.snapshots().importFrom(new ByteArrayInputStream(archive), ImportOptions.ofDefaults());

        Path link = folder.resolve("state/snapshots/evil/root/a/b/link");
        assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("../file"));
        assertThat(link).hasContent("content");
        engine.snapshots().remove("evil");
    }

    @Test
    void damagedArchivesAreRefusedOrReadAndNothingElse() {
        byte[] sound = archive(
                member("root/dir/", '5', "", ""),
                member("root/dir/file", '0', "", "content"),
                member("root/link", '2', "dir/file", ""),
                member("volumes/0/file", '0', "", "more"));
        Random random = new Random(42);

        for (int i = 0; i < 1500; i++) {
            byte[] damaged = sound.clone();
            for (int k = 0; k < 1 + random.nextInt(4); k++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            byte[] given = random.nextInt(4) == 0 ? Arrays.copyOf(damaged, random.nextInt(damaged.length)) : damaged;
            Throwable outcome = imported(given);
            if (outcome != null) {
                assertThat(outcome).isInstanceOf(CofferdamException.class);
            }
            engine.snapshots()
                    .list(LabelSelector.all())
                    .forEach(snapshot -> engine.snapshots().remove(snapshot.name()));
        }
    }

    @Test
    void aSnapshotOfALinkToTheHostIsKeptButNotExported() {
        IsolatedEnvironment environment = engine.environments()
                .run(EnvironmentSpec.command("sh", "-c", "ln -s /etc/passwd out; exec sleep 60")
                        .name("web")
                        .readyWhen(io.cofferdam.environment.Readiness.running())
                        .build());
        environment.exec("sh", "-c", "while [ ! -L out ]; do sleep 0.01; done");
        Snapshot snapshot = environment.snapshot("clean");

        assertThatThrownBy(() -> engine.snapshots().exportTo(snapshot, new ByteArrayOutputStream()))
                .isInstanceOf(UnsafePathException.class)
                .hasMessageContaining("/etc/passwd");

        environment.remove();
        engine.snapshots().remove("clean");
    }

    private static byte[] archive(byte[]... members) {
        long bytes = 0;
        for (byte[] member : members) {
            bytes += Long.parseLong(new String(member, 124, 11, StandardCharsets.US_ASCII), 8);
        }
        byte[] all = manifest(MANIFEST);
        for (byte[] member : members) {
            all = join(all, member);
        }
        return join(all, end(members.length, bytes));
    }

    private static byte[] manifest(String json) {
        return member("cofferdam-snapshot.json", '0', "", json);
    }

    private static byte[] end(long members, long bytes) {
        String json = "{\"members\": " + members + ", \"bytes\": " + bytes + "}";
        return join(member("cofferdam-end.json", '0', "", json), new byte[1024]);
    }

    private static byte[] member(String name, char type, String link, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(bytes, (bytes.length + 511) / 512 * 512);
        return join(header(name, type, link, bytes.length), padded);
    }

    private static byte[] header(String name, char type, String link, long size) {
        byte[] header = new byte[512];
        List<Object[]> fields = List.of(
                new Object[] {0, name},
                new Object[] {100, "0006755\0"},
                new Object[] {108, "0000000\0"},
                new Object[] {116, "0000000\0"},
                new Object[] {124, String.format("%011o", size) + "\0"},
                new Object[] {136, "00000000000\0"},
                new Object[] {148, "        "},
                new Object[] {156, String.valueOf(type)},
                new Object[] {157, link},
                new Object[] {257, "ustar\00000"});
        for (Object[] field : fields) {
            byte[] bytes = ((String) field[1]).getBytes(StandardCharsets.UTF_8);
            System.arraycopy(bytes, 0, header, (Integer) field[0], bytes.length);
        }
        int sum = 0;
        for (byte value : header) {
            sum += value & 0xFF;
        }
        byte[] checksum = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(checksum, 0, header, 148, checksum.length);
        return header;
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
