package io.cofferdam.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.UnsafePathException;
import io.cofferdam.error.WrongStateException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Archives that an engine may send, hostile ones among them. */
@Timeout(60)
class ArchivesTest {

    @TempDir
    Path host;

    private final Threads threads = Threads.named("test");
    private byte[] archive = new byte[0];
    private boolean stallHalfWay;
    private FakeEngine engine;
    private EngineHttp http;
    private Archives archives;

    @BeforeEach
    void open() throws IOException {
        engine = new FakeEngine((request, exchange) -> {
            if (request.method().equals("HEAD")) {
                String stat =
                        Base64.getEncoder().encodeToString("{\"name\":\"src\",\"mode\":2147484141}".getBytes(UTF_8));
                exchange.write("HTTP/1.1 200 OK\r\nX-Docker-Container-Path-Stat: " + stat + "\r\n\r\n");
                return;
            }
            exchange.write("HTTP/1.1 200 OK\r\nContent-Length: " + archive.length + "\r\n\r\n");
            exchange.out().write(archive, 0, stallHalfWay ? archive.length / 2 : archive.length);
            exchange.out().flush();
            if (stallHalfWay) {
                exchange.stall();
            }
        });
        http = new EngineHttp(engine.address(), new ApiVersion(1, 41), 4, threads);
        archives = new Archives(http, new Names());
    }

    @AfterEach
    void close() throws IOException {
        http.close();
        engine.close();
        threads.close();
    }

