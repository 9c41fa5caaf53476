package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.resource.BuildSpec;
import io.cofferdam.resource.Image;
import io.cofferdam.resource.PullSpec;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the engine is asked for when a platform is chosen, seen on the way to it: the engine itself runs but one. */
@OnDocker
@Timeout(60)
class PlatformRequestsOnDockerTest {

    @Test
    @DisplayName("pulls and builds for a platform say so in their requests, and others do not")
    void platforms() throws Exception {
        try (Docker docker = new Docker();
                RecordingProxy proxy = new RecordingProxy(docker.driver);
                Orchestrator engine = new DockerProvider()
                        .open(EngineConfig.builder().host(proxy.address()).build())) {
            String nowhere = "127.0.0.1:1/" + docker.run + ":1";
            assertThat(catchThrowable(
                            () -> engine.images().pull(PullSpec.of(nowhere).withPlatform("linux/arm64"))))
                    .isNotNull()
                    .isNotInstanceOf(ImageNotFoundException.class);
            Image built = engine.images()
                    .build(BuildSpec.dockerfile("FROM " + Docker.BUSYBOX + "\nENV MARK=" + docker.run + "\n")
                            .platform("linux/amd64")
                            .build());
            engine.images().remove(built.id(), true);
            Image usual = engine.images()
                    .build(BuildSpec.dockerfile("FROM " + Docker.BUSYBOX + "\nENV MARK=" + docker.run + "-2\n")
                            .build());
            engine.images().remove(usual.id(), true);

            assertThat(proxy.requests)
                    .anyMatch(request -> request.contains("/images/create?")
                            && request.contains(docker.run)
                            && request.contains("platform=linux%2Farm64"));
            assertThat(proxy.requests)
                    .filteredOn(request -> request.contains("/build?"))
                    .hasSize(2)
                    .satisfiesExactly(
                            first -> assertThat(first).contains("platform=linux%2Famd64"),
                            second -> assertThat(second).doesNotContain("platform="));
        }
    }
}
