package io.cofferdam.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BoundedTest {

    private static final Duration SOON = Duration.ofMillis(100);
    /** The promise is 250 ms; the rest is for a busy machine. */
    private static final Duration SOON_AND_A_BIT = SOON.plusMillis(250 + 1000);

    private final Threads threads = Threads.named("bounded");
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch called = new CountDownLatch(1);
    private final AtomicInteger aborts = new AtomicInteger();

    @AfterEach
    void closesWithoutAThreadLeft() {
        Thread.interrupted();
        release.countDown();
        threads.close();
    }

    /** Ignores interrupts and deadlines, like a read from a socket. */
    private String stuck() {
        called.countDown();
        Until.ignoringInterrupts(release);
        return "late";
    }

    @Test
    void returnsWhatTheCallReturns() {
        String result = Bounded.call(
                threads, Deadline.in(Duration.ofMinutes(1)), "asking", () -> "answer", aborts::incrementAndGet);
        assertThat(result).isEqualTo("answer");
        assertThat(aborts).hasValue(0);
    }

    @Test
    void passesFailuresOfTheCallOnAsTheyAre() {
        IOException checked = new IOException("reset");
        IllegalStateException unchecked = new IllegalStateException("closed");
        StackOverflowError error = new StackOverflowError();

        assertThatThrownBy(() -> Bounded.call(
                        threads,
                        Deadline.none(),
                        "asking",
                        () -> {
                            throw checked;
                        },
                        () -> {}))
                .isSameAs(checked);
        assertThatThrownBy(() -> Bounded.call(
                        threads,
                        Deadline.none(),
                        "asking",
                        () -> {
                            throw unchecked;
                        },
                        () -> {}))
                .isSameAs(unchecked);
        assertThatThrownBy(() -> Bounded.call(
                        threads,
                        Deadline.none(),
                        "asking",
                        () -> {
                            throw error;
                        },
                        () -> {}))
                .isSameAs(error);
    }

    @Test
    void theCallerIsFreeAtTheDeadlineEvenIfTheCallIgnoresIt() {
        // when
        long begin = System.nanoTime();
        Throwable failure = catchThrowable(() ->
                Bounded.call(threads, Deadline.in(SOON), "pulling shop/web:2", this::stuck, aborts::incrementAndGet));
        Duration took = Duration.ofNanos(System.nanoTime() - begin);

        // then
        assertThat(failure)
                .isInstanceOf(OperationTimeoutException.class)
                .hasMessage("pulling shop/web:2 did not finish within 100 ms");
        assertThat(took).isBetween(SOON, SOON_AND_A_BIT);
        Until.holds(() -> aborts.get() == 1);
    }

    @Test
    void theCallerIsFreeEvenIfTheAbortBlocksToo() {
        long begin = System.nanoTime();
        assertThatThrownBy(() -> Bounded.call(threads, Deadline.in(SOON), "asking", this::stuck, this::stuck))
                .isInstanceOf(OperationTimeoutException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON_AND_A_BIT);
    }

    @Test
    void theAbortLetsTheCallEnd() throws InterruptedException {
        // given
        AtomicReference<Thread> worker = new AtomicReference<>();

        // when
        catchThrowable(() -> Bounded.call(
                threads,
                Deadline.in(SOON),
                "asking",
                () -> {
                    worker.set(Thread.currentThread());
                    return stuck();
                },
                release::countDown));

        // then
        worker.get().join();
        assertThat(worker.get().isAlive()).isFalse();
    }

    @Test
    void aCallThatAnswersInterruptsEndsWithoutAnAbort() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        assertThatThrownBy(() -> Bounded.call(
                        threads,
                        Deadline.in(SOON),
                        "asking",
                        () -> {
                            try {
                                release.await();
                                return "late";
                            } catch (InterruptedException e) {
                                interrupted.countDown();
                                throw e;
                            }
                        },
                        () -> {}))
                .isInstanceOf(OperationTimeoutException.class);
        interrupted.await();
    }

    @Test
    void anInterruptIsAnsweredAtOnceEvenIfTheCallIgnoresIt() throws InterruptedException {
        // given
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicBoolean restored = new AtomicBoolean();
        Thread caller = threads.startPlatform("caller", () -> {
            failure.set(catchThrowable(() -> Bounded.call(
                    threads, Deadline.none(), "pulling shop/web:2", this::stuck, aborts::incrementAndGet)));
            restored.set(Thread.currentThread().isInterrupted());
        });
        called.await();
        Until.waits(caller);

        // when
        long begin = System.nanoTime();
        caller.interrupt();
        caller.join();

        // then
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON_AND_A_BIT);
        assertThat(failure.get())
                .isInstanceOf(OperationInterruptedException.class)
                .hasMessage("pulling shop/web:2 was interrupted");
        assertThat(restored).isTrue();
        Until.holds(() -> aborts.get() == 1);
    }

    @Test
    void nothingIsCalledByAnInterruptedCallerOrAfterTheDeadline() {
        // given
        AtomicBoolean made = new AtomicBoolean();

        // when
        Throwable late = catchThrowable(() ->
                Bounded.call(threads, Deadline.in(Duration.ZERO), "asking", () -> made.getAndSet(true), () -> {}));
        Thread.currentThread().interrupt();
        Throwable interrupted = catchThrowable(
                () -> Bounded.call(threads, Deadline.none(), "asking", () -> made.getAndSet(true), () -> {}));

        // then
        assertThat(Thread.interrupted()).isTrue();
        assertThat(late).isInstanceOf(OperationTimeoutException.class);
        assertThat(interrupted).isInstanceOf(OperationInterruptedException.class);
        assertThat(made).isFalse();
    }

    @Test
    void aResourceThatComesTooLateIsClosed() throws InterruptedException {
        // given
        CountDownLatch closed = new CountDownLatch(1);
        AutoCloseable connection = closed::countDown;

        // when
        assertThatThrownBy(() -> Bounded.call(
                        threads,
                        Deadline.in(SOON),
                        "connecting",
                        () -> {
                            stuck();
                            return connection;
                        },
                        () -> {}))
                .isInstanceOf(OperationTimeoutException.class);
        release.countDown();

        // then
        closed.await();
    }

    @Test
    void aResourceIsNeitherLostNorClosedTwiceHoweverCloseTheDeadline() throws Exception {
        // given
        AtomicInteger opened = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();

        // when
        for (int round = 0; round < 2000; round++) {
            Deadline justAboutNow = Deadline.in(Duration.ofNanos(50_000 + round * 50L));
            try (AutoCloseable connection =
                    Bounded.call(threads, justAboutNow, "connecting", () -> open(opened, closed), () -> {})) {
                assertThat(connection).isNotNull();
            } catch (OperationTimeoutException e) {
                assertThat(e).hasMessageStartingWith("connecting did not finish");
            }
        }
        threads.close();

        // then
        assertThat(opened.get()).isPositive();
        assertThat(closed).hasValue(opened.get());
    }

    private static AutoCloseable open(AtomicInteger opened, AtomicInteger closed) {
        opened.incrementAndGet();
        return closed::incrementAndGet;
    }

    @Test
    void aFutureThatIsDoneIsAnsweredEvenAfterTheDeadline() throws Exception {
        // given
        CompletableFuture<String> done = CompletableFuture.completedFuture("answer");

        // then
        assertThat(Bounded.<String>await(done, Deadline.in(Duration.ZERO), "asking"))
                .isEqualTo("answer");
    }

    @Test
    void nothingIsCalledOnClosedThreads() {
        threads.close();
        assertThatThrownBy(() -> Bounded.call(threads, Deadline.none(), "asking", () -> "answer", () -> {}))
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void theRequestIsAbortedEvenIfTheThreadsCloseMeanwhile() throws InterruptedException {
        // given
        Threads group = Threads.named("closing");
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread caller = threads.startPlatform(
                "caller",
                () -> failure.set(catchThrowable(
                        () -> Bounded.call(group, Deadline.none(), "asking", this::stuck, aborts::incrementAndGet))));
        called.await();
        Until.waits(caller);
        catchThrowable(() -> group.close(Deadline.in(Duration.ofMillis(1))));

        // when
        caller.interrupt();
        caller.join();

        // then
        assertThat(failure.get()).isInstanceOf(OperationInterruptedException.class);
        assertThat(aborts).hasValue(1);
    }

    @Test
    void waitsForAFutureUntilTheDeadline() {
        CompletableFuture<String> never = new CompletableFuture<>();
        long begin = System.nanoTime();
        assertThatThrownBy(() -> Bounded.await(never, Deadline.in(SOON), "the rollout"))
                .isInstanceOf(OperationTimeoutException.class)
                .hasMessage("the rollout did not finish within 100 ms");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(SOON, SOON_AND_A_BIT);
        assertThat(never).isNotDone();
    }

    @Test
    void waitsForAFutureUntilInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Bounded.await(new CompletableFuture<>(), Deadline.none(), "the rollout"))
                .isInstanceOf(OperationInterruptedException.class)
                .hasMessage("the rollout was interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void passesTheFailureOfAFutureOn() {
        IOException failure = new IOException("reset");
        assertThatThrownBy(() -> Bounded.await(CompletableFuture.failedFuture(failure), Deadline.none(), "asking"))
                .isInstanceOf(ExecutionException.class)
                .hasCause(failure);
    }
}
