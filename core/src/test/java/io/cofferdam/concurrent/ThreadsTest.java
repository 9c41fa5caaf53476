package io.cofferdam.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cofferdam.error.OperationTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("kinds")
@Timeout(60)
class ThreadsTest {

    private static final Duration SOON = Duration.ofMillis(50);

    @Parameter
    ThreadKind kind;

    static Stream<ThreadKind> kinds() {
        return Stream.of(ThreadKind.PLATFORM, ThreadKind.forWaiting()).distinct();
    }

    @AfterEach
    void noInterruptLeaksIntoTheNextTest() {
        Thread.interrupted();
    }

    private static boolean isVirtual(Thread thread) {
        return thread.getClass().getName().contains("Virtual");
    }

    @Test
    void threadsAreVirtualFromJava24OnAndDaemonsBefore() throws InterruptedException {
        // given
        AtomicReference<Thread> thread = new AtomicReference<>();
        try (Threads threads = Threads.named("engine")) {
            threads.start("watch", () -> thread.set(Thread.currentThread())).join();
        }

        // then
        assertThat(isVirtual(thread.get())).isEqualTo(Runtime.version().feature() >= 24);
        assertThat(thread.get().isDaemon()).isTrue();
    }

    @Test
    void threadsAreNamedAfterOwnerAndTask() {
        try (Threads threads = Threads.named("engine", kind)) {
            assertThat(threads.start("watch", () -> {}).getName()).isEqualTo("engine-watch");
            assertThat(threads.factory("io").newThread(() -> {}).getName()).isEqualTo("engine-io-1");
        }
    }

    @Test
    void aPlatformThreadCanBeHadOnEveryRuntime() {
        try (Threads threads = Threads.named("engine", kind)) {
            Thread thread = threads.startPlatform("deliver", () -> {});
            assertThat(isVirtual(thread)).isFalse();
            assertThat(thread.isDaemon()).isTrue();
        }
    }

    @Test
    void closeInterruptsAndJoinsEveryThread() throws InterruptedException {
        // given
        CountDownLatch interrupted = new CountDownLatch(3);
        CountDownLatch never = new CountDownLatch(1);
        Runnable task = () -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        };
        Threads threads = Threads.named("engine", kind);
        Queue<Thread> all = new ConcurrentLinkedQueue<>();
        all.add(threads.start("started", task));
        threads.executor("executed").execute(() -> {
            all.add(Thread.currentThread());
            task.run();
        });
        Thread made = threads.factory("made").newThread(task);
        made.start();
        all.add(made);
        Until.holds(() -> all.size() == 3);
        all.forEach(Until::waits);

        // when
        threads.close();

