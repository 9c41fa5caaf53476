package io.cofferdam.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetryTest {

    private final ManualTime time = new ManualTime();
    private final AtomicInteger attempts = new AtomicInteger();
    private final Retry fourTimes = Retry.builder()
            .maxAttempts(4)
            .delay(Duration.ofMillis(100), Duration.ofMillis(300))
            .multiplier(2)
            .jitter(0)
            .retryOn(failure -> failure instanceof IOException && !(failure instanceof FileNotFoundException))
            .sleeper(time)
            .build();

    @AfterEach
    void noInterruptLeaksIntoTheNextTest() {
        Thread.interrupted();
    }

    private String failUntil(int attempt) throws IOException {
        int number = attempts.incrementAndGet();
        if (number < attempt) {
            throw new IOException("failure " + number);
        }
        return "answer " + number;
    }

    @Test
    void returnsTheFirstSuccessWithoutAPause() throws IOException {
        assertThat(fourTimes.call(Deadline.none(), "asking", () -> failUntil(1)))
                .isEqualTo("answer 1");
        assertThat(time.pauses()).isEmpty();
    }

    @Test
    void triesAgainAfterTransientFailuresWithGrowingPausesUpToTheCap() throws IOException {
        // when
        String answer = fourTimes.call(Deadline.none(), "asking", () -> failUntil(4));

        // then
        assertThat(answer).isEqualTo("answer 4");
        assertThat(time.pauses())
                .containsExactly(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(300));
    }

    @Test
    void throwsTheLastFailureWithTheEarlierOnesSuppressed() {
        // when
        Throwable failure = catchThrowable(() -> fourTimes.call(Deadline.none(), "asking", () -> failUntil(9)));

        // then
        assertThat(failure).isInstanceOf(IOException.class).hasMessage("failure 4");
        assertThat(failure.getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("failure 1", "failure 2", "failure 3");
        assertThat(attempts).hasValue(4);
    }

    @Test
    void doesNotRepeatWhatIsNotTransient() {
        assertThatThrownBy(() -> fourTimes.call(Deadline.none(), "asking", () -> {
                    attempts.incrementAndGet();
                    throw new FileNotFoundException("no such image");
                }))
                .isInstanceOf(FileNotFoundException.class)
                .hasNoSuppressedExceptions();
        assertThat(attempts).hasValue(1);
    }

    @Test
    void repeatsNothingUnlessToldWhatIsTransient() {
        assertThatThrownBy(
                        () -> Retry.builder().sleeper(time).build().call(Deadline.none(), "asking", () -> failUntil(2)))
                .hasMessage("failure 1");
        assertThatThrownBy(() -> Retry.never().call(Deadline.none(), "asking", () -> failUntil(9)))
                .hasMessage("failure 2");
    }

    @Test
    void neverRepeatsAfterAnError() {
        assertThatThrownBy(
                        () -> fourTimes.toBuilder().retryOn(any -> true).build().call(Deadline.none(), "asking", () -> {
                            attempts.incrementAndGet();
                            throw new StackOverflowError();
                        }))
                .isInstanceOf(StackOverflowError.class);
        assertThat(attempts).hasValue(1);
    }

    @Test
    void beginsNoPauseThatWouldEndAfterTheDeadline() {
        // given
        Deadline deadline = Deadline.in(Duration.ofMillis(250), time);

        // when
        Throwable failure = catchThrowable(() -> fourTimes.call(deadline, "asking the engine", () -> failUntil(9)));

        // then
        assertThat(time.pauses()).containsExactly(Duration.ofMillis(100));
        assertThat(failure)
                .isInstanceOf(OperationTimeoutException.class)
                .hasMessage("asking the engine failed in 2 attempts (last: failure 2) and did not finish within 250 ms")
                .cause()
                .isInstanceOf(IOException.class)
                .hasMessage("failure 2");
        assertThat(failure.getSuppressed()).extracting(Throwable::getMessage).containsExactly("failure 1");
    }

    @Test
    void makesNoAttemptAfterTheDeadline() {
        assertThatThrownBy(() -> fourTimes.call(Deadline.in(Duration.ZERO), "asking", () -> failUntil(1)))
                .isInstanceOf(OperationTimeoutException.class);
        assertThat(attempts).hasValue(0);
    }

    @Test
    void anInterruptDuringAPauseEndsItAndIsRestored() {
        // given
        Retry interruptedInPause = fourTimes.toBuilder()
                .sleeper(pause -> {
                    throw new InterruptedException();
                })
                .build();

        // when
        Throwable failure =
                catchThrowable(() -> interruptedInPause.call(Deadline.none(), "asking", () -> failUntil(9)));

        // then
        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure).isInstanceOf(OperationInterruptedException.class).hasMessage("asking was interrupted");
        assertThat(failure.getSuppressed()).extracting(Throwable::getMessage).containsExactly("failure 1");
        assertThat(attempts).hasValue(1);
    }

    @Test
    void anInterruptOfTheRealSleeperIsAnsweredAtOnce() {
        // given
        Retry forAnHour = fourTimes.toBuilder()
                .delay(Duration.ofHours(1), Duration.ofHours(1))
                .sleeper(Sleeper.system())
                .build();

        // when
        Throwable failure = catchThrowable(() -> forAnHour.call(Deadline.none(), "asking", () -> {
            Thread.currentThread().interrupt();
            throw new IOException("failed while interrupted");
        }));

        // then
        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure).isInstanceOf(OperationInterruptedException.class);
    }

    @Test
    void anInterruptBeforeTheFirstAttemptPreventsIt() {
        // given
        Thread.currentThread().interrupt();

        // when
        Throwable failure = catchThrowable(() -> fourTimes.call(Deadline.none(), "asking", () -> failUntil(1)));

        // then
        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure).isInstanceOf(OperationInterruptedException.class);
        assertThat(attempts).hasValue(0);
    }

    @Test
    void anInterruptSeenByTheCallIsNeverRepeated() {
        // given
        Retry everything = fourTimes.toBuilder().retryOn(any -> true).build();

        // when
        Throwable checked = catchThrowable(() -> everything.call(Deadline.none(), "asking", () -> {
            attempts.incrementAndGet();
            throw new InterruptedException();
        }));
        boolean restored = Thread.interrupted();
        Throwable typed = catchThrowable(() -> everything.call(Deadline.none(), "asking", () -> {
            attempts.incrementAndGet();
            throw new OperationInterruptedException("inner", null);
        }));

        // then
        assertThat(checked).isInstanceOf(OperationInterruptedException.class);
        assertThat(restored).isTrue();
        assertThat(typed).isInstanceOf(OperationInterruptedException.class).hasMessage("inner");
        assertThat(attempts).hasValue(2);
    }

    @Test
    void anExceptionObjectThrownTwiceDoesNotSuppressItself() {
        // given
        IOException always = new IOException("always the same");

        // when
        Throwable failure = catchThrowable(() -> fourTimes.call(Deadline.none(), "asking", () -> {
            throw always;
        }));

        // then
        assertThat(failure).isSameAs(always).hasNoSuppressedExceptions();
    }

    @Test
    void carriesTheLatestEightFailuresAndNotItsWholeHistory() {
        // given
        Retry often = fourTimes.toBuilder().maxAttempts(1000).build();

        // when
        Throwable failure = catchThrowable(() -> often.call(Deadline.none(), "asking", () -> failUntil(9999)));

        // then
        assertThat(failure).hasMessage("failure 1000");
        assertThat(failure.getSuppressed()).hasSize(8);
        assertThat(failure.getSuppressed()[0]).hasMessage("failure 992");
    }

    @Test
    void jitterShortensAPauseByItsShareAtMost() {
        assertThat(List.of(0.0, 0.5, 1.0))
                .map(random -> fourTimes.toBuilder()
                        .jitter(0.5)
                        .random(() -> random)
                        .build()
                        .delayAfter(1))
                .containsExactly(Duration.ofMillis(100), Duration.ofMillis(75), Duration.ofMillis(50));
    }

    @Test
    void pausesStayAtTheCapHoweverOftenItFails() {
        assertThat(fourTimes.delayAfter(Integer.MAX_VALUE)).isEqualTo(Duration.ofMillis(300));
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        Retry.Builder builder = Retry.builder();
        assertThatThrownBy(() -> builder.maxAttempts(0)).hasMessage("max attempts must be at least 1, not 0");
        assertThatThrownBy(() -> builder.multiplier(0.9)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.multiplier(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.jitter(1.1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.jitter(-0.1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.delay(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.delay(Duration.ofSeconds(-2), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.delay(Duration.ZERO, Duration.ofDays(2)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void showsItsSettings() {
        assertThat(fourTimes).hasToString("4 attempts, pauses from 100 ms to 300 ms");
    }
}
