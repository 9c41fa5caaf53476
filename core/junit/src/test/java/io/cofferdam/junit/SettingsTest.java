package io.cofferdam.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.error.InvalidInputException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

    @TempDir
    Path folder;

    private Settings settings(Map<String, String> parameters, String... lines) throws IOException {
        Files.write(folder.resolve(Settings.FILE), java.util.List.of(lines));
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
            return Settings.read(key -> Optional.ofNullable(parameters.get(key)), loader);
        }
    }

    @Test
    @DisplayName("the file is read, and a system property is stronger")
    void precedence() throws IOException {
        Settings settings = settings(
                Map.of("cofferdam.engine", "docker"),
                "cofferdam.engine = process",
                "cofferdam.pull = never",
                "cofferdam.timeout.start = 90s",
                "cofferdam.state = /somewhere",
                "cofferdam.keep = 2h");

        assertThat(settings.engine()).isEqualTo("docker");
        assertThat(settings.pullPolicy()).contains(PullPolicy.NEVER);
        assertThat(settings.keep()).contains(Duration.ofHours(2));
        assertThat(settings.engineConfig().startTimeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(settings.engineConfig().stateDirectory()).contains(Path.of("/somewhere"));
    }

    @Test
    @DisplayName("an unknown setting of the file is refused, with those there are")
    void unknown() {
        assertThatThrownBy(() -> settings(Map.of(), "cofferdam.engin = docker", "cofferdam.timeout.pull = never"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("cofferdam.engin:", "cofferdam.engine", "'never'");
    }

    @Test
    @DisplayName("images are substituted: the first that fits, whole or by what they begin with")
    void images() throws IOException {
        Settings settings = settings(
                Map.of(), "cofferdam.images = redis:7=mirror/redis:7.2, postgres:*=local/pg:15, docker.io/*=mirror/*");

        assertThat(settings.substituted("redis:7")).isEqualTo("mirror/redis:7.2");
        assertThat(settings.substituted("postgres:16")).isEqualTo("local/pg:15");
        assertThat(settings.substituted("docker.io/library/nginx:1")).isEqualTo("mirror/library/nginx:1");
        assertThat(settings.substituted("nginx:1")).isEqualTo("nginx:1");
    }

    @Test
    @DisplayName(
            "content keys differ with every part that makes an environment what it is, secrets and template included")
    void contentKeys() throws IOException {
        EnvironmentSpec spec = EnvironmentSpec.image("a").secretEnv("S", "1").build();

        assertThat(ContentKey.of(spec))
                .hasSize(12)
                .isEqualTo(ContentKey.of(spec.toBuilder().name("other").build()))
                .isNotEqualTo(ContentKey.of(spec.toBuilder().secretEnv("S", "2").build()))
                .isNotEqualTo(ContentKey.of(spec.toBuilder().port(1).build()))
                .isNotEqualTo(ContentKey.of(spec.toBuilder().withImage("b").build()));
        Files.writeString(folder.resolve("file"), "one");
        EnvironmentSpec template =
                EnvironmentSpec.template(folder).withCommand("true").build();
        String before = ContentKey.of(template);
        Files.writeString(folder.resolve("file"), "two");
        assertThat(ContentKey.of(template)).isNotEqualTo(before);
    }
}
