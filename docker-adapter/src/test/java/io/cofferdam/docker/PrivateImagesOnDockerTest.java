package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.error.RegistryException;
import io.cofferdam.resource.BuildSpec;
import io.cofferdam.resource.PushSpec;
import io.cofferdam.resource.PushedImage;
import io.cofferdam.resource.RegistryCredentials;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Images of one's own in a registry that wants a login, as a host application works with them. */
@OnDocker
@Timeout(120)
class PrivateImagesOnDockerTest {

    private final String registry = System.getenv().getOrDefault("COFFERDAM_TEST_REGISTRY", "");
    private final String run = UUID.randomUUID().toString().substring(0, 8);
    private final String base = registry + "/cofferdam-test/" + run + ":base";
    private final String derived = "cofferdam-test/" + run + ":derived";
    private final RegistryCredentials login = RegistryCredentials.of(
            System.getenv().getOrDefault("COFFERDAM_TEST_REGISTRY_USER", ""),
            System.getenv().getOrDefault("COFFERDAM_TEST_REGISTRY_PASSWORD", ""));

    private final Orchestrator engine = new DockerProvider()
            .open(EngineConfig.builder()
                    .registryCredentials(host -> host.equals(registry) ? Optional.of(login) : Optional.empty())
                    .build());

    @BeforeEach
    void aPrivateImage() {
        assumeTrue(!registry.isEmpty(), "COFFERDAM_TEST_REGISTRY names no registry");
        engine.images()
                .build(BuildSpec.dockerfile("FROM " + Docker.BUSYBOX + "\nENV MARK=" + run + "\n")
                        .tag(base)
                        .build());
    }

    @AfterEach
    void removeImages() {
        engine.images().remove(derived, true);
        engine.images().remove(base, true);
        engine.close();
    }

    @Test
    @DisplayName("what was pushed with a login is what a build is based on with a login")
    void pushedAndBuiltFrom() {
        PushedImage pushed = engine.images().push(PushSpec.of(base));
        engine.images().remove(base, true);
        assertThat(engine.images().find(base)).isEmpty();

        engine.images()
                .build(BuildSpec.dockerfile("FROM " + base + "\nRUN test \"$MARK\" = " + run + "\n")
                        .network("none")
                        .tag(derived)
                        .build());

        assertThat(pushed.digest()).startsWith("sha256:");
        assertThat(engine.images().find(derived)).isPresent();
    }

    @Test
    @DisplayName("a login that is given with one call holds for that call, and a wrong one is told as such")
    void wrongLogin() {
        RegistryCredentials wrong = RegistryCredentials.of("tester", "not-the-password");

        assertThatThrownBy(() -> engine.images().push(PushSpec.of(base).withCredentials(wrong)))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        fault -> assertThat(fault.kind()).isEqualTo(RegistryException.Kind.UNAUTHORIZED))
                .hasMessageNotContaining("not-the-password");
        assertThat(engine.images().push(PushSpec.of(base)).digest()).startsWith("sha256:");
    }
}
