package io.cofferdam.compose;

import static io.cofferdam.compose.Composed.load;
import static io.cofferdam.compose.Composed.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.application.Application;
import io.cofferdam.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What YAML can do, and what it may not do. */
@Timeout(20)
class YamlLimitsTest {

    @Test
    @DisplayName("anchors, aliases and merge keys; what is written wins, and of several the first")
    void mergeKeys() {
        // when
        Application loaded = load("""
                        x-a: &a {image: one, user: a}
                        x-b: &b {image: two, working_dir: /b}
                        x-env: &env {A: "1", B: "1"}
                        services:
                          web:
                            <<: [*a, *b]
                            environment: {<<: *env, B: "2"}
                          api: {<<: *b, image: three}
                        """).application();

        // then
        assertThat(loaded.service("web").orElseThrow().template().image()).contains("one");
        assertThat(loaded.service("web").orElseThrow().template().user()).contains("a");
        assertThat(loaded.service("web").orElseThrow().template().workingDirectory())
                .contains("/b");
        assertThat(loaded.service("web").orElseThrow().template().env()).isEqualTo(Map.of("A", "1", "B", "2"));
        assertThat(loaded.service("api").orElseThrow().template().image()).contains("three");
        assertThat(loaded.extensions()).containsKeys("x-a", "x-b", "x-env");
    }

    @Test
    @DisplayName("a variable that is all of a value has no tag of its own")
    void wholeValueIsAVariable() {
        assertThat(load("services:\n  web:\n    image: ${TAG}\n    scale: ${TAG}")
                        .application())
                .satisfies(
                        loaded -> assertThat(loaded.service("web").orElseThrow().replicas())
                                .isEqualTo(7));
    }

    @Test
    @DisplayName("a character of two halves is read wherever in a file it is")
    void surrogatesAtEveryOffset() {
        for (int offset = 1000; offset < 1050; offset++) {
            String comment = "#" + "x".repeat(offset) + "\n";
            assertThat(load(comment + "services: {web: {image: a, user: '\ud83d\ude80\ud83d\ude80'}}")
                            .application()
                            .service("web")
                            .orElseThrow()
                            .template()
                            .user())
                    .contains("\ud83d\ude80\ud83d\ude80");
        }
    }

    @Test
    @DisplayName("a bomb of aliases is refused")
    void bomb() {
        // given
        StringBuilder bomb = new StringBuilder("x-0: &l0 [a, a, a, a, a, a, a, a, a, a]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("x-" + i + ": &l" + i + " [" + ("*l" + (i - 1) + ", ").repeat(9) + "*l" + (i - 1) + "]\n");
        }

        // then
        assertThat(problems(bomb + "services: {web: {image: a}}"))
                .containsExactly(
                        "compose.yaml:1:1: with all aliases written out it has more than 400000 nodes; use fewer aliases or several files");
    }

    @Test
    @DisplayName("a bomb of merge keys is refused")
    void mergeBomb() {
        // given
        StringBuilder bomb = new StringBuilder("x-0: &l0 {a: b}\n");
        for (int i = 1; i < 40; i++) {
            bomb.append("x-" + i + ": &l" + i + " {a" + i + ": *l" + (i - 1) + ", b" + i + ": *l" + (i - 1) + "}\n");
        }

        // then
        assertThat(problems(bomb + "services: {web: {image: a}}"))
                .hasSize(1)
                .first()
                .asString()
                .contains("400000 nodes");
    }

    @Test
    @DisplayName("deep nesting is refused, in every style")
    void deep() {
        assertThat(problems("x-a: " + "[".repeat(100_000)))
                .containsExactly("compose.yaml:1:105: it is nested more than 100 levels deep");
        assertThat(problems("x-a: " + "{a: ".repeat(100_000))).hasSize(1);
        StringBuilder block = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            block.append(" ".repeat(i)).append("a:\n");
        }
        assertThat(problems(block.toString())).hasSize(1).first().asString().contains("nested more than 100 levels");
        assertThat(problems("- ".repeat(5000) + "a"))
                .hasSize(1)
                .first()
                .asString()
                .contains("nested more than 100");
    }

    @Test
    @DisplayName("a text and a file of 10 MB are refused unread")
    void large(@TempDir Path folder) throws IOException {
        // given
        String large = "# " + "x".repeat(10_000_000);
        Path file = Files.writeString(folder.resolve("compose.yaml"), large);

        // then
        assertThat(problems(large)).containsExactly("compose.yaml:1:1: the Compose file is larger than 4 MiB");
        assertThatThrownBy(() -> ComposeLoader.of(file).load())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("is larger than 4 MiB");
    }

    @Test
    @DisplayName("what is no text is refused")
    void binary(@TempDir Path folder) throws IOException {
        // given
        Path file = Files.write(folder.resolve("compose.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});

        // then
        assertThatThrownBy(() -> ComposeLoader.of(file).load()).hasMessageContaining("is not text in UTF-8");
        assertThat(problems("services: \u0001")).hasSize(1).first().asString().contains("this is no YAML");
        assertThatThrownBy(() -> ComposeLoader.of(folder).load()).hasMessageContaining("is not a regular file");
        assertThatThrownBy(() -> ComposeLoader.of(folder.resolve("gone")).load())
                .hasMessageContaining("gone' does not exist");
    }
}
