package io.cofferdam.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.driver.IgnoreRules;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.UnsafePathException;
import io.cofferdam.resource.BuildSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a context is sent, and how. */
class BuildContextTest {

    private static final Operation BUILDING = Operation.of("build", "building", "image 'x'");

    @TempDir
    Path folder;

    private void file(String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static Map<String, TarArchiveEntry> sent(BuildSpec spec) throws IOException {
        Map<String, TarArchiveEntry> entries = new LinkedHashMap<>();
        contents(spec, entries);
        return entries;
    }

    private static Map<String, String> contents(BuildSpec spec, Map<String, TarArchiveEntry> entries)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BuildContext.of(BUILDING, spec).writeTo(out);
        Map<String, String> contents = new LinkedHashMap<>();
        TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(out.toByteArray()));
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            assertThat(entries.put(entry.getName(), entry)).as(entry.getName()).isNull();
            contents.put(entry.getName(), new String(tar.readAllBytes(), UTF_8));
        }
        return contents;
    }

    private static Map<String, String> contents(BuildSpec spec) throws IOException {
        return contents(spec, new LinkedHashMap<>());
    }

    @Test
    @DisplayName("a folder: everything but what is left out, and always the files the engine reads itself")
    void ignored() throws IOException {
        file("Dockerfile", "FROM scratch");
        file(".dockerignore", "**\n!src\nsrc/secret\n");
        file("src/a/Main.java", "class Main {}");
        file("src/secret/key", "k");
        file("target/big", "b");

        assertThat(sent(BuildSpec.context(folder).build()).keySet())
                .containsExactlyInAnyOrder(".dockerignore", "Dockerfile", "src/", "src/a/", "src/a/Main.java");
    }

    @Test
    @DisplayName("a Dockerfile in a folder that is left out is sent all the same")
    void dockerfileInIgnoredFolder() throws IOException {
        file("docker/prod/Dockerfile", "FROM scratch");
        file("docker/notes", "n");
        file(".dockerignore", "docker");

        assertThat(sent(BuildSpec.context(folder)
                                .dockerfilePath("docker/prod/Dockerfile")
                                .build())
                        .keySet())
                .containsExactlyInAnyOrder(".dockerignore", "docker/prod/Dockerfile");
    }

    @Test
    @DisplayName("permissions, sizes, times and links are kept, whatever the links point at")
    void attributes() throws IOException {
        file("Dockerfile", "FROM scratch");
        file("run.sh", "#!/bin/sh\n");
        Files.setPosixFilePermissions(folder.resolve("run.sh"), PosixFilePermissions.fromString("rwxr-x--x"));
        Files.createSymbolicLink(folder.resolve("inside"), Path.of("run.sh"));
        Files.createSymbolicLink(folder.resolve("outside"), Path.of("/etc/passwd"));
        Files.createSymbolicLink(folder.resolve("up"), Path.of("../.."));

        Map<String, TarArchiveEntry> entries = new LinkedHashMap<>();
        Map<String, String> contents = contents(BuildSpec.context(folder).build(), entries);

        assertThat(entries.get("run.sh").getMode() & 0777).isEqualTo(0751);
        assertThat(entries.get("run.sh").getSize()).isEqualTo(10);
        assertThat(entries.get("run.sh").getLongUserId()).isZero();
        assertThat(entries.get("inside").getLinkName()).isEqualTo("run.sh");
        assertThat(entries.get("outside").isSymbolicLink()).isTrue();
        assertThat(entries.get("outside").getLinkName()).isEqualTo("/etc/passwd");
        assertThat(entries.get("up").isSymbolicLink()).isTrue();
        assertThat(contents.get("outside")).isEmpty();
    }

    @Test
    @DisplayName("files in memory: hide those of the folder, and obey the rules like them")
    void inMemory() throws IOException {
        file("Dockerfile", "FROM scratch");
        file("app/config", "old");

        Map<String, String> contents = contents(BuildSpec.context(folder)
                .file("app/config", "new")
                .file("bin/run", new byte[] {1}, true)
                .file("left.out", "x")
                .file(".dockerignore", "*.out")
                .build());

        assertThat(contents).containsEntry("app/config", "new").containsKey("bin/run");
        assertThat(contents).doesNotContainKey("left.out");
    }

    @Test
    @DisplayName("the text of a Dockerfile never becomes a file of the image")
    void textOnly() throws IOException {
        BuildSpec spec = BuildSpec.dockerfile("FROM scratch\n").file("a", "b").build();
        String name = BuildContext.of(BUILDING, spec).dockerfile();

        Map<String, String> contents = contents(spec);

        assertThat(contents).containsEntry(name, "FROM scratch\n").containsEntry("a", "b");
        IgnoreRules told = IgnoreRules.parse(contents.get(".dockerignore"));
        assertThat(told.leavesOut(name)).isTrue();
        assertThat(told.leavesOut(".dockerignore")).isTrue();
        assertThat(told.leavesOut("a")).isFalse();
    }

    @Test
    @DisplayName("a .dockerignore of the context stays a file of it when the Dockerfile is a text")
    void ownIgnoreFileStays() throws IOException {
        file(".dockerignore", "*.log");
        file("a.log", "x");

        Map<String, String> contents = contents(
                BuildSpec.context(folder).dockerfileText("FROM scratch").build());

        assertThat(contents).doesNotContainKey("a.log");
        assertThat(IgnoreRules.parse(contents.get(".dockerignore")).leavesOut(".dockerignore"))
                .isFalse();
    }

    @Test
    @DisplayName("a Dockerfile outside its context is refused, by its path and behind a link")
    void outside() throws IOException {
        Path elsewhere = Files.createTempDirectory("elsewhere");
        try {
            Files.writeString(elsewhere.resolve("Dockerfile"), "FROM scratch");
            Files.createSymbolicLink(folder.resolve("Dockerfile"), elsewhere.resolve("Dockerfile"));

            assertThatThrownBy(() ->
                            BuildContext.of(BUILDING, BuildSpec.context(folder).build()))
                    .isInstanceOf(UnsafePathException.class)
                    .hasMessageContaining("leads out of");
            assertThatThrownBy(() -> BuildSpec.context(folder)
                            .dockerfilePath("../Dockerfile")
                            .file("/etc/x", "")
                            .build())
                    .isInstanceOfSatisfying(
                            InvalidInputException.class,
                            invalid -> assertThat(invalid.problems()).hasSize(2));
        } finally {
            Files.delete(elsewhere.resolve("Dockerfile"));
            Files.delete(elsewhere);
        }
    }

    @Test
    @DisplayName("what is not there is told before anything is sent")
    void missing() throws IOException {
        assertThatThrownBy(() ->
                        BuildContext.of(BUILDING, BuildSpec.context(folder).build()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("there is no file 'Dockerfile'");
        assertThatThrownBy(() -> BuildContext.of(
                        BUILDING, BuildSpec.context(folder.resolve("none")).build()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("there is no folder");
        file("Dockerfile", "FROM scratch");
        file(".dockerignore", "[");
        assertThatThrownBy(() ->
                        BuildContext.of(BUILDING, BuildSpec.context(folder).build()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(".dockerignore: line 1");
    }

    @Test
    @DisplayName("a file larger than the memory is sent in pieces")
    void streamed() throws IOException {
        file("Dockerfile", "FROM scratch");
        try (RandomAccessFile sparse =
                new RandomAccessFile(folder.resolve("large").toFile(), "rw")) {
            sparse.setLength(Runtime.getRuntime().maxMemory() / 4);
        }
        AtomicLong most = new AtomicLong();
        AtomicLong all = new AtomicLong();

        BuildContext.of(BUILDING, BuildSpec.context(folder).build()).writeTo(new OutputStream() {
            @Override
            public void write(int value) {
                all.incrementAndGet();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                most.accumulateAndGet(length, Math::max);
                all.addAndGet(length);
            }
        });

        assertThat(all.get()).isGreaterThan(Runtime.getRuntime().maxMemory() / 4);
        assertThat(most.get()).isLessThan(1024 * 1024);
    }
}
