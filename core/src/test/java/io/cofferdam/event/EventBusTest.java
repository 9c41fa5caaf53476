package io.cofferdam.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.concurrent.Until;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventBusTest {

    private interface Lifecycle extends Event {}

    private record Started(Instant at, String name) implements Lifecycle {}

    private record Stopped(Instant at, String name) implements Lifecycle {}

    private final EventBus bus = EventBus.create();
    private final List<Integer> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        bus.close();
    }

    @Test
    void deliversTheEventsOfOnePublisherInTheOrderOfPublishing() {
        // given
        Subscription subscription = bus.subscribe(Fact.class, fact -> seen.add(fact.number()));

        // when
        IntStream.range(0, 5000).forEach(i -> bus.publish(Fact.number(i)));
        subscription.close();

        // then
        assertThat(seen)
                .containsExactlyElementsOf(IntStream.range(0, 5000).boxed().toList());
        assertThat(subscription.received()).isEqualTo(5000);
        assertThat(subscription.delivered()).isEqualTo(5000);
        assertThat(subscription.dropped()).isZero();
        assertThat(subscription.failed()).isZero();
        assertThat(subscription.pending()).isZero();
    }

    @Test
    void deliversWhatIsOfTheTypeAskedForAndItsSubtypes() {
        // given
        List<Event> started = new CopyOnWriteArrayList<>();
        List<Event> lifecycle = new CopyOnWriteArrayList<>();
        List<Event> all = new CopyOnWriteArrayList<>();
        Subscription first = bus.subscribe(Started.class, started::add);
        bus.subscribe(Lifecycle.class, lifecycle::add);
        bus.subscribe(Event.class, all::add);
        Event start = new Started(Instant.EPOCH, "web");
        Event stop = new Stopped(Instant.EPOCH, "web");
        Event fact = Fact.number(1);

        // when
        bus.publish(start);
        bus.publish(stop);
        bus.publish(fact);
        bus.close();

        // then
        assertThat(started).containsExactly(start);
        assertThat(lifecycle).containsExactly(start, stop);
        assertThat(all).containsExactly(start, stop, fact);
        assertThat(first.received()).isEqualTo(1);
    }

    @Test
    void deliversWhatTheFilterLetsThroughAndAccountsForTheRest() {
        // given
        Subscription even = bus.subscribe(Fact.class, fact -> fact.number() % 2 == 0, fact -> seen.add(fact.number()));

        // when
        IntStream.range(0, 6).forEach(i -> bus.publish(Fact.number(i)));
        even.close();

        // then
        assertThat(seen).containsExactly(0, 2, 4);
        assertThat(even.delivered()).isEqualTo(6);
    }

    @Test
    void theFilterRunsOnTheThreadOfTheSubscriberAndMayFail() {
        // given
        AtomicReference<Thread> filter = new AtomicReference<>();
        AtomicReference<Thread> subscriber = new AtomicReference<>();
        Subscription subscription = bus.subscribe(
                Fact.class,
                fact -> {
                    filter.set(Thread.currentThread());
                    return 6 / fact.number() > 0;
                },
                fact -> subscriber.set(Thread.currentThread()));

        // when
        bus.publish(Fact.number(0));
        bus.publish(Fact.number(1));
        subscription.close();

        // then
        assertThat(filter.get()).isSameAs(subscriber.get()).isNotSameAs(Thread.currentThread());
        assertThat(subscription.failed()).isEqualTo(1);
    }

    @Test
    void aThrowingSubscriberIsCountedAndGetsTheNextEventAllTheSame() {
        // given
        Subscription throwing = bus.subscribe(Fact.class, fact -> {
            seen.add(fact.number());
            if (fact.number() == 1) {
                throw new IllegalStateException("on purpose");
            }
            if (fact.number() == 2) {
                throw new StackOverflowError();
            }
        });
        Gate healthy = new Gate();
        healthy.open();
        bus.subscribe(Fact.class, healthy);

        // when
        IntStream.rangeClosed(1, 3).forEach(i -> bus.publish(Fact.number(i)));
        bus.close();

        // then
        assertThat(seen).containsExactly(1, 2, 3);
        assertThat(healthy.seen()).containsExactly(1, 2, 3);
        assertThat(throwing.failed()).isEqualTo(2);
        assertThat(throwing.delivered()).isEqualTo(3);
    }

    @Test
    void aSubscriberThatInterruptsItsOwnThreadLosesNothing() {
        // given
        List<Boolean> interruptedAtStart = new CopyOnWriteArrayList<>();
        Subscription subscription = bus.subscribe(Fact.class, fact -> {
            interruptedAtStart.add(Thread.currentThread().isInterrupted());
            Thread.currentThread().interrupt();
        });

        // when
        IntStream.range(0, 1000).forEach(i -> bus.publish(Fact.number(i)));
        subscription.close();

        // then
        assertThat(interruptedAtStart).hasSize(1000).containsOnly(false);
    }

    @Test
    void aStuckSubscriberDelaysNeitherPublishersNorOthers() {
        // given
        Gate stuck = new Gate();
        Subscription stuckSubscription = bus.subscribe(Fact.class, stuck);
        Subscription healthy = bus.subscribe(Fact.class, fact -> seen.add(fact.number()));

        // when
        IntStream.range(0, 2000).forEach(i -> bus.publish(Fact.number(i)));
        healthy.close();

        // then
        assertThat(seen).hasSize(2000);
        assertThat(stuck.seen()).isEmpty();
        assertThat(stuckSubscription.pending()).isEqualTo(2000);
        stuck.open();
        stuckSubscription.close();
        assertThat(stuck.seen()).hasSize(2000);
    }

    @Test
    void eachSubscriberHasItsOwnNamedThreadAndKeepsIt() {
        // given
        Set<String> first = ConcurrentHashMap.newKeySet();
        Set<String> second = ConcurrentHashMap.newKeySet();
        bus.subscribe(Fact.class, fact -> first.add(Thread.currentThread().getName()));
        bus.subscribe(
                Fact.class,
                SubscriptionOptions.defaults().withName("audit"),
                fact -> second.add(Thread.currentThread().getName()));

        // when
        IntStream.range(0, 100).forEach(i -> bus.publish(Fact.number(i)));
        bus.close();

        // then
        assertThat(first).containsExactly("cofferdam-events-Fact");
        assertThat(second).containsExactly("cofferdam-events-audit");
    }

    @Test
    void aSubscriberMayPublish() {
        // given
        CountDownLatch done = new CountDownLatch(100);
        bus.subscribe(Fact.class, fact -> {
            done.countDown();
            if (fact.number() < 99) {
                bus.publish(Fact.number(fact.number() + 1));
            }
        });

        // when
        bus.publish(Fact.number(0));

        // then
        assertThatCode(done::await).doesNotThrowAnyException();
    }

    @Test
    void aSubscriberMaySubscribeAndUnsubscribeOthersAndItself() {
        // given
        AtomicReference<Subscription> own = new AtomicReference<>();
        CountDownLatch subscribed = new CountDownLatch(1);
        Gate other = new Gate();
        Subscription otherSubscription = bus.subscribe(Fact.class, other);
        CountDownLatch ready = new CountDownLatch(1);
        own.set(bus.subscribe(Fact.class, fact -> {
            Until.ignoringInterrupts(ready);
            bus.subscribe(Fact.class, next -> seen.add(next.number()));
            otherSubscription.close();
            own.get().close();
            subscribed.countDown();
        }));
        ready.countDown();

        // when
        bus.publish(Fact.number(1));
        Until.ignoringInterrupts(subscribed);
        bus.publish(Fact.number(2));
        other.open();
        bus.close();

        // then
        assertThat(seen).containsExactly(2);
        assertThat(other.seen()).containsExactly(1);
        assertThat(own.get().received()).isEqualTo(1);
    }

    @Test
    void subscribersThatCloseEachOtherDoNotWaitForEachOther() {
        // given
        AtomicReference<Subscription> first = new AtomicReference<>();
        AtomicReference<Subscription> second = new AtomicReference<>();
        CountDownLatch ready = new CountDownLatch(1);
        CountDownLatch both = new CountDownLatch(2);
        first.set(bus.subscribe(Fact.class, fact -> closeOther(ready, both, second)));
        second.set(bus.subscribe(Fact.class, fact -> closeOther(ready, both, first)));

        // when
        bus.publish(Fact.number(1));
        long begin = System.nanoTime();
        ready.countDown();
        bus.close();

        // then
        assertThat((System.nanoTime() - begin) / 1_000_000).isLessThan(4_000);
        assertThat(first.get().failed() + second.get().failed()).isZero();
    }

    private static void closeOther(CountDownLatch ready, CountDownLatch both, AtomicReference<Subscription> other) {
        Until.ignoringInterrupts(ready);
        both.countDown();
        Until.ignoringInterrupts(both);
        other.get().close();
    }

    @Test
    void aSubscriberSeesNothingFromBeforeItSubscribed() {
        // given
        bus.publish(Fact.number(1));

        // when
        Subscription subscription = bus.subscribe(Fact.class, fact -> seen.add(fact.number()));
        bus.publish(Fact.number(2));
        subscription.close();

        // then
        assertThat(seen).containsExactly(2);
    }

    @Test
    void twoBusesHaveNothingToDoWithEachOther() {
        try (EventBus other = EventBus.create()) {
            other.subscribe(Fact.class, fact -> seen.add(fact.number()));
            bus.publish(Fact.number(1));
            other.publish(Fact.number(2));
        }
        assertThat(seen).containsExactly(2);
    }

    @Test
    void runsOnThreadsOfSomebodyElseAndLeavesThemOpen() {
        try (Threads threads = Threads.named("engine")) {
            // given
            AtomicReference<Thread> thread = new AtomicReference<>();
            EventBus borrowing = EventBus.create(threads);
            borrowing.subscribe(Fact.class, fact -> thread.set(Thread.currentThread()));

            // when
            borrowing.publish(Fact.number(1));
            borrowing.close();

            // then
            assertThat(thread.get().getName()).isEqualTo("engine-Fact");
            assertThat(thread.get().isAlive()).isFalse();
            assertThat(threads.isClosed()).isFalse();
        }
    }

    @Test
    void threadsClosedUnderTheBusEndTheDeliveryAndNothingHangs() {
        // given
        Threads threads = Threads.named("engine");
        EventBus borrowing = EventBus.create(threads);
        Gate gate = new Gate();
        Subscription subscription = borrowing.subscribe(Fact.class, gate);
        IntStream.range(0, 10).forEach(i -> borrowing.publish(Fact.number(i)));
        gate.awaitEntered();

        // when
        assertThatThrownBy(() -> threads.close(Deadline.in(Duration.ofMillis(1))))
                .hasMessageContaining("engine-Fact");
        gate.open();
        threads.close();

        // then
        assertThatThrownBy(() -> borrowing.subscribe(Fact.class, gate)).isInstanceOf(IllegalStateException.class);
        borrowing.close();
        assertThat(subscription.delivered() + subscription.dropped()).isEqualTo(10);
        assertThat(subscription.dropped()).isPositive();
    }

    @Test
    void refusesNulls() {
        assertThatThrownBy(() -> bus.publish(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> bus.subscribe(Fact.class, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> bus.subscribe(null, fact -> {})).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> bus.publisher(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void aSubscriptionShowsItsAccount() {
        Subscription subscription = bus.subscribe(Fact.class, fact -> {});
        bus.publish(Fact.number(1));
        subscription.close();
        assertThat(subscription)
                .hasToString("subscription 'Fact' to Fact (1 received, 1 delivered, 0 dropped, 0 failed)");
    }
}
