package io.cofferdam.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.error.UnsupportedCapabilityException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {

    private final Capabilities process = Capabilities.allBut(
            "process",
            Map.of(
                    Capability.IMAGES, "processes have no images",
                    Capability.CPU_LIMIT, "no cgroup can be written"));
    private final Capabilities docker =
            Capabilities.allBut("docker", Map.of(Capability.TEMPLATES, "containers are made from images"));

    @Test
    void namesEngineCapabilityReasonAndRemedy() {
        assertThatThrownBy(() -> process.require(Capability.CPU_LIMIT, "leave the limit out"))
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessage(
                        "the process engine cannot provide cpu-limit: no cgroup can be written; leave the limit out");
    }

    @Test
    void comparesTwoEngines() {
        CapabilityComparison comparison = process.compareTo(docker);

        assertThat(comparison.onlyFirst()).containsExactly(Capability.TEMPLATES);
        assertThat(comparison.onlySecond()).containsExactlyInAnyOrder(Capability.IMAGES, Capability.CPU_LIMIT);
        assertThat(comparison.neither()).isEmpty();
        assertThat(comparison.both()).hasSize(Capability.values().length - 3);
        assertThat(comparison.secondCoversFirst()).isFalse();
    }
}
