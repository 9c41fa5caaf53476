package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.UnsafePathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files copied in and out, and what must not be reached by that. */
abstract class CopyCases extends Cases {

    private static final String FAR_UP = "../../../../../../../../../../../../..";

    private Path folder;
    private Path from;
    private Path to;

    @BeforeEach
    void folders(@TempDir Path temporary) throws IOException {
        folder = temporary;
        from = Files.createDirectory(folder.resolve("from"));
        to = Files.createDirectory(folder.resolve("to"));
    }

    @Test
    @DisplayName("copyIn: a file with its content and permissions; missing parents are made")
    void fileIn() throws IOException {
        Path script = Files.writeString(from.resolve("run me.sh"), "#!/bin/sh\necho copied ä\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-x---"));
        IsolatedEnvironment environment = idle("web");

        environment.copyIn(script, "/opt/tools/hello.sh");

        assertThat(environment.exec("opt/tools/hello.sh").stdout()).isEqualTo("copied ä\n");
        assertThat(sh(environment, "ls -l opt/tools/hello.sh | cut -c 1-10")).isEqualTo("-rwxr-x---\n");
    }

    @Test
    @DisplayName("copyIn, copyOut: several MiB arrive byte for byte")
    void bigFile() throws IOException {
        byte[] content = new byte[7 * 1024 * 1024 + 13];
        new Random(7).nextBytes(content);
        Path big = Files.write(from.resolve("big"), content);
        IsolatedEnvironment environment = idle("web");

        environment.copyIn(big, "/big");
        environment.copyOut("/big", to.resolve("deep/down/big"));

        assertThat(to.resolve("deep/down/big")).hasBinaryContent(content);
    }

    @Test
    @DisplayName("copyIn: a folder; an existing one is merged with it, an existing file is replaced")
    void folderIn() throws IOException {
        Files.createDirectories(from.resolve("conf/empty"));
        Files.writeString(from.resolve("conf/new file"), "new");
        Files.writeString(from.resolve("conf/both"), "replaced");
        IsolatedEnvironment environment = idle("web");
        sh(environment, "mkdir -p etc2; echo old > etc2/old; echo old > etc2/both");

        environment.copyIn(from.resolve("conf"), "/etc2");

        assertThat(sh(environment, "cat etc2/old 'etc2/new file' etc2/both; ls -d etc2/empty"))
                .isEqualTo("old\nnewreplacedetc2/empty\n");
    }

    @Test
    @DisplayName("copyIn: symbolic links are copied as links")
    void linksIn() throws IOException {
        Files.writeString(from.resolve("real"), "real");
        Files.createSymbolicLink(from.resolve("link"), Path.of("real"));
        IsolatedEnvironment environment = idle("web");

        environment.copyIn(from, "/data");

        assertThat(sh(environment, "readlink data/link; cat data/link")).isEqualTo("real\nreal");
    }

    @Test
    @DisplayName("copyOut: a folder with permissions, empty folders, odd names and links within it")
    void folderOut() throws IOException {
        IsolatedEnvironment environment = idle("web");
        sh(
                environment,
                "mkdir -p data/empty; cd data; printf ä > 'ü b'; printf x > run; chmod 750 run; ln -s run link; mkdir sub; ln -s ../run sub/up");

        environment.copyOut("/data", to.resolve("copy"));

        Path copy = to.resolve("copy");
        assertThat(copy.resolve("ü b")).hasContent("ä");
        assertThat(copy.resolve("empty")).isEmptyDirectory();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy.resolve("run"))))
                .isEqualTo("rwxr-x---");
        assertThat(Files.readSymbolicLink(copy.resolve("link"))).isEqualTo(Path.of("run"));
        assertThat(copy.resolve("sub/up")).hasContent("x");
    }

    @Test
    @DisplayName("copyIn: not found without such a host path")
    void missingHostPath() {
        IsolatedEnvironment environment = idle("web");

        assertThatThrownBy(() -> environment.copyIn(from.resolve("missing"), "/x"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining(from.resolve("missing").toString());
    }

    @Test
    @DisplayName("copyOut: not found without such a path inside, and nothing is written")
    void missingPathInside() {
        IsolatedEnvironment environment = idle("web");

        assertThatThrownBy(() -> environment.copyOut("/no/such/file", to.resolve("x")))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("/no/such/file");

        assertThat(to).isEmptyDirectory();
    }

    @ParameterizedTest
    @DisplayName("copyIn: a target that leads out of the environment is unsafe, or stays inside")
    @ValueSource(strings = {FAR_UP, "/a/" + FAR_UP, "/./" + FAR_UP})
    void targetOutside(String up) throws IOException {
        Path file = Files.writeString(from.resolve("file"), "escaped");
        Path outside = folder.resolve("outside");
        IsolatedEnvironment environment = idle("web");

        try {
            environment.copyIn(file, up + outside);
        } catch (UnsafePathException refused) {
            assertThat(refused).hasMessageContaining(name("web"));
        }

        assertThat(outside).doesNotExist();
    }

    @Test
    @DisplayName("copyOut: ../../etc/passwd never is the host's")
    void sourceOutside() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "of the host");
        IsolatedEnvironment environment = idle("web");

        assertThatThrownBy(() -> environment.copyOut(FAR_UP + secret, to.resolve("copy")))
                .satisfies(thrown ->
                        assertThat(thrown).isInstanceOfAny(UnsafePathException.class, NotFoundException.class));

        assertThat(to).isEmptyDirectory();
    }

    @Test
    @DisplayName("copyIn: a link inside that leads out of the environment leads to nothing of the host")
    void targetBehindALink() throws IOException {
        Path file = Files.writeString(from.resolve("file"), "escaped");
        Path outside = Files.createDirectory(folder.resolve("outside"));
        IsolatedEnvironment environment = idle("web");
        sh(environment, "ln -s " + outside + " door");

        try {
            environment.copyIn(file, "/door/file");
        } catch (CofferdamException refused) {
            assertThat(refused).isInstanceOfAny(UnsafePathException.class, NotFoundException.class);
        }

        assertThat(outside).isEmptyDirectory();
    }

    @Test
    @DisplayName("copyOut: a link inside that leads out of the environment leads to nothing of the host")
    void sourceBehindALink() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "of the host");
        IsolatedEnvironment environment = idle("web");
        sh(environment, "ln -s " + folder + " door; ln -s " + secret + " window");

        for (String source : new String[] {"/door/secret", "/window"}) {
            try {
                environment.copyOut(source, to.resolve("copy"));
            } catch (CofferdamException refused) {
                assertThat(refused).isInstanceOfAny(UnsafePathException.class, NotFoundException.class);
            }
        }

        assertThat(contents(to)).doesNotContain("of the host");
    }

    @Test
    @DisplayName("copyOut: a link that leads out of the target is unsafe, and nothing is written outside")
    void linksOutwards() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        IsolatedEnvironment environment = idle("web");
        sh(environment, "mkdir evil; ln -s " + FAR_UP + outside + " evil/a; echo x > evil/b");

        assertThatThrownBy(() -> environment.copyOut("/evil", to.resolve("copy")))
                .isInstanceOf(UnsafePathException.class)
                .hasMessageContaining("evil");

        assertThat(outside).isEmptyDirectory();
    }

    @Test
    @DisplayName("copyIn, copyOut: also of one that does not run, where the engine can")
    void whileStopped() throws IOException {
        Path file = Files.writeString(from.resolve("file"), "x");
        IsolatedEnvironment environment =
                environments().create(shell("web", IDLE).build());
        if (!has(Capability.COPY_WHILE_STOPPED)) {
            assertRefused(Capability.COPY_WHILE_STOPPED, () -> environment.copyIn(file, "/file"));
            assertRefused(Capability.COPY_WHILE_STOPPED, () -> environment.copyOut("/file", to.resolve("file")));
            return;
        }

        environment.copyIn(file, "/file");
        environment.copyOut("/file", to.resolve("file"));
        environment.start();

        assertThat(to.resolve("file")).hasContent("x");
        assertThat(sh(environment, "cat file")).isEqualTo("x");
    }

    private static String contents(Path directory) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(each -> Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS))
                    .toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }
}
