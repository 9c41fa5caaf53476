package io.cofferdam.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.examples.cli.Cli.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots from the command line. */
class SnapshotCommandsTest {

    @TempDir
    Path state;

    @TempDir
    Path host;

    @BeforeEach
    void anEnvironmentWithAFileAndAVolume() {
        assertThat(run("run", "-d", "--name", "box", "--volume", "data:/data", "--", "sleep", "600")
                        .exitCode())
                .isZero();
        write("one");
    }

    @AfterEach
    void nothingIsLeft() {
        run("rm", "-f", "--all");
        assertThat(run("ps", "-a", "--json").json().path("environments")).isEmpty();
    }

    private Outcome run(String... args) {
        List<String> all = new ArrayList<>(List.of("--engine", "process", "--state", state.toString()));
        all.addAll(List.of(args));
        return new Cli().run(all.toArray(String[]::new));
    }

    private void write(String text) {
        run("exec", "box", "--", "sh", "-c", "echo " + text + " > file; echo " + text + " > data/file");
    }

    private String content(String environment) {
        return run("exec", environment, "--", "cat", "file", "data/file").out();
    }

    @Test
    @DisplayName("an environment goes back to a snapshot, volume included")
    void restored() {
        Outcome made = run("snapshot", "box", "clean", "--label", "why=test");
        write("two");

        Outcome restored = run("restore", "box", "clean");

        assertThat(made.out()).isEqualTo("clean\n");
        assertThat(restored.exitCode()).as(restored.err()).isZero();
        assertThat(content("box")).isEqualTo("one\none\n");
    }

    @Test
    @DisplayName("snapshots are listed with what they are of, and removed by name")
    void listed() {
        JsonNode made = run("snapshot", "--json", "box", "clean").json();
        run("snapshot", "box", "other");

        JsonNode listed = run("snapshots", "--json").json().path("snapshots");

        assertThat(made.path("environment").asText()).isEqualTo("box");
        assertThat(made.path("volumes").path(0).asText()).isEqualTo("data");
        assertThat(listed).hasSize(2).contains(made);
        assertThat(run("snapshots", "--rm", "clean").exitCode()).isZero();
        assertThat(run("snapshots", "--json").json().path("snapshots")).hasSize(1);
        Outcome unknown = run("restore", "box", "clean");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.err()).contains("'clean'");
    }

    @Test
    @DisplayName("a fork has the files of the snapshot and a volume of its own")
    void forked() {
        run("snapshot", "box", "clean");

        assertThat(run("fork", "clean", "copy").exitCode()).isZero();
        write("two");

        assertThat(content("copy")).isEqualTo("one\none\n");
        assertThat(run("volumes", "--json").out()).contains("copy-data");
    }

    @Test
    @DisplayName("an exported environment comes back from its archive")
    void exported() {
        Path archive = host.resolve("box.tar");

        Outcome exported = run("export", "box", archive.toString());
        Outcome imported = run("import", "--name", "again", archive.toString());

        assertThat(exported.exitCode()).as(exported.err()).isZero();
        assertThat(archive).exists();
        assertThat(imported.exitCode()).as(imported.err()).isZero();
        assertThat(imported.out()).isEqualTo("again\n");
        assertThat(run("fork", "again", "copy").exitCode()).isZero();
        assertThat(content("copy")).isEqualTo("one\none\n");
    }

    @Test
    @DisplayName("what is no archive is refused in one sentence, and leaves no snapshot")
    void noArchive() throws Exception {
        Path file = Files.writeString(host.resolve("notes.txt"), "no archive");

        Outcome outcome = run("import", "--name", "again", file.toString());

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("notes.txt").doesNotContain("Exception");
        assertThat(run("snapshots", "--json").json().path("snapshots")).isEmpty();
    }
}
