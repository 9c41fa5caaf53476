package io.cofferdam.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OwnerTest {

    @Test
    @DisplayName("this JVM is alive")
    void self() {
        assertThat(Owner.isDead(Owner.current(), true)).isFalse();
    }

    @Test
    @DisplayName("a process id that somebody else has by now does not keep a dead owner alive")
    void recycledPid() {
        String current = Owner.current();
        String recycled = current.substring(0, current.lastIndexOf(':') + 1) + "12345";

        assertThat(Owner.isDead(recycled, true)).isTrue();
    }

    @Test
    @DisplayName("an owner of an earlier boot is dead")
    void earlierBoot() {
        assertThat(Owner.isDead("00000000-0000:" + ProcessHandle.current().pid() + ":1", true))
                .isTrue();
    }

    @Test
    @DisplayName("what another host or nobody made is not held to be dead")
    void unknown() {
        assertThat(Owner.isDead("boot:1:1", false)).isFalse();
        assertThat(Owner.isDead("", true)).isFalse();
        assertThat(Owner.isDead("a:b:c", true)).isFalse();
    }
}