        // then
        interrupted.await();
        assertThat(all).noneMatch(Thread::isAlive);
        assertThat(threads.isClosed()).isTrue();
    }

    @Test
    void closeNamesTheThreadThatWouldNotEndAndWhereItIs() {
        // given
        Threads threads = Threads.named("engine", kind);
        CountDownLatch release = new CountDownLatch(1);
        Thread stubborn = threads.start("stubborn", () -> Until.ignoringInterrupts(release));
        threads.start("polite", () -> {});
        Until.waits(stubborn);

        // when
        long begin = System.nanoTime();
        Throwable failure = catchThrowable(() -> threads.close(Deadline.in(SOON)));
        Duration took = Duration.ofNanos(System.nanoTime() - begin);

        // then
        assertThat(failure)
                .isInstanceOf(OperationTimeoutException.class)
                .hasMessageStartingWith("ending the threads of 'engine' ('engine-stubborn' at ")
                .hasMessageEndingWith("did not finish within 50 ms")
                .hasMessageNotContaining("polite");
        assertThat(took).isBetween(SOON, SOON.plusSeconds(2));

        // and once it does end, closing again says so
        release.countDown();
        assertThatCode(threads::close).doesNotThrowAnyException();
        assertThat(stubborn.isAlive()).isFalse();
    }

    @Test
    void anInterruptCutsTheWaitOfCloseShortAndIsRestored() {
        // given
        Threads threads = Threads.named("engine", kind);
        CountDownLatch release = new CountDownLatch(1);
        threads.start("stubborn", () -> Until.ignoringInterrupts(release));

        // when
        Thread.currentThread().interrupt();
        long begin = System.nanoTime();
        Throwable failure = catchThrowable(() -> threads.close(Deadline.none()));
        Duration took = Duration.ofNanos(System.nanoTime() - begin);

        // then
        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure).isInstanceOf(OperationTimeoutException.class).hasMessageContaining("engine-stubborn");
        assertThat(took).isLessThan(Duration.ofSeconds(5));
        release.countDown();
        threads.close();
    }

    @Test
    void anInterruptedCallerStillEndsThreadsThatAnswer() {
        // given
        Threads threads = Threads.named("engine", kind);
        CountDownLatch never = new CountDownLatch(1);
        Thread thread = threads.start("polite", () -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        // when
        Thread.currentThread().interrupt();
        threads.close();

        // then
        assertThat(Thread.interrupted()).isTrue();
        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    void nothingStartsAfterClose() {
        // given
        Threads threads = Threads.named("engine", kind);
        AtomicBoolean ran = new AtomicBoolean();
        Thread made = threads.factory("made").newThread(() -> ran.set(true));
        threads.close();

        // then
        assertThatThrownBy(() -> threads.start("watch", () -> ran.set(true)))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("could not start 'watch': the threads of 'engine' are closed");
        assertThatThrownBy(() -> threads.executor("x").execute(() -> ran.set(true)))
                .isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> threads.factory("x").newThread(() -> ran.set(true)))
                .isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> threads.scheduler().schedule(Duration.ZERO, () -> ran.set(true)))
                .isInstanceOf(RejectedExecutionException.class);
        made.start();
        Until.holds(() -> !made.isAlive());
        assertThat(ran).isFalse();
    }

    @Test
    void aThreadMayCloseItsOwnGroup() throws InterruptedException {
        // given
        Threads threads = Threads.named("engine", kind);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CountDownLatch closed = new CountDownLatch(1);

        // when
        threads.start("closer", () -> {
            failure.set(catchThrowable(threads::close));
            closed.countDown();
        });

        // then
        closed.await();
        assertThat(failure.get()).isNull();
        threads.close();
    }

    @Test
    void twoThreadsThatCloseTheirGroupDoNotWaitForEachOther() throws Exception {
        // given
        Threads threads = Threads.named("engine", kind);
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        CyclicBarrier together = new CyclicBarrier(2);
        CountDownLatch closed = new CountDownLatch(2);
        Runnable closer = () -> {
            try {
                together.await();
                threads.close(Deadline.in(Duration.ofSeconds(30)));
            } catch (Exception e) {
                failures.add(e);
            }
            closed.countDown();
        };

        // when
        long begin = System.nanoTime();
        threads.start("one", closer);
        threads.start("two", closer);
        closed.await();

        // then
        assertThat(failures).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void aFailingTaskEndsItsOwnThreadOnly() throws InterruptedException {
        try (Threads threads = Threads.named("engine", kind)) {
            // given
            AtomicReference<Throwable> uncaught = new AtomicReference<>();
            Thread failing = threads.start("failing", () -> {
                Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> uncaught.set(failure));
                throw new IllegalStateException("on purpose");
            });

            // when
            failing.join();

            // then
            assertThat(uncaught.get()).isNull();
            CountDownLatch ran = new CountDownLatch(1);
            threads.start("next", ran::countDown);
            ran.await();
        }
    }

    @Test
    void runsTasksLaterAndNotBefore() throws InterruptedException {
        try (Threads threads = Threads.named("engine", kind)) {
            // given
            long begin = System.nanoTime();
            AtomicReference<Duration> ranAfter = new AtomicReference<>();
            CountDownLatch ran = new CountDownLatch(1);

            // when
            threads.scheduler().schedule(SOON, () -> {
                ranAfter.set(Duration.ofNanos(System.nanoTime() - begin));
                ran.countDown();
            });

            // then
            ran.await();
            assertThat(ranAfter.get()).isGreaterThanOrEqualTo(SOON);
        }
    }

    @Test
    void aSlowOrFailingScheduledTaskDelaysNoOther() throws InterruptedException {
        try (Threads threads = Threads.named("engine", kind)) {
            // given
            CountDownLatch never = new CountDownLatch(1);
            CountDownLatch ran = new CountDownLatch(1);
            threads.scheduler().schedule(Duration.ZERO, () -> {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            threads.scheduler().schedule(Duration.ofMillis(-1), () -> {
                throw new IllegalStateException("on purpose");
            });

            // when
            threads.scheduler().schedule(Duration.ofMillis(1), ran::countDown);

            // then
            ran.await();
        }
    }

    @Test
    void aCancelledTaskDoesNotRun() throws InterruptedException {
        try (Threads threads = Threads.named("engine", kind)) {
            // given
            AtomicBoolean ran = new AtomicBoolean();
            CountDownLatch later = new CountDownLatch(1);
            Cancellable task = threads.scheduler().schedule(SOON, () -> ran.set(true));
            threads.scheduler().schedule(SOON.multipliedBy(2), later::countDown);

            // then
            assertThat(task.cancel()).isTrue();
            assertThat(task.cancel()).isFalse();
            later.await();
            assertThat(ran).isFalse();
        }
    }

    @Test
    void cancellingWhatHasRunSaysSo() throws InterruptedException {
        try (Threads threads = Threads.named("engine", kind)) {
            CountDownLatch ran = new CountDownLatch(1);
            Cancellable task = threads.scheduler().schedule(Duration.ZERO, ran::countDown);
            ran.await();
            assertThat(task.cancel()).isFalse();
        }
    }

    @Test
    void closeForgetsWhatWasToRunLaterAndLeavesNoTimerThread() {
        // given
        Threads threads = Threads.named("forgetful", ThreadKind.PLATFORM);
        threads.scheduler().schedule(Duration.ofSeconds(Long.MAX_VALUE), () -> {});
        Until.holds(() -> namesOfPlatformThreads().contains("forgetful-timer-1"));

        // when
        threads.close();

        // then
        assertThat(namesOfPlatformThreads()).noneMatch(name -> name.startsWith("forgetful"));
    }

    private static Set<String> namesOfPlatformThreads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).collect(Collectors.toSet());
    }

    @Test
    void closeMissesNoThreadThatIsOnItsLastInstructions() {
        for (int round = 0; round < 2000; round++) {
            // given
            Threads threads = Threads.named("engine", kind);
            AtomicBoolean done = new AtomicBoolean();
            Thread thread = threads.start("short", () -> done.set(true));

            // when
            Until.holds(done::get);
            threads.close();

            // then
            assertThat(thread.isAlive()).isFalse();
        }
    }

    @Test
    void closeMissesNoThreadOfAFactoryThatHasOnlyJustStarted() {
        for (int round = 0; round < 2000; round++) {
            // given
            Threads threads = Threads.named("engine", kind);
            Thread thread = threads.factory("made").newThread(() -> {});

            // when
            thread.start();
            threads.close();

            // then
            assertThat(thread.isAlive()).isFalse();
        }
    }

    @Test
    void noThreadIsLeftWhenManyStartWhileTheGroupCloses() throws Exception {
        for (int round = 0; round < 50; round++) {
            // given
            Threads threads = Threads.named("engine", kind);
            Queue<Thread> started = new ConcurrentLinkedQueue<>();
            CyclicBarrier together = new CyclicBarrier(4);
            List<Thread> starters = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Thread starter = new Thread(() -> startUntilRejected(threads, together, started));
                starter.start();
                starters.add(starter);
            }

            // when
            together.await();
            Until.holds(() -> started.size() > 5);
            threads.close();
            for (Thread starter : starters) {
                starter.join();
            }

            // then
            assertThat(started).noneMatch(Thread::isAlive);
        }
    }

    private static void startUntilRejected(Threads threads, CyclicBarrier together, Queue<Thread> started) {
        try {
            together.await();
            for (int i = 0; i < 100; i++) {
                started.add(threads.start("task", ThreadsTest::awaitInterrupt));
            }
        } catch (RejectedExecutionException e) {
            assertThat(threads.isClosed()).isTrue();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void closeEndsThousandsOfThreadsInTime() {
        // given
        Threads threads = Threads.named("engine", kind);
        List<Thread> many = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            many.add(threads.start("task-" + i, ThreadsTest::awaitInterrupt));
        }

        // when
        threads.close(Deadline.in(Duration.ofSeconds(20)));

        // then
        assertThat(many).noneMatch(Thread::isAlive);
    }

    private static void awaitInterrupt() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
