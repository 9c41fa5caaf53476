package io.cofferdam.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Mount;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.UnsafePathException;
import io.cofferdam.error.WrongStateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CopiesOnProcessTest {

    @TempDir
    Path temp;

    private Bench bench;
    private String id = "";
    private Path root = Path.of("");

    @BeforeEach
    void open() {
        bench = new Bench(temp.resolve("state"));
        id = bench.create("web", "sleep", "1000");
        root = new StateDirectory(temp.resolve("state")).unit(id).root();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private Path tree() throws IOException {
        Path tree = Files.createDirectories(temp.resolve("tree/sub")).getParent();
        Files.writeString(tree.resolve("file"), "content");
        Files.setPosixFilePermissions(tree.resolve("file"), PosixFilePermissions.fromString("rwxr-x---"));
        Files.createSymbolicLink(tree.resolve("sub/link"), Path.of("../file"));
        return tree;
    }

    @Test
    void aTreeGoesInAndComesOutAsItWas() throws IOException {
        bench.driver.copyIn(id, tree(), "/opt/tree", Bench.soon());
        bench.driver.copyOut(id, "opt/tree", temp.resolve("out/copy"), Bench.soon());

        assertThat(root.resolve("opt/tree/file")).hasContent("content");
        Path copy = temp.resolve("out/copy");
        assertThat(copy.resolve("file")).hasContent("content");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy.resolve("file"))))
                .isEqualTo("rwxr-x---");
        assertThat(Files.readSymbolicLink(copy.resolve("sub/link"))).isEqualTo(Path.of("../file"));
    }

    @Test
    void aDirectoryIsMergedAndAFileReplaced() throws IOException {
        Files.createDirectories(root.resolve("tree"));
        Files.writeString(root.resolve("tree/file"), "old");
        Files.writeString(root.resolve("tree/other"), "other");

        bench.driver.copyIn(id, tree(), "tree", Bench.soon());

        assertThat(root.resolve("tree/file")).hasContent("content");
        assertThat(root.resolve("tree/other")).hasContent("other");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc/passwd", "/../x", "a/../../x", "out/x", "deep/x"})
    void noPathLeadsOut(String path) throws IOException {
        Files.createSymbolicLink(root.resolve("out"), temp);
        Files.createSymbolicLink(root.resolve("deep"), Path.of("../../.."));
        Path file = Files.writeString(temp.resolve("file"), "content");

        assertThatThrownBy(() -> bench.driver.copyIn(id, file, path, Bench.soon()))
                .isInstanceOf(UnsafePathException.class)
                .hasMessageContaining("'web'");
        assertThatThrownBy(() -> bench.driver.copyOut(id, path, temp.resolve("target"), Bench.soon()))
                .isInstanceOf(UnsafePathException.class);
        assertThat(temp.resolve("x")).doesNotExist();
        assertThat(temp.resolve("target")).doesNotExist();
    }

    @Test
    void anAbsolutePathIsTakenBelowTheDirectory() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "content");

        bench.driver.copyIn(id, file, "/etc/passwd", Bench.soon());

        assertThat(root.resolve("etc/passwd")).hasContent("content");
    }

    @Test
    void linksThatLeadOutOfTheTargetAreRefusedAndNothingIsHalfCopied() throws IOException {
        Files.createDirectories(root.resolve("data/sub"));
        Files.writeString(root.resolve("data/a"), "a");
        Files.createSymbolicLink(root.resolve("data/sub/z"), Path.of("../../../../../etc/passwd"));

        assertThatThrownBy(() -> bench.driver.copyOut(id, "data", temp.resolve("out/x"), Bench.soon()))
                .isInstanceOf(UnsafePathException.class)
                .hasMessageContaining("z");
        assertThat(temp.resolve("out")).doesNotExist();
    }

    @Test
    void aLinkOfTheHostInTheWayIsReplacedAndNotFollowed() throws IOException {
        Path elsewhere = Files.writeString(temp.resolve("elsewhere"), "mine");
        Files.createDirectories(temp.resolve("out"));
        Files.createSymbolicLink(temp.resolve("out/a"), elsewhere);
        Files.createDirectories(root.resolve("data"));
        Files.writeString(root.resolve("data/a"), "a");

        bench.driver.copyOut(id, "data", temp.resolve("out"), Bench.soon());

        assertThat(elsewhere).hasContent("mine");
        assertThat(temp.resolve("out/a")).hasContent("a").isRegularFile();
    }

    @Test
    void whatDoesNotExistIsNotFound() {
        assertThatThrownBy(() -> bench.driver.copyIn(id, temp.resolve("missing"), "x", Bench.soon()))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> bench.driver.copyOut(id, "missing", temp.resolve("x"), Bench.soon()))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void aFileDoesNotTakeThePlaceOfADirectory() throws IOException {
        Files.createDirectories(root.resolve("data/sub"));
        Path file = Files.writeString(temp.resolve("file"), "content");

        assertThatThrownBy(() -> bench.driver.copyIn(id, file, "data", Bench.soon()))
                .isInstanceOf(InvalidInputException.class);
        assertThat(root.resolve("data/sub")).isDirectory();
    }

    @Test
    void aVolumeOutlivesItsEnvironmentAndIsSharedThroughItsTarget() throws IOException {
        EnvironmentSpec.Builder writer = EnvironmentSpec.command("sh", "-c", "echo hello > var/data/greeting")
                .mount(Mount.volume("data", "/var/data"));
        String first = bench.started("writer", writer);
        assertThat(bench.awaitExit(first)).isZero();
        assertThatThrownBy(() -> bench.driver.volumes().remove("data"))
                .isInstanceOf(WrongStateException.class)
                .hasMessageContaining("'writer'");
        bench.driver.remove(first, Bench.soon());

        String second = bench.started(
                "reader", EnvironmentSpec.command("cat", "var/data/greeting").mount(Mount.volume("data", "/var/data")));
        assertThat(bench.awaitExit(second)).isZero();
        assertThat(bench.lines(second, LogQuery.all())).containsExactly("hello");
        bench.driver.copyOut(second, "/var/data/greeting", temp.resolve("greeting"), Bench.soon());
        assertThat(temp.resolve("greeting")).hasContent("hello\n");
        bench.driver.remove(second, Bench.soon());

        assertThat(bench.driver.volumes().find("data")).isPresent();
        bench.driver.volumes().remove("data");
        assertThat(bench.driver.volumes().find("data")).isEmpty();
    }

    @Test
    void volumesKeepTheirLabelsAndAreMadeOnce() {
        bench.driver.volumes().ensure("data", Map.of("a", "b"));
        bench.driver.volumes().ensure("data", Map.of("c", "d"));

        assertThat(bench.driver.volumes().list(io.cofferdam.environment.LabelSelector.all()))
                .singleElement()
                .satisfies(volume -> {
                    assertThat(volume.name()).isEqualTo("data");
                    assertThat(volume.labels()).containsExactly(Map.entry("a", "b"));
                });
    }

    @Test
    void aHostDirectoryIsMountedAsItIs() throws IOException {
        Path host = Files.createDirectories(temp.resolve("host"));
        Files.writeString(host.resolve("file"), "content");
        String job =
                bench.started("job", EnvironmentSpec.command("cat", "mnt/file").mount(Mount.bind(host, "/mnt")));

        assertThat(bench.awaitExit(job)).isZero();
        bench.driver.remove(job, Bench.soon());
        assertThat(host.resolve("file")).hasContent("content");
    }

    @Test
    void filesWrittenInsideStayOverARestart() {
        bench.driver.start(id, Bench.soon());
        bench.driver.exec(id, ExecSpec.of("touch", "kept"), Bench.soon());
        bench.stop(id);
        bench.driver.start(id, Bench.soon());

        assertThat(bench.driver.exec(id, ExecSpec.of("ls"), Bench.soon()).stdout())
                .isEqualTo("kept\n");
    }
}
