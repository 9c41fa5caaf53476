package io.cofferdam.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentSpecTest;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.error.EngineException;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SpecJsonTest {

    @Test
    @DisplayName("a specification is read back as it was, with secrets from the unit's variables")
    void roundTrip() {
        EnvironmentSpec spec = EnvironmentSpecTest.full();

        String text = SpecJson.write(spec);

        assertThat(text).doesNotContain("s3cr3t-value");
        assertThat(SpecJson.read(text, spec.env())).isEqualTo(spec);
    }

    @Test
    @DisplayName("the smallest specification is read back as it was")
    void smallest() {
        for (Lifetime lifetime : new Lifetime[] {Lifetime.session(), Lifetime.persistent()}) {
            EnvironmentSpec spec =
                    EnvironmentSpec.command("true").lifetime(lifetime).build();

            assertThat(SpecJson.read(SpecJson.write(spec), Map.of())).isEqualTo(spec);
        }
    }

    @Test
    @DisplayName("fields that a later version may add are passed over")
    void unknownFields() {
        EnvironmentSpec spec = EnvironmentSpec.command("true").build();
        String later = SpecJson.write(spec).replaceFirst("\\{", "{\"gpu\":{\"count\":2},");

        assertThat(SpecJson.read(later, Map.of())).isEqualTo(spec);
    }

    @Test
    @DisplayName("a label that somebody broke is told in a sentence")
    void broken() {
        assertThatThrownBy(() -> SpecJson.read("{\"restart\":{\"condition\":\"SOMETIMES\"}}", Map.of()))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("remove the environment and make it anew");
        assertThatThrownBy(() -> SpecJson.read("not json", Map.of())).isInstanceOf(EngineException.class);
    }
}
