package io.cofferdam.junit;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** nginx as a process, of the program that is installed here. */
class PresetsOnNginxTest extends PresetCases {
    @Override
    String engine() {
        return "process";
    }

    @Test
    @DisplayName("nginx: its page is there")
    void nginx() {
        succeed(1, Nginx.class);
    }
}
