package io.cofferdam.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.deployment.Halt.Reason;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HaltTest {

    private final Halt halt = new Halt();

    @ParameterizedTest
    @EnumSource(names = {"FAILURE", "CANCEL", "PAUSE", "SUPERSEDE"})
    @DisplayName(
            "an engine that is closed while a step fails or a deployment is called off does not restore until it is cut off")
    void closingIsNotForgotten(Reason before) {
        halt.raise(before);

        halt.raise(Reason.CLOSE);

        assertThat(halt.reason()).isEqualTo(Reason.CLOSE);
    }

    @Test
    @DisplayName("a project that was lost while its engine was being closed stays lost")
    void losingIsStrongest() {
        halt.raise(Reason.LOST);

        halt.raise(Reason.CLOSE);

        assertThat(halt.reason()).isEqualTo(Reason.LOST);
    }

    @Test
    @DisplayName("a failure does not hide that a deployment was paused or called off before it")
    void failuresComeLast() {
        halt.raise(Reason.PAUSE);
        halt.raise(Reason.FAILURE);
        assertThat(halt.reason()).isEqualTo(Reason.PAUSE);

        halt.raise(Reason.CANCEL);
        halt.raise(Reason.FAILURE);
        assertThat(halt.reason()).isEqualTo(Reason.CANCEL);
    }
}
