package io.cofferdam.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.error.OperationTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineTest {

    private final ManualTime time = new ManualTime();

    @Test
    void hasLessTimeLeftAsTimePasses() {
        // given
        Deadline deadline = Deadline.in(Duration.ofSeconds(10), time);

        // when
        time.advance(Duration.ofSeconds(4));

        // then
        assertThat(deadline.remaining()).isEqualTo(Duration.ofSeconds(6));
        assertThat(deadline.isExpired()).isFalse();
    }

    @Test
    void expiresAtItsMomentAndStaysExpired() {
        // given
        Deadline deadline = Deadline.in(Duration.ofSeconds(10), time);

        // when
        time.advance(Duration.ofSeconds(10));

        // then
        assertThat(deadline.isExpired()).isTrue();
        time.advance(Duration.ofDays(1000));
        assertThat(deadline.isExpired()).isTrue();
        assertThat(deadline.remaining()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void hasExpiredFromTheStartWithoutTime(long seconds) {
        assertThat(Deadline.in(Duration.ofSeconds(seconds), time).isExpired()).isTrue();
        assertThat(Deadline.in(Duration.ofSeconds(seconds)).isExpired()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 1, 1L << 62, -5, Long.MIN_VALUE, 0})
    void isAsLongAsTimeCanBeMeasuredWhateverTheClockShows(long origin) {
        // given
        ManualTime late = new ManualTime(origin);

        // when
        Deadline deadline = Deadline.in(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999), late);

        // then
        assertThat(deadline.remaining()).isGreaterThan(Duration.ofDays(365 * 146));
        late.advance(Duration.ofDays(365 * 145));
        assertThat(deadline.isExpired()).isFalse();
        late.advance(Duration.ofDays(365 * 2));
        assertThat(deadline.isExpired()).isTrue();
    }

    @Test
    void expiresRightlyWhenTheClockWrapsAround() {
        // given
        ManualTime wrapping = new ManualTime(Long.MAX_VALUE - 5);
        Deadline deadline = Deadline.in(Duration.ofNanos(10), wrapping);

        // then
        wrapping.advance(Duration.ofNanos(9));
        assertThat(deadline.remainingNanos()).isEqualTo(1);
        wrapping.advance(Duration.ofNanos(1));
        assertThat(deadline.isExpired()).isTrue();
    }

    @Test
    void neverExpiresIfThereIsNone() {
        assertThat(Deadline.none().isNone()).isTrue();
        assertThat(Deadline.none().isExpired()).isFalse();
        assertThat(Deadline.none().remaining()).isGreaterThan(Duration.ofDays(365 * 100));
        assertThatCode(() -> Deadline.none().check("waiting")).doesNotThrowAnyException();
        assertThat(Deadline.in(Duration.ofDays(1)).isNone()).isFalse();
    }

    @Test
    void theEarlierOfTwoIsTheOneThatExpiresFirst() {
        Deadline sooner = Deadline.in(Duration.ofSeconds(1), time);
        Deadline later = Deadline.in(Duration.ofSeconds(2), time);

        assertThat(sooner.earlier(later)).isSameAs(sooner);
        assertThat(later.earlier(sooner)).isSameAs(sooner);
        assertThat(later.earlier(later)).isSameAs(later);
        assertThat(Deadline.none().earlier(later)).isSameAs(later);
        assertThat(later.earlier(Deadline.none())).isSameAs(later);
        assertThat(Deadline.none().earlier(Deadline.none()).isNone()).isTrue();
    }

    @Test
    void theEarlierOfTwoOnDifferentClocksIsTheOneWithLessTimeLeft() {
        // given
        Deadline sooner = Deadline.in(Duration.ofSeconds(1), new ManualTime(1_000_000));
        Deadline later = Deadline.in(Duration.ofSeconds(2), new ManualTime(-1_000_000));

        // then
        assertThat(later.earlier(sooner)).isSameAs(sooner);
        assertThat(sooner.earlier(later)).isSameAs(sooner);
    }

    @Test
    void aCapShortensButNeverLengthens() {
        // given
        Deadline deadline = Deadline.in(Duration.ofSeconds(10), time);

        // then
        assertThat(deadline.cappedAt(Duration.ofSeconds(3)).remaining()).isEqualTo(Duration.ofSeconds(3));
        assertThat(deadline.cappedAt(Duration.ofSeconds(11))).isSameAs(deadline);
        assertThat(deadline.cappedAt(Duration.ZERO).isExpired()).isTrue();
        assertThat(Deadline.none().cappedAt(Duration.ofDays(1)).isNone()).isFalse();
    }

    @Test
    void saysWhatDidNotFinishAndInWhichTime() {
        // given
        Deadline deadline = Deadline.in(Duration.ofMillis(1500), time);
        deadline.check("starting 'web'");

        // when
        time.advance(Duration.ofMillis(1500));

        // then
        assertThatThrownBy(() -> deadline.check("starting 'web'"))
                .isInstanceOf(OperationTimeoutException.class)
                .hasMessage("starting 'web' did not finish within 1.5 s")
                .hasNoCause();
        assertThat(Deadline.in(Duration.ofMillis(20)).timeout("x", null)).hasMessageEndingWith("20 ms");
        assertThat(Deadline.in(Duration.ofSeconds(30)).timeout("x", null)).hasMessageEndingWith("30 s");
    }

    @Test
    void showsWhatIsLeft() {
        assertThat(Deadline.in(Duration.ofSeconds(2), time)).hasToString("2000 ms left of 2 s");
        assertThat(Deadline.none()).hasToString("no deadline");
    }
}
