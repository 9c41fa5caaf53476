package io.cofferdam.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.concurrent.Until;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class OverflowTest {

    private static final Duration SOON = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofMinutes(10);

    private final EventBus bus = EventBus.create();
    private final Gate gate = new Gate();

    @AfterEach
    void close() {
        gate.open();
        bus.close();
    }

    private Subscription subscribe(int capacity, Overflow overflow) {
        Subscription subscription = bus.subscribe(
                Fact.class,
                SubscriptionOptions.defaults().withCapacity(capacity).withOverflow(overflow),
                gate);
        bus.publish(Fact.number(0));
        gate.awaitEntered();
        return subscription;
    }

    private void publish(int from, int to) {
        IntStream.rangeClosed(from, to).forEach(i -> bus.publish(Fact.number(i)));
    }

    @Test
    void theOldestMakesRoomForTheNewAndIsCounted() {
        // given
        Subscription subscription = subscribe(3, Overflow.dropOldest());

        // when
        publish(1, 10);

        // then
        assertThat(subscription.received()).isEqualTo(11);
        assertThat(subscription.dropped()).isEqualTo(7);
        assertThat(subscription.pending()).isEqualTo(4);
        gate.open();
        subscription.close();
        assertThat(gate.seen()).containsExactly(0, 8, 9, 10);
        assertThat(subscription.delivered()).isEqualTo(4);
    }

    @Test
    void theDefaultDropsTheOldestOfMoreThan8192() {
        // given
        Subscription subscription = bus.subscribe(Fact.class, gate);
        bus.publish(Fact.number(0));
        gate.awaitEntered();

        // when
        publish(1, 8193);

        // then
        assertThat(subscription.dropped()).isEqualTo(1);
        gate.open();
        subscription.close();
        assertThat(gate.seen()).hasSize(8193).startsWith(0, 2).endsWith(8193);
    }

    @Test
    void aBlockedPublisherWaitsForRoom() throws InterruptedException {
        // given
        Subscription subscription = subscribe(1, Overflow.block(LONG));
        publish(1, 1);
        Thread publisher = new Thread(() -> publish(2, 2));
        publisher.start();
        Until.waits(publisher);

        // when
        gate.open();
        publisher.join();
        subscription.close();

        // then
        assertThat(gate.seen()).containsExactly(0, 1, 2);
        assertThat(subscription.dropped()).isZero();
    }

    @Test
    void aBlockedPublisherGivesUpInTimeAndTheNewEventIsCountedAsDropped() {
        // given
        Subscription subscription = subscribe(1, Overflow.block(SOON));
        publish(1, 1);

        // when
        long begin = System.nanoTime();
        boolean published = bus.publish(Fact.number(2));
        Duration took = Duration.ofNanos(System.nanoTime() - begin);

        // then
        assertThat(published).isTrue();
        assertThat(took).isBetween(SOON, SOON.plusSeconds(2));
        assertThat(subscription.dropped()).isEqualTo(1);
        gate.open();
        subscription.close();
        assertThat(gate.seen()).containsExactly(0, 1);
        assertThat(subscription.received()).isEqualTo(3);
    }

    @Test
    void theOthersHaveTheEventBeforeAPublisherWaits() throws InterruptedException {
        // given
        subscribe(1, Overflow.block(LONG));
        publish(1, 1);
        CountDownLatch delivered = new CountDownLatch(1);
        bus.subscribe(Fact.class, fact -> delivered.countDown());

        // when
        Thread publisher = new Thread(() -> publish(2, 2));
        publisher.start();

        // then
        delivered.await();
        Until.waits(publisher);
        gate.open();
        publisher.join();
    }

    @Test
    void severalFullQueuesMakeAPublisherWaitNoLongerThanOne() {
        // given
        Duration patience = Duration.ofMillis(500);
        subscribe(1, Overflow.block(patience));
        for (int i = 0; i < 9; i++) {
            bus.subscribe(
                    Fact.class,
                    SubscriptionOptions.defaults().withCapacity(1).withOverflow(Overflow.block(patience)),
                    gate);
        }
        publish(1, 2);

        // when
        long begin = System.nanoTime();
        publish(3, 3);

        // then
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(patience.multipliedBy(4));
    }

    @Test
    void anInterruptEndsTheWaitOfAPublisherAndIsRestored() throws InterruptedException {
        // given
        Subscription subscription = subscribe(1, Overflow.block(LONG));
        publish(1, 1);
        AtomicBoolean interrupted = new AtomicBoolean();
        AtomicBoolean published = new AtomicBoolean();
        Thread publisher = new Thread(() -> {
            published.set(bus.publish(Fact.number(2)));
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        publisher.start();
        Until.waits(publisher);

        // when
        publisher.interrupt();
        publisher.join();

        // then
        assertThat(interrupted).isTrue();
        assertThat(published).isTrue();
        assertThat(subscription.dropped()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"close of the subscription", "closeNow of the subscription", "close of the bus"})
    void closingEndsTheWaitOfAPublisher(String how) throws InterruptedException {
        // given
        Subscription subscription = subscribe(1, Overflow.block(LONG));
        publish(1, 1);
        Thread publisher = new Thread(() -> publish(2, 2));
        publisher.start();
        Until.waits(publisher);

        // when
        Thread closer = new Thread(() -> {
            switch (how) {
                case "close of the subscription" -> subscription.close();
                case "closeNow of the subscription" -> subscription.closeNow();
                default -> bus.close();
            }
        });
        closer.start();
        publisher.join();

        // then
        gate.open();
        closer.join();
        bus.close();
        assertThat(subscription.received()).isEqualTo(3);
        assertThat(subscription.delivered() + subscription.dropped()).isEqualTo(3);
        assertThat(subscription.dropped()).isPositive();
    }

    @Test
    void aSubscriberDoesNotWaitForRoomInItsOwnQueue() {
        // given
        List<Integer> seen = new CopyOnWriteArrayList<>();
        CountDownLatch done = new CountDownLatch(1);
        Subscription subscription = bus.subscribe(
                Fact.class, SubscriptionOptions.defaults().withCapacity(1).withOverflow(Overflow.block(LONG)), fact -> {
                    seen.add(fact.number());
                    if (fact.number() == 0) {
                        publish(1, 3);
                        done.countDown();
                    }
                });

        // when
        bus.publish(Fact.number(0));

        // then
        Until.ignoringInterrupts(done);
        subscription.close();
        assertThat(seen).containsExactly(0, 1);
        assertThat(subscription.dropped()).isEqualTo(2);
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        assertThatThrownBy(() -> Overflow.block(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Overflow.block(Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SubscriptionOptions.defaults().withCapacity(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the capacity of a queue must be at least 1, not 0");
    }

    @Test
    void optionsShowWhatTheySay() {
        assertThat(SubscriptionOptions.defaults()).hasToString("capacity 8192, drop oldest");
        assertThat(SubscriptionOptions.defaults()
                        .withName("audit")
                        .withCapacity(5)
                        .withOverflow(Overflow.block(Duration.ofSeconds(1))))
                .hasToString("capacity 5, block for PT1S, named 'audit'");
    }
}
