package io.cofferdam.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UpdateSettingsTest {

    @Test
    @DisplayName("replacing the old one first is unavailability, starting the new one first is surge")
    void rollingTerms() {
        // given
        UpdateSettings stopFirst = UpdateSettings.defaults().withParallelism(2);
        UpdateSettings startFirst = stopFirst.withOrder(UpdateSettings.Order.START_FIRST);

        // then
        assertThat(stopFirst.maxUnavailable(5)).isEqualTo(2);
        assertThat(stopFirst.maxSurge(5)).isZero();
        assertThat(startFirst.maxUnavailable(5)).isZero();
        assertThat(startFirst.maxSurge(5)).isEqualTo(2);
    }

    @Test
    @DisplayName("a parallelism of 0 is all at once, and never none")
    void allAtOnce() {
        assertThat(UpdateSettings.defaults().withParallelism(0).maxUnavailable(5))
                .isEqualTo(5);
        assertThat(UpdateSettings.defaults().withParallelism(0).maxUnavailable(0))
                .isEqualTo(1);
    }

    @Test
    @DisplayName("what is out of range is told at once")
    void ranges() {
        assertThatThrownBy(() -> new UpdateSettings(
                        -1,
                        Duration.ofSeconds(-1),
                        UpdateSettings.FailureAction.PAUSE,
                        Duration.ofSeconds(-1),
                        2,
                        UpdateSettings.Order.STOP_FIRST))
                .hasMessageContaining("update settings has 4 problems");
    }
}
