package io.cofferdam.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.concurrent.Until;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/** Many threads at once. Each test is a race that is decided differently each time, so each is run several times. */
@Timeout(120)
class EventBusStressTest {

    private static final int PUBLISHERS = 6;
    private static final int EVENTS = 3000;
    private static final Overflow WAIT = Overflow.block(Duration.ofMinutes(1));

    /** Checks that the events of each publisher come in order, with gaps where events may be dropped. */
    private static final class InOrder implements Consumer<Fact> {

        private final int[] last = new int[PUBLISHERS];
        private final boolean gapless;
        private volatile int seen;
        private volatile String fault = "";

        InOrder(boolean gapless) {
            this.gapless = gapless;
            Arrays.fill(last, -1);
        }

        @Override
        public void accept(Fact fact) {
            int before = last[fact.publisher()];
            boolean right = gapless ? fact.number() == before + 1 : fact.number() > before;
            if (!right) {
                fault = fact + " came after number " + before;
            }
            last[fact.publisher()] = fact.number();
            seen = seen + 1;
        }

        void assertSeen(long expected) {
            assertThat(fault).isEmpty();
            assertThat(seen).isEqualTo((int) expected);
        }
    }

    private static List<Thread> startPublishers(EventBus bus, AtomicLong accepted) {
        List<Thread> publishers = new ArrayList<>();
        for (int p = 0; p < PUBLISHERS; p++) {
            int publisher = p;
            Thread thread = new Thread(() -> {
                for (int i = 0; i < EVENTS && bus.publish(new Fact(publisher, i)); i++) {
                    accepted.incrementAndGet();
                }
            });
            publishers.add(thread);
            thread.start();
        }
        return publishers;
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void assertBalanced(Subscription subscription) {
        assertThat(subscription.pending()).isZero();
        assertThat(subscription.delivered() + subscription.dropped()).isEqualTo(subscription.received());
    }

    @RepeatedTest(5)
    void everySubscriberGetsEverythingInTheOrderOfEachPublisher() throws InterruptedException {
        // given
        EventBus bus = EventBus.create();
        List<InOrder> subscribers = new ArrayList<>();
        List<Subscription> subscriptions = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            InOrder subscriber = new InOrder(true);
            subscribers.add(subscriber);
            // Small queues, so that publishers wait all the time.
            SubscriptionOptions options =
                    SubscriptionOptions.defaults().withCapacity(1 << (2 * i)).withOverflow(WAIT);
            subscriptions.add(bus.subscribe(Fact.class, options, subscriber));
        }

        // when
        join(startPublishers(bus, new AtomicLong()));
        bus.close();

        // then
        subscribers.forEach(subscriber -> subscriber.assertSeen(PUBLISHERS * EVENTS));
        subscriptions.forEach(EventBusStressTest::assertBalanced);
        assertThat(subscriptions).allMatch(subscription -> subscription.dropped() == 0);
    }

    @RepeatedTest(5)
    void whatOverflowsIsCountedToTheLastEvent() throws InterruptedException {
        // given
        EventBus bus = EventBus.create();
        List<Subscription> subscriptions = new ArrayList<>();
        List<InOrder> subscribers = new ArrayList<>();
        for (Overflow overflow : List.of(Overflow.dropOldest(), Overflow.block(Duration.ofNanos(1)))) {
            for (int capacity : new int[] {1, 7, 300}) {
                InOrder subscriber = new InOrder(false);
                subscribers.add(subscriber);
                subscriptions.add(bus.subscribe(
                        Fact.class,
                        SubscriptionOptions.defaults().withCapacity(capacity).withOverflow(overflow),
                        subscriber));
            }
        }

        // when
        join(startPublishers(bus, new AtomicLong()));
        bus.close();

        // then
        for (int i = 0; i < subscriptions.size(); i++) {
            Subscription subscription = subscriptions.get(i);
            assertThat(subscription.received()).isEqualTo(PUBLISHERS * EVENTS);
            assertBalanced(subscription);
            subscribers.get(i).assertSeen(subscription.delivered());
        }
    }

