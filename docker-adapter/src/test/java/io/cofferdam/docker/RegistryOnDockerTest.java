package io.cofferdam.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.RegistryException;
import io.cofferdam.resource.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images from a registry that wants a login. */
@OnDocker
@Timeout(120)
class RegistryOnDockerTest {

    private static final Map<String, String> ENV = System.getenv();

    @TempDir
    Path home;

    private String registry = "";
    private String login = "";
    private String repository = "";

    @BeforeEach
    void push() throws IOException {
        registry = ENV.getOrDefault("COFFERDAM_TEST_REGISTRY", "");
        assumeTrue(!registry.isEmpty(), "COFFERDAM_TEST_REGISTRY names no registry");
        String user = ENV.getOrDefault("COFFERDAM_TEST_REGISTRY_USER", "");
        String password = ENV.getOrDefault("COFFERDAM_TEST_REGISTRY_PASSWORD", "");
        login = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
        repository =
                registry + "/cofferdam-test/" + UUID.randomUUID().toString().substring(0, 8);
        String auth = Base64.getUrlEncoder()
                .encodeToString(Json.bytes(Json.object()
                        .put("username", user)
                        .put("password", password)
                        .put("serveraddress", registry)));
        try (Threads threads = Threads.named("test");
                DockerDriver driver = open(false);
                EngineHttp http = new EngineHttp(
                        EngineAddress.parse(driver.info(Docker.soon()).endpoint(), null),
                        new ApiVersion(1, 41),
                        1,
                        threads)) {
            Operation pushing = Operation.of("push", "pushing", "an image");
            http.run(
                    pushing,
                    HttpRequest.post("/images/" + Docker.BUSYBOX + "/tag?repo=" + Query.encode(repository) + "&tag=1"),
                    Docker.soon());
            String progress = http.stream(
                    pushing,
                    HttpRequest.post("/images/" + repository + "/push?tag=1").withHeader("X-Registry-Auth", auth),
                    Docker.soon(),
                    (reply, connection) -> new String(reply.body().readAllBytes(), UTF_8));
            assertThat(progress).contains("digest").doesNotContain("errorDetail");
            driver.images().remove(repository + ":1");
        }
    }

    @AfterEach
    void removeImage() throws IOException {
        if (!repository.isEmpty()) {
            try (DockerDriver driver = open(false)) {
                driver.images().remove(repository + ":1");
            }
        }
    }

    /** A driver whose user has, or has not, logged in with the Docker client. */
    private DockerDriver open(boolean loggedIn) throws IOException {
        Map<String, String> variables = new HashMap<>(ENV);
        variables.put("DOCKER_CONFIG", home.toString());
        Files.writeString(
                home.resolve("config.json"),
                loggedIn ? "{\"auths\":{\"" + registry + "\":{\"auth\":\"" + login + "\"}}}" : "{}");
        return DockerDriver.open(EngineConfig.defaults(), new Surroundings(variables, home, false));
    }

    @Test
    @DisplayName("pull: with the login of the Docker client the image arrives")
    void pull() throws IOException {
        try (DockerDriver driver = open(true)) {
            Image image = driver.images().pull(repository + ":1");

            assertThat(image.references()).contains(repository + ":1");
            assertThat(driver.images().find(repository + ":1")).contains(image);
            assertThatThrownBy(() -> driver.images().pull(repository + ":none"))
                    .isInstanceOf(ImageNotFoundException.class)
                    .hasMessageContaining("the registry does not have it");
        }
    }

    @Test
    @DisplayName("pull: without a login the image is not to be had, and the error says what to do")
    void refused() throws IOException {
        try (DockerDriver driver = open(false)) {
            assertThatThrownBy(() -> driver.images().pull(repository + ":1"))
                    .isInstanceOfSatisfying(
                            RegistryException.class,
                            fault -> assertThat(fault.kind()).isEqualTo(RegistryException.Kind.UNAUTHORIZED))
                    .hasMessageContaining("log in with 'docker login'");
            assertThat(driver.images().find(repository + ":1")).isEmpty();
        }
    }
}