    /** Describes one entry: {@code d name}, {@code f name text}, {@code l name target}, {@code h name target}. */
    private static byte[] tar(List<String> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (String line : entries) {
                String[] part = line.split(" ", 3);
                TarArchiveEntry entry = switch (part[0]) {
                    case "d" -> new TarArchiveEntry(part[1] + "/", true);
                    case "l" -> new TarArchiveEntry(part[1], TarConstants.LF_SYMLINK, true);
                    case "h" -> new TarArchiveEntry(part[1], TarConstants.LF_LINK, true);
                    default -> new TarArchiveEntry(part[1], true);
                };
                entry.setMode(part[0].equals("d") ? 0755 : 0640);
                if (part[0].matches("[lh]")) {
                    entry.setLinkName(part[2]);
                }
                byte[] content = part[0].equals("f") ? part[2].getBytes(UTF_8) : new byte[0];
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private void copyOut(Path target, Duration time) {
        archives.copyOut("c1", "/src", target, Deadline.in(time));
    }

    private List<String> everything() throws IOException {
        try (Stream<Path> files = Files.walk(host)) {
            return files.map(file -> host.relativize(file).toString())
                    .filter(name -> !name.isEmpty())
                    .sorted()
                    .toList();
        }
    }

    static Stream<List<String>> hostile() {
        return Stream.of(
                List.of("f ../outside x"),
                List.of("d src", "f src/../../outside x"),
                List.of("f /etc/outside x"),
                List.of("f other/file x"),
                List.of("d src", "l src/link /etc/passwd"),
                List.of("d src", "l src/link ../outside"),
                List.of("d src", "d src/a", "l src/a/link ../../outside"),
                List.of("d src", "l src/up ..", "f src/up/outside x"),
                List.of("d src", "d src/sub", "l src/in sub", "f src/in/file x"),
                List.of("d src", "l src/here .", "l src/out here/here/../outside"),
                List.of("d src", "h src/hard /etc/passwd"),
                List.of("d src", "h src/hard ../../etc/passwd"),
                List.of("d src", "l src/link a", "h src/hard src/link"),
                List.of("l src /etc"),
                List.of("f src x", "f src/below x"));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    @DisplayName("an archive that leads out is refused, and nothing is written")
    void hostileArchives(List<String> entries) throws IOException {
        archive = tar(entries);
        Files.createDirectory(host.resolve("keep"));

        assertThatThrownBy(() -> copyOut(host.resolve("keep/new/target"), Duration.ofSeconds(20)))
                .isInstanceOf(UnsafePathException.class)
                .hasMessageStartingWith("could not copy '/src' in");

        assertThat(everything()).containsExactly("keep");
    }

    @Test
    @DisplayName("files, directories, permissions and links that stay inside arrive as they are")
    void faithful() throws IOException {
        archive = tar(List.of(
                "d src",
                "d src/a",
                "f src/a/file text",
                "l src/link a/file",
                "l src/a/up ../a",
                "h src/hard src/a/file",
                "l src/dangling nothing"));

        copyOut(host.resolve("target"), Duration.ofSeconds(20));

        Path target = host.resolve("target");
        assertThat(target.resolve("a/file")).hasContent("text");
        assertThat(target.resolve("hard")).hasContent("text");
        assertThat(Files.readSymbolicLink(target.resolve("link"))).hasToString("a/file");
        assertThat(Files.readSymbolicLink(target.resolve("dangling"))).hasToString("nothing");
        assertThat(Modes.mode(Files.getPosixFilePermissions(target.resolve("a/file"))))
                .isEqualTo(0640);
        assertThat(everything())
                .containsExactly(
                        "target",
                        "target/a",
                        "target/a/file",
                        "target/a/up",
                        "target/dangling",
                        "target/hard",
                        "target/link");
    }

    @Test
    @DisplayName("a directory is merged with an existing one; files of both stay")
    void merged() throws IOException {
        archive = tar(List.of("d src", "f src/both new", "f src/added new"));
        Path target = Files.createDirectory(host.resolve("target"));
        Files.writeString(target.resolve("both"), "old");
        Files.writeString(target.resolve("kept"), "old");

        copyOut(target, Duration.ofSeconds(20));

        assertThat(target.resolve("both")).hasContent("new");
        assertThat(target.resolve("added")).hasContent("new");
        assertThat(target.resolve("kept")).hasContent("old");
    }

    @Test
    @DisplayName("a file does not replace a directory, also not in the middle of a merge")
    void clash() throws IOException {
        archive = tar(List.of("d src", "f src/first new", "f src/name new"));
        Path target = Files.createDirectories(host.resolve("target/name")).getParent();

        assertThatThrownBy(() -> copyOut(target, Duration.ofSeconds(20))).isInstanceOf(WrongStateException.class);

        assertThat(everything()).containsExactly("target", "target/name");
    }

    @Test
    @DisplayName("a copy that is cut off or given up leaves nothing behind")
    void givenUp() throws Exception {
        archive = tar(List.of("d src", "f src/big " + "x".repeat(1_000_000)));
        stallHalfWay = true;

        assertThatThrownBy(() -> copyOut(host.resolve("new/target"), Duration.ofMillis(500)))
                .isInstanceOf(OperationTimeoutException.class);
        Eventually.holds(() -> everything().isEmpty());

        archive = java.util.Arrays.copyOf(tar(List.of("d src", "f src/big " + "x".repeat(1_000_000))), 500_000);
        stallHalfWay = false;
        assertThatThrownBy(() -> copyOut(host.resolve("new/target"), Duration.ofSeconds(20)))
                .isInstanceOf(CofferdamException.class);
        assertThat(everything()).isEmpty();
    }

    @Test
    @DisplayName("a path that leads above the root is refused before the engine is asked")
    void pathsInside() throws IOException {
        Path file = Files.writeString(host.resolve("file"), "x");
        for (String path : List.of("../../etc/passwd", "/..", "/a/../../b")) {
            assertThatThrownBy(() -> archives.copyIn("c1", file, path, Deadline.in(Duration.ofSeconds(20))))
                    .isInstanceOf(UnsafePathException.class);
            assertThatThrownBy(
                            () -> archives.copyOut("c1", path, host.resolve("x"), Deadline.in(Duration.ofSeconds(20))))
                    .isInstanceOf(UnsafePathException.class);
        }
        assertThat(engine.requests).isEmpty();
        Operation any = Operation.of("copy", "copying", "it");
        assertThat(InsidePath.parse(any, "/a//b/./../c/")).hasToString("/a/c");
        assertThat(InsidePath.parse(any, "relative")).hasToString("/relative");
        assertThat(InsidePath.parse(any, "/").isRoot()).isTrue();
    }
}
