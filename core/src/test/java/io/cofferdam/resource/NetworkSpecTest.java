package io.cofferdam.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.environment.Lifetime;
import io.cofferdam.error.InvalidInputException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What networks and volumes may be. */
class NetworkSpecTest {

    @ParameterizedTest
    @ValueSource(strings = {"10.77.0.0/24", "192.168.255.0/30", "10.0.0.0/8", "0.0.0.0/1"})
    void addressRangesAreRead(String range) {
        assertThat(NetworkSpec.named("backend").withSubnet(range).subnet()).contains(range);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.77.0.0", "10.77.0/24", "10.256.0.0/24", "10.77.0.0/31", "10.77.0.0/0", "fd00::/64", ""})
    void whatIsNoAddressRangeIsRefused(String range) {
        assertThatThrownBy(() -> NetworkSpec.named("backend").withSubnet(range))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("subnet");
    }

    @Test
    @DisplayName("every problem is told at once")
    void allProblems() {
        assertThatThrownBy(() -> new NetworkSpec(
                        "Not A Name",
                        "nowhere",
                        false,
                        java.util.Map.of("io.cofferdam.owner", "me"),
                        Lifetime.ttl(Duration.ofHours(1))))
                .isInstanceOfSatisfying(
                        InvalidInputException.class,
                        invalid -> assertThat(invalid.problems())
                                .extracting(problem -> problem.where())
                                .containsExactly("name", "labels", "lifetime", "subnet"));
        assertThatThrownBy(() -> VolumeSpec.named("data").withLabel("io.cofferdam.volume", "other"))
                .isInstanceOf(InvalidInputException.class);
    }
}
