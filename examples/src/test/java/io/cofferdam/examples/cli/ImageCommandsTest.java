package io.cofferdam.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.examples.cli.Cli.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands for images, as far as they can be told without an engine that has any. */
class ImageCommandsTest {

    private final Cli cli = new Cli();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "images --filter tagged",
                "images --filter dangling=perhaps",
                "pull",
                "push",
                "tag one",
                "rmi",
                "build",
                "build - -f Dockerfile",
                "build . --secret-build-arg NO_SUCH_VARIABLE"
            })
    void badUsageEndsWith2(String line) {
        Outcome outcome = cli.run(line.split(" "));

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).startsWith("cofferdam: ").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"images", "pull a:1", "push a:1", "tag a:1 b:1", "rmi a:1", "build -"})
    void anEngineWithoutImagesIsToldAsSuch(String line) {
        Outcome outcome = cli.input("FROM scratch\n").run(("--engine process --json " + line).split(" "));

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.error().path("kind").asText()).isEqualTo("unsupported-capability");
    }

    @Test
    void aBuildArgumentWithoutValueIsNotShown() {
        Outcome outcome =
                cli.input("FROM scratch\n").run("--engine", "process", "build", "-", "--build-arg", "=hunter2");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("--build-arg").doesNotContain("hunter2");
    }
}
