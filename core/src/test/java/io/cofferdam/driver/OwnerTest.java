package io.cofferdam.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.driver.Owner.Place;
import io.cofferdam.watcher.Liveness;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OwnerTest {

    private static final Place HERE = new Place("boot-2", "4026531836", "abc");

    @Test
    @DisplayName("this JVM is alive")
    void self() {
        assertThat(Owner.isDead(Owner.current(), true)).isFalse();
        assertThat(Owner.isDead(Owner.current(), false)).isFalse();
    }

    @Test
    @DisplayName("a process that has ended is dead, also one that nobody has asked for its exit code")
    void ended() throws IOException {
        Process process = new ProcessBuilder("sh", "-c", "read line").start();
        Owner owner = new Owner(
                Place.current(), process.pid(), Liveness.start(process.pid()).orElseThrow());
        assertThat(Owner.isDead(owner.toString(), true)).isFalse();

        process.destroyForcibly();
        process.onExit().join();

        assertThat(Owner.isDead(owner.toString(), true)).isTrue();
        assertThat(Owner.isDead(owner.toString(), false)).isTrue();
    }

    @Test
    @DisplayName("a process id that somebody else has by now does not keep a dead owner alive")
    void recycledPid() {
        Owner self = Owner.self();
        Owner recycled = new Owner(self.place(), self.pid(), "12345");

        assertThat(Owner.isDead(recycled.toString(), true)).isTrue();
    }

    @Test
    @DisplayName("an owner of an earlier boot of this machine is dead, one of another machine is not held to be")
    void earlierBoot() {
        assertThat(Owner.isDead("boot-1.4026531836.abc:1:1", true, HERE)).isTrue();
        assertThat(Owner.isDead("boot-1.4026531836.abc:1:1", false, HERE)).isFalse();
        assertThat(Owner.isDead("boot-1.4026531836.xyz:1:1", true, HERE)).isFalse();
        assertThat(Owner.isDead("boot-1.4026531836.:1:1", true, new Place("boot-2", "4026531836", "")))
                .isFalse();
    }

    @Test
    @DisplayName("a process of another namespace is not looked for under its number here")
    void otherNamespace() {
        Place inContainer = new Place("boot-2", "4026532999", "abc");

        assertThat(Owner.isDead("boot-2.4026531836.abc:999999999:1", true, inContainer))
                .isFalse();
    }

    @Test
    @DisplayName("what nobody made, or in no form that is known, is not held to be dead")
    void unknown() {
        assertThat(Owner.isDead("", true)).isFalse();
        assertThat(Owner.isDead("a:b:c", true)).isFalse();
        assertThat(Owner.isDead("00000000-0000:1:1", true)).isFalse();
        assertThat(Owner.isDead("a.b.c.d:1:1", true)).isFalse();
    }
}
