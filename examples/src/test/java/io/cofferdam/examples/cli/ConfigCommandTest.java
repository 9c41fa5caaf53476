package io.cofferdam.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigCommandTest {

    @TempDir
    private Path folder;

    private String file(String text) throws IOException {
        return Files.writeString(folder.resolve("compose.yaml"), text).toString();
    }

    @Test
    @DisplayName("config prints the resolved file, warnings on the side, and hides secrets")
    void resolved() throws IOException {
        // given
        String file = file("""
                services:
                  web: {image: "web:${TAG}", environment: {PASSWORD: hunter2}, tty: true}
                  debug: {image: d, profiles: [debug]}
                """);

        // when
        Cli.Outcome outcome = new Cli().variable("TAG", "7").run("config", file, "-p", "shop");

        // then
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out())
                .startsWith("name: shop\nservices:\n  web:\n    image: \"web:7\"\n")
                .contains("PASSWORD: \"***\"")
                .doesNotContain("debug", "hunter2");
        assertThat(outcome.err()).contains("warning: " + file + ":2:64: 'tty' is passed over");
    }

    @Test
    @DisplayName("config --json has the same, the warnings and the files")
    void json() throws IOException {
        // given
        String file = file("services: {web: {image: a}, debug: {image: d, profiles: [debug], tty: true}}\n");

        // when
        JsonNode document =
                new Cli().run("config", file, "--profile", "debug", "--json").json();

        // then
        assertThat(document.at("/config/services/debug/image").asText()).isEqualTo("d");
        assertThat(document.at("/warnings/0/where").asText()).isEqualTo(file + ":1:66");
        assertThat(document.at("/files/0").asText()).isEqualTo(file);
    }

    @Test
    @DisplayName("config ends with 2 and every problem at its place")
    void problems() throws IOException {
        // given
        String file = file("services: {web: {imag: a, privileged: true}}\n");

        // when
        Cli.Outcome outcome = new Cli().run("config", file);
        Cli.Outcome json = new Cli().run("config", file, "--json");
        Cli.Outcome missing = new Cli().run("config");

        // then
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err())
                .contains(file + ":1:18: a service has no key 'imag'; did you mean 'image'?", ":1:27: 'privileged'");
        assertThat(json.error().path("problems")).hasSize(3);
        assertThat(missing.exitCode()).isEqualTo(2);
    }

    @Test
    @DisplayName("config goes on without what is not supported, if asked to, and takes other files of variables")
    void options() throws IOException {
        // given
        String file = file("services: {web: {image: '${A}', privileged: true}}\n");
        Path variables = Files.writeString(folder.resolve("vars"), "A=b\n");

        // when
        Cli.Outcome outcome = new Cli().run("config", file, "--ignore-unsupported", "--env-file", variables.toString());

        // then
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).contains("image: b");
        assertThat(outcome.err()).contains("'privileged' is not supported; it is passed over");
    }
}
