package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Discovery;
import io.cofferdam.engine.EngineInfo;
import io.cofferdam.engine.OrchestratorProvider;
import java.util.Locale;
import java.util.ServiceLoader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Discovery, and what an engine says of itself. */
abstract class EngineCases extends Cases {

    @Test
    @DisplayName("OrchestratorProvider: found by ServiceLoader under its name, with a constructor without parameters")
    void provider() {
        OrchestratorProvider provider = subject().provider();

        assertThat(provider.name())
                .isEqualTo(provider.name().toLowerCase(Locale.ROOT))
                .matches("[a-z]+");
        assertThat(ServiceLoader.load(OrchestratorProvider.class))
                .extracting(OrchestratorProvider::name)
                .containsOnlyOnce(provider.name());
    }

    @Test
    @DisplayName("discover: finds the engine and says what open then opens")
    void discover() {
        Discovery discovery = subject().provider().discover(subject().config());

        assertThat(discovery.isAvailable()).as(discovery.explain()).isTrue();
        assertThat(discovery.engine()).isEqualTo(subject().provider().name());
        assertThat(discovery.info().orElseThrow().endpoint())
                .isEqualTo(engine().info().endpoint());
    }

    @Test
    @DisplayName("info: engine, version, endpoint, operating system and architecture are told")
    void info() {
        EngineInfo info = engine().info();

        assertThat(info.engine()).isEqualTo(subject().provider().name());
        assertThat(info.version()).isNotBlank();
        assertThat(info.endpoint()).isNotBlank();
        assertThat(info.operatingSystem()).isNotBlank();
        assertThat(info.architecture()).isNotBlank();
        assertThat(info.cpus()).isNotNegative();
        assertThat(info.memory()).isNotNegative();
    }

    @Test
    @DisplayName("capabilities: each missing one has a reason; the engine can make environments somehow")
    void capabilities() {
        Capabilities capabilities = engine().capabilities();

        assertThat(capabilities.engine()).isEqualTo(subject().provider().name());
        for (Capability capability : Capability.values()) {
            assertThat(capabilities.reason(capability).isBlank())
                    .as("the reason why %s is missing", capability)
                    .isEqualTo(capabilities.has(capability));
        }
        assertThat(capabilities.has(Capability.IMAGES) || capabilities.has(Capability.TEMPLATES))
                .isTrue();
        assertThat(another().capabilities().supported()).isEqualTo(capabilities.supported());
    }

    @Test
    @DisplayName("config: is the one it was opened with; the parts are always the same objects")
    void parts() {
        assertThat(engine().config()).isEqualTo(subject().config());
        assertThat(engine().environments()).isSameAs(engine().environments());
        assertThat(engine().images()).isSameAs(engine().images());
        assertThat(engine().networks()).isSameAs(engine().networks());
        assertThat(engine().volumes()).isSameAs(engine().volumes());
        assertThat(engine().events()).isSameAs(engine().events());
    }
}
