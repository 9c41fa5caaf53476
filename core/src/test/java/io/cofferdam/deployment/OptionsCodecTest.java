package io.cofferdam.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.error.StorageException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OptionsCodecTest {

    @Test
    @DisplayName("options with every part set are read back as they were, and no part is forgotten")
    void roundTrip() throws ReflectiveOperationException {
        // given
        StrategySettings strategy = new StrategySettings(
                "canary",
                new RollingSettings(Amount.of(12_345_678), Amount.percent(10)),
                Duration.ofMillis(1),
                List.of(new CanaryStep(1, null), new CanaryStep(99, Duration.ofMinutes(5))));
        DeployOptions options = new DeployOptions(
                strategy,
                FailureAction.PAUSE,
                Duration.ofSeconds(1),
                Duration.ofNanos(1),
                Duration.ofDays(1),
                3,
                "ada",
                "\"acme\"");

        // when
        DeployOptions read = OptionsCodec.decode(OptionsCodec.encode(options));

        // then
        assertThat(read).isEqualTo(options);
        allDiffer(options, DeployOptions.defaults());
        allDiffer(strategy, DeployOptions.defaults().strategy());
    }

    @Test
    @DisplayName("the defaults are read back as they were")
    void defaults() {
        assertThat(OptionsCodec.decode(OptionsCodec.encode(DeployOptions.defaults())))
                .isEqualTo(DeployOptions.defaults());
    }

    @Test
    @DisplayName("options that are damaged are told in a sentence")
    void damaged() {
        assertThatThrownBy(() -> OptionsCodec.decode("{}"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("deploy anew");
    }

    private static void allDiffer(Record full, Record plain) throws ReflectiveOperationException {
        for (RecordComponent part : full.getClass().getRecordComponents()) {
            assertThat(part.getAccessor().invoke(full))
                    .as("'%s' belongs into this test and into the codec", part.getName())
                    .isNotEqualTo(part.getAccessor().invoke(plain));
        }
    }
}
