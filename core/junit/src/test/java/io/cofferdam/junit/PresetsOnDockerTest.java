package io.cofferdam.junit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PresetsOnDockerTest extends PresetCases {
    @Override
    String engine() {
        return "docker";
    }

    @Test
    @DisplayName("PostgreSQL: reached as declared, put back by data and by snapshot")
    void postgresql() {
        succeed(5, LOCAL_IMAGES, Postgresql.class);
    }

    @Test
    @DisplayName("Redis: reached and emptied")
    void redis() {
        succeed(2, LOCAL_IMAGES, Redis.class);
    }

    @Test
    @DisplayName("a pool of PostgreSQL: tests side by side, each with a database as it was, and nothing of another")
    void pool() {
        succeed(12, PoolRun.parameters(4), PoolRun.Few.class);

        assertThat(PoolRun.collisions()).isZero();
        assertThat(leftInPools()).isEmpty();
    }
}
