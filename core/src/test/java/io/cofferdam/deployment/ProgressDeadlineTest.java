package io.cofferdam.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The progress deadline, by a ticker that is moved by hand. */
class ProgressDeadlineTest {

    private static final Duration ALLOWED = Duration.ofMinutes(10);

    private final AtomicLong nanos = new AtomicLong(42);
    private final ProgressDeadline deadline = new ProgressDeadline(ALLOWED, nanos::get);

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    @DisplayName("is over when the time is, and not a nanosecond earlier")
    void exact() {
        pass(ALLOWED.minusNanos(1));
        assertThat(deadline.isOver()).isFalse();
        assertThat(deadline.remaining()).isEqualTo(Duration.ofNanos(1));

        pass(Duration.ofNanos(1));

        assertThat(deadline.isOver()).isTrue();
    }

    @Test
    @DisplayName("begins anew with each instance that becomes available, however many there are")
    void restarts() {
        for (int instance = 0; instance < 10; instance++) {
            pass(ALLOWED.minusNanos(1));
            deadline.restart();
            assertThat(deadline.remaining()).isEqualTo(ALLOWED);
        }

        pass(ALLOWED);

        assertThat(deadline.isOver()).isTrue();
    }
}
