package io.cofferdam.junit;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** PostgreSQL as a process, of the programs that are installed here. */
class PresetsOnPostgresTest extends PresetCases {
    @Override
    String engine() {
        return "process";
    }

    @Test
    @DisplayName("PostgreSQL: reached as declared, put back by data and by snapshot")
    void postgresql() {
        succeed(5, Postgresql.class);
    }
}
