package io.cofferdam.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.resource.VolumeSpec;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What processes do with each part of a configuration. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the programs run are those of a POSIX system")
class ConfigurationOnProcessTest {

    @TempDir
    private Path temporary;

    private EngineConfig.Builder config() {
        return EngineConfig.builder().stateDirectory(temporary.resolve("state"));
    }

    @Test
    @DisplayName("volumes are kept in the configured place, and a temporary one leaves it with the session")
    void volumeDirectory() {
        Path volumes = temporary.resolve("elsewhere");
        EngineConfig config =
                config().volumeDirectory(volumes).volumePrefix("lab-").build();
        try (Orchestrator engine = new ProcessProvider().open(config)) {
            engine.volumes().create(VolumeSpec.temporary("data"));
            IsolatedEnvironment environment = engine.environments()
                    .run(EnvironmentSpec.command("sh", "-c", "echo kept > data/file; exec sleep 100")
                            .mount(Mount.volume("data", "/data"))
                            .readyWhen(Readiness.command("test", "-s", "data/file"))
                            .build());

            assertThat(environment.exec("cat", "data/file").stdout()).isEqualTo("kept\n");
            assertThat(volumes.resolve("lab-data/data/file")).hasContent("kept\n");
        }
        assertThat(volumes).isEmptyDirectory();
    }

    @Test
    @DisplayName("the start timeout is for specifications that say nothing; the default image is passed over")
    void defaults() {
        EngineConfig config = config().startTimeout(Duration.ofSeconds(7))
                .defaultImage("busybox:1")
                .build();
        try (Orchestrator engine = new ProcessProvider().open(config)) {
            EnvironmentSpec.Builder spec =
                    EnvironmentSpec.command("sleep", "100").readyWhen(Readiness.running());

            EnvironmentSpec silent = engine.environments().run(spec.build()).spec();
            EnvironmentSpec outspoken = engine.environments()
                    .run(spec.startTimeout(Duration.ofSeconds(9)).build())
                    .spec();

            assertThat(silent.startTimeout()).hasSeconds(7);
            assertThat(silent.image()).isEmpty();
            assertThat(outspoken.startTimeout()).hasSeconds(9);
        }
    }

    @Test
    @DisplayName("options with a letter missing are refused with the right ones; those of other engines are not")
    void unknownOptions() {
        assertThatThrownBy(() -> new ProcessProvider()
                        .open(config().option("process.namespace", "off")
                                .option("process.log.limt", "1m")
                                .build()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("did you mean process.namespaces?")
                .hasMessageContaining("did you mean process.log.limit?");

        try (Orchestrator engine = new ProcessProvider()
                .open(config().option("docker.something", "on").build())) {
            assertThat(engine.config().optionNames()).containsExactly("docker.something");
        }
    }
}
