package io.cofferdam.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ProcessStatTest {

    private static ProcessStat stat(String state, int threads) {
        return ProcessStat.parse("42 (a) b) " + state + " 7 42 41 0 -1 4194560 0 0 0 0 3 4 1 2 20 0 " + threads
                + " 0 123456 0 0 18446744073709551615");
    }

    @Test
    @DisplayName("a process that holds its sockets because other threads than the main one are left is alive")
    void mainThreadEndedFirst() {
        assertThat(stat("Z", 2).isAlive()).isTrue();
        assertThat(stat("Z", 1).isAlive()).isFalse();
        assertThat(stat("X", 1).isAlive()).isFalse();
        assertThat(stat("S", 1).isAlive()).isTrue();
    }

    @Test
    @DisplayName("a name that holds parentheses and blanks does not shift the fields after it")
    void namesWithParentheses() {
        ProcessStat stat = stat("S", 3);

        assertThat(stat.key()).isEqualTo(new ProcessKey(42, "123456"));
        assertThat(stat.parent()).isEqualTo(7);
        assertThat(stat.session()).isEqualTo(41);
        assertThat(stat.threads()).isEqualTo(3);
        assertThat(stat.ticks()).isEqualTo(10);
    }
}
