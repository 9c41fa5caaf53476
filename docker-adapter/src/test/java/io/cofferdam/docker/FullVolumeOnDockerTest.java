package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A volume of four megabytes, and what does not fit into it. */
@OnDocker
@Timeout(120)
class FullVolumeOnDockerTest {

    private static final int MEGABYTE = 1024 * 1024;

    @TempDir
    Path host;

    private final Docker docker = new Docker();
    private final Threads threads = Threads.named("test");
    private final Orchestrator engine = new DockerProvider().open(EngineConfig.defaults());
    private final String volume = docker.run + "-small";
    private final EngineHttp http = new EngineHttp(
            EngineAddress.parse(docker.driver.info(Docker.soon()).endpoint(), null), new ApiVersion(1, 41), 1, threads);

    private IsolatedEnvironment environment;

    @BeforeEach
    void aSmallVolume() {
        ObjectNode body = Json.object().put("Name", "cofferdam-" + volume).put("Driver", "local");
        body.putObject("Labels").put("io.cofferdam.volume", volume);
        body.putObject("DriverOpts").put("type", "tmpfs").put("device", "tmpfs").put("o", "size=4m");
        http.json(
                Operation.of("make", "making", "a small volume"),
                HttpRequest.post("/volumes/create", body),
                Docker.soon());
        environment = engine.environments()
                .run(EnvironmentSpec.image(Docker.BUSYBOX)
                        .name(docker.run + "-box")
                        .withCommand("sleep", "600")
                        .mount(Mount.volume(volume, "/data"))
                        .stopGrace(Duration.ZERO)
                        .readyWhen(Readiness.running())
                        .build());
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        environment.remove();
        engine.volumes().remove(volume);
        engine.close();
        http.close();
        threads.close();
        docker.close();
    }

    @Test
    @DisplayName("a copy that does not fit is told as a matter of space, and the environment goes on")
    void copyIn() throws Exception {
        Path large = Files.write(host.resolve("large"), new byte[8 * MEGABYTE]);

        assertThatThrownBy(() -> environment.copyIn(large, "/data/large"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("no space left");

        environment.exec("rm", "-f", "/data/large");
        Path small = Files.write(host.resolve("small"), new byte[MEGABYTE]);
        environment.copyIn(small, "/data/small");
        assertThat(environment.exec("stat", "-c", "%s", "/data/small").stdout()).isEqualTo(MEGABYTE + "\n");
    }
}
