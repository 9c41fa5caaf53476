package io.cofferdam.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.concurrent.Until;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventBusCloseTest {

    private static final Duration SOON = Duration.ofMillis(50);
    /** The promise is 250 ms; the rest is for a busy machine. */
    private static final Duration SOON_AND_A_BIT = SOON.plusMillis(250 + 1000);

    private final EventBus bus = EventBus.create();
    private final Gate gate = new Gate();

    @AfterEach
    void close() {
        Thread.interrupted();
        gate.open();
        bus.close();
    }

    private void publish(int from, int to) {
        IntStream.rangeClosed(from, to).forEach(i -> bus.publish(Fact.number(i)));
    }

    private Subscription subscribeGate() {
        Subscription subscription = bus.subscribe(Fact.class, gate);
        publish(0, 0);
        gate.awaitEntered();
        return subscription;
    }

    @Test
    void closingASubscriptionDeliversWhatWasAcceptedAndNoMore() throws InterruptedException {
        // given
        Subscription subscription = subscribeGate();
        publish(1, 500);
        Thread closer = new Thread(subscription::close);
        closer.start();
        Until.waits(closer);

        // when
        publish(501, 510);
        gate.open();
        closer.join();

        // then
        assertThat(gate.seen()).hasSize(501).endsWith(500);
        assertThat(subscription.received()).isEqualTo(501);
    }

    @Test
    void closingTheBusDeliversWhatWasAcceptedAndRefusesTheRest() throws InterruptedException {
        // given
        subscribeGate();
        publish(1, 500);
        Thread closer = new Thread(bus::close);
        closer.start();
        Until.waits(closer);

        // when
        boolean accepted = bus.publish(Fact.number(501));
        gate.open();
        closer.join();

        // then
        assertThat(accepted).isFalse();
        assertThat(bus.isClosed()).isTrue();
        assertThat(gate.seen()).hasSize(501).endsWith(500);
        assertThatThrownBy(() -> bus.subscribe(Fact.class, gate))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("could not subscribe 'Fact': the event bus is closed");
    }

    @Test
    void noThreadIsLeftAfterClose() {
        // given
        List<Thread> threads = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 10; i++) {
            bus.subscribe(Fact.class, fact -> threads.add(Thread.currentThread()));
        }
        Subscription single = bus.subscribe(Fact.class, fact -> threads.add(Thread.currentThread()));
        publish(1, 1);

        // when
        single.close();
        bus.close();

        // then
        assertThat(threads).hasSize(11).noneMatch(Thread::isAlive);
    }

    @Test
    void noThreadIsLeftAfterCloseOnThreadsOfSomebodyElse() {
        try (Threads threads = Threads.named("engine")) {
            for (int round = 0; round < 500; round++) {
                // given
                AtomicReference<Thread> thread = new AtomicReference<>();
                EventBus borrowing = EventBus.create(threads);
                Subscription subscription = borrowing.subscribe(Fact.class, fact -> thread.set(Thread.currentThread()));
                borrowing.publish(Fact.number(round));
                Until.holds(() -> thread.get() != null);

                // when
                subscription.closeNow();
                borrowing.close();

                // then
                assertThat(thread.get().isAlive()).isFalse();
            }
        }
    }

    @Test
    void closingAgainIsHarmless() {
        Subscription subscription = bus.subscribe(Fact.class, gate);
        assertThatCode(() -> {
                    subscription.close();
                    subscription.close();
                    subscription.closeNow();
                    bus.close();
                    bus.close();
                    subscription.close();
                })
                .doesNotThrowAnyException();
    }

    @Test
    void closeNowDropsWhatWaitsAndDoesNotWait() {
        // given
        Subscription subscription = subscribeGate();
        publish(1, 10);

        // when
        subscription.closeNow();
        publish(11, 20);
        gate.open();
        bus.close();

        // then
        assertThat(gate.seen()).containsExactly(0);
        assertThat(subscription.received()).isEqualTo(11);
        assertThat(subscription.delivered()).isEqualTo(1);
        assertThat(subscription.dropped()).isEqualTo(10);
        assertThat(subscription.pending()).isZero();
    }

    @Test
    void closingASubscriptionGivesUpAtTheDeadlineAndSaysWhatWasLost() {
        // given
        Subscription subscription = subscribeGate();
        publish(1, 10);

        // when
        long begin = System.nanoTime();
        Throwable failure = catchThrowable(() -> subscription.close(Deadline.in(SOON)));
        Duration took = Duration.ofNanos(System.nanoTime() - begin);

        // then
        assertThat(took).isBetween(SOON, SOON_AND_A_BIT);
        assertThat(failure)
                .isInstanceOf(OperationTimeoutException.class)
                .hasMessage("delivering the last 11 events to 'Fact' did not finish within 50 ms");
        gate.open();
        bus.close();
        assertThat(gate.seen()).containsExactly(0);
        assertThat(subscription.dropped()).isEqualTo(10);
    }

    @Test
    void closingTheBusGivesUpAtTheDeadlineAndNamesWhoWasNotDone() {
        // given
        Subscription subscription = subscribeGate();
        publish(1, 10);
        bus.subscribe(Fact.class, SubscriptionOptions.defaults().withName("healthy"), fact -> {});

        // when
        long begin = System.nanoTime();
        Throwable failure = catchThrowable(() -> bus.close(Deadline.in(SOON)));
        Duration took = Duration.ofNanos(System.nanoTime() - begin);

        // then
        assertThat(took).isBetween(SOON, SOON_AND_A_BIT);
        assertThat(failure)
                .isInstanceOf(OperationTimeoutException.class)
                .hasMessage("delivering the last events (11 events to 'Fact') did not finish within 50 ms");
        assertThat(failure.getSuppressed()).hasSize(1);
        assertThat(failure.getSuppressed()[0]).hasMessageContaining("cofferdam-events-Fact");
        gate.open();
        bus.close();
        assertThat(subscription.dropped()).isEqualTo(10);
    }

    @Test
    void aSubscriberThatAnswersInterruptsEndsAtTheCloseDeadline() {
        // given
        AtomicReference<Thread> thread = new AtomicReference<>();
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch entered = new CountDownLatch(1);
        bus.subscribe(Fact.class, fact -> {
            thread.set(Thread.currentThread());
            entered.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        publish(0, 10);
        Until.ignoringInterrupts(entered);

        // when
        Throwable failure = catchThrowable(() -> bus.close(Deadline.in(SOON)));

        // then
        assertThat(failure).isInstanceOf(OperationTimeoutException.class).hasNoSuppressedExceptions();
        assertThat(thread.get().isAlive()).isFalse();
    }

    @Test
    void anInterruptEndsTheCloseOfASubscriptionAndTheDeliveryGoesOn() throws InterruptedException {
        // given
        Subscription subscription = subscribeGate();
        publish(1, 10);

        // when
        Thread.currentThread().interrupt();
        Throwable failure = catchThrowable(() -> subscription.close(Deadline.none()));

        // then
        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure).isInstanceOf(OperationInterruptedException.class);
        gate.open();
        subscription.close();
        assertThat(gate.seen()).hasSize(11);
    }

    @Test
    void anInterruptEndsTheCloseOfTheBusAndDropsTheRest() {
        // given
        Subscription subscription = subscribeGate();
        publish(1, 10);

        // when
        Thread.currentThread().interrupt();
        long begin = System.nanoTime();
        Throwable failure = catchThrowable(() -> bus.close(Deadline.none()));
        Duration took = Duration.ofNanos(System.nanoTime() - begin);

        // then
        assertThat(Thread.interrupted()).isTrue();
        assertThat(took).isLessThan(SOON_AND_A_BIT);
        assertThat(failure).isInstanceOf(OperationInterruptedException.class);
        gate.open();
        bus.close();
        assertThat(subscription.delivered()).isEqualTo(1);
        assertThat(subscription.dropped()).isEqualTo(10);
    }

    @Test
    void aSubscriberMayCloseTheBusAndStillGetsWhatWasAccepted() {
        // given
        CountDownLatch ready = new CountDownLatch(1);
        List<Integer> seen = new CopyOnWriteArrayList<>();
        Subscription subscription = bus.subscribe(Fact.class, fact -> {
            Until.ignoringInterrupts(ready);
            seen.add(fact.number());
            bus.close();
        });
        publish(0, 10);

        // when
        ready.countDown();
        Until.holds(bus::isClosed);
        bus.close();

        // then
        assertThat(seen).hasSize(11);
        assertThat(subscription.failed()).isZero();
    }
}