    @RepeatedTest(5)
    void subscribingAndUnsubscribingWithoutPauseLosesNothing() throws InterruptedException {
        // given
        EventBus bus = EventBus.create();
        InOrder steady = new InOrder(true);
        bus.subscribe(Fact.class, SubscriptionOptions.defaults().withOverflow(WAIT), steady);
        AtomicBoolean stop = new AtomicBoolean();
        Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
        AtomicInteger cycles = new AtomicInteger();
        List<Thread> storm = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Thread thread = new Thread(() -> {
                try {
                    while (!stop.get() || cycles.get() < 10) {
                        comeAndGo(bus);
                        cycles.incrementAndGet();
                    }
                } catch (Throwable e) {
                    faults.add(e);
                }
            });
            storm.add(thread);
            thread.start();
        }

        // when
        join(startPublishers(bus, new AtomicLong()));
        stop.set(true);
        join(storm);
        bus.close();

        // then
        assertThat(faults).isEmpty();
        steady.assertSeen(PUBLISHERS * EVENTS);
    }

    /** A guest sees one run of each publisher without gaps. Its queue has room for all, so that nobody has to wait. */
    private static void comeAndGo(EventBus bus) {
        List<Fact> seen = new ArrayList<>();
        SubscriptionOptions roomy = SubscriptionOptions.defaults().withCapacity(PUBLISHERS * EVENTS);
        Subscription guest = bus.subscribe(Fact.class, roomy, seen::add);
        if (ThreadLocalRandom.current().nextBoolean()) {
            Until.holds(
                    () -> guest.received() > 0 || ThreadLocalRandom.current().nextInt(100) == 0);
        }
        boolean patient = ThreadLocalRandom.current().nextBoolean();
        if (!patient) {
            guest.closeNow();
        }
        guest.close();
        assertBalanced(guest);
        assertThat(seen).hasSize((int) guest.delivered());
        if (patient) {
            assertThat(guest.dropped()).isZero();
        }
        int[] last = new int[PUBLISHERS];
        Arrays.fill(last, -1);
        for (Fact fact : seen) {
            assertThat(last[fact.publisher()]).isIn(-1, fact.number() - 1);
            last[fact.publisher()] = fact.number();
        }
    }

    @RepeatedTest(20)
    void whatIsAcceptedWhileTheBusClosesIsDeliveredToAllAndTheRestToNone() throws InterruptedException {
        // given
        EventBus bus = EventBus.create();
        AtomicLong accepted = new AtomicLong();
        List<InOrder> subscribers = new ArrayList<>();
        List<Subscription> subscriptions = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            InOrder subscriber = new InOrder(true);
            subscribers.add(subscriber);
            subscriptions.add(bus.subscribe(
                    Fact.class, SubscriptionOptions.defaults().withCapacity(PUBLISHERS * EVENTS), subscriber));
        }

        // when
        List<Thread> publishers = startPublishers(bus, accepted);
        Until.holds(() -> accepted.get() > 1000);
        List<Thread> closers = List.of(new Thread(bus::close), new Thread(bus::close));
        closers.forEach(Thread::start);
        join(closers);

        // then
        join(publishers);
        subscribers.forEach(subscriber -> subscriber.assertSeen(accepted.get()));
        subscriptions.forEach(EventBusStressTest::assertBalanced);
    }

    @RepeatedTest(10)
    void closingFromSubscribersAndOutsideAtOnceEndsEverything() throws InterruptedException {
        // given
        EventBus bus = EventBus.create();
        Queue<Thread> threads = new ConcurrentLinkedQueue<>();
        List<Subscription> subscriptions = new ArrayList<>();
        CountDownLatch ready = new CountDownLatch(1);
        for (int i = 0; i < 6; i++) {
            subscriptions.add(bus.subscribe(Fact.class, fact -> {
                Until.ignoringInterrupts(ready);
                threads.add(Thread.currentThread());
                if (fact.number() == 100) {
                    subscriptions.forEach(Subscription::close);
                    bus.close();
                }
            }));
        }
        ready.countDown();

        // when
        List<Thread> publishers = startPublishers(bus, new AtomicLong());
        Until.holds(bus::isClosed);
        bus.close();
        join(publishers);

        // then
        assertThat(threads).isNotEmpty().noneMatch(Thread::isAlive);
        subscriptions.forEach(EventBusStressTest::assertBalanced);
        assertThat(subscriptions).allMatch(subscription -> subscription.failed() == 0);
    }
}
