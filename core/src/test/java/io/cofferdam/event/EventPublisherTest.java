package io.cofferdam.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Until;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.OperationTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules are those of Reactive Streams for the JVM, 1.0.4, which {@link Flow} has taken over. */
@Timeout(60)
class EventPublisherTest {

    private final EventBus bus = EventBus.create();
    private final Flow.Publisher<Fact> publisher = bus.publisher(Fact.class);

    @AfterEach
    void close() {
        bus.close();
    }

    private void publish(int from, int to) {
        IntStream.rangeClosed(from, to).forEach(i -> bus.publish(Fact.number(i)));
    }

    /** Records its signals, and that no two come at once. */
    private static class Probe implements Flow.Subscriber<Fact> {

        final List<String> signals = new CopyOnWriteArrayList<>();
        final AtomicInteger overlaps = new AtomicInteger();
        private final AtomicInteger inside = new AtomicInteger();
        private final Consumer<Flow.Subscription> atStart;
        volatile Flow.Subscription subscription;
        volatile Throwable error;

        Probe(Consumer<Flow.Subscription> atStart) {
            this.atStart = atStart;
        }

        @Override
        public void onSubscribe(Flow.Subscription granted) {
            signal("subscribed", () -> {
                subscription = granted;
                atStart.accept(granted);
            });
        }

        @Override
        public void onNext(Fact fact) {
            signal(Integer.toString(fact.number()), () -> {});
        }

        @Override
        public void onError(Throwable failure) {
            error = failure;
            signal("error", () -> {});
        }

        @Override
        public void onComplete() {
            signal("complete", () -> {});
        }

        private void signal(String name, Runnable body) {
            if (inside.incrementAndGet() > 1) {
                overlaps.incrementAndGet();
            }
            body.run();
            signals.add(name);
            inside.decrementAndGet();
        }

        void await(String... expected) {
            Until.holds(() -> signals.size() >= expected.length);
            assertThat(signals).containsExactly(expected);
        }
    }

    private Probe subscribe(Consumer<Flow.Subscription> atStart) {
        Probe probe = new Probe(atStart);
        publisher.subscribe(probe);
        return probe;
    }

    @Test
    @DisplayName("1.1: no more events are signalled than were requested")
    void honoursDemand() {
        // given
        Probe probe = subscribe(subscription -> subscription.request(2));

        // when
        publish(1, 5);

        // then
        probe.await("subscribed", "1", "2");
        probe.subscription.request(1);
        probe.await("subscribed", "1", "2", "3");
        probe.subscription.request(10);
        probe.await("subscribed", "1", "2", "3", "4", "5");
    }

    @Test
    @DisplayName("1.1: nothing is signalled before anything was requested, and nothing is lost meanwhile")
    void waitsForTheFirstRequest() {
        // given
        Probe probe = subscribe(subscription -> {});
        publish(1, 3);
        probe.await("subscribed");

        // when
        probe.subscription.request(Long.MAX_VALUE);

        // then
        probe.await("subscribed", "1", "2", "3");
    }

    @Test
    @DisplayName("1.3: signals come one after the other, also while many threads publish and request")
    void signalsDoNotOverlap() throws InterruptedException {
        // given
        Probe probe = subscribe(subscription -> {});
        Until.holds(() -> probe.subscription != null);

        // when
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(i -> new Thread(() -> {
                    for (int n = 0; n < 1000; n++) {
                        probe.subscription.request(1);
                        bus.publish(Fact.number(n));
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        bus.close();

        // then
        assertThat(probe.signals).hasSize(4002).startsWith("subscribed").endsWith("complete");
        assertThat(probe.overlaps).hasValue(0);
    }

    @Test
    @DisplayName("1.5, 1.7: closing the bus completes the stream after the last event, and nothing follows")
    void completesAfterTheLastEvent() {
        // given
        Probe probe = subscribe(subscription -> subscription.request(Long.MAX_VALUE));
        publish(1, 3);

        // when
        bus.close();
        probe.subscription.request(1);
        probe.subscription.request(-1);
        probe.subscription.cancel();

        // then
        assertThat(probe.signals).containsExactly("subscribed", "1", "2", "3", "complete");
    }

    @Test
    @DisplayName("1.5: an empty stream completes without any demand")
    void completesWithoutDemand() {
        Probe probe = subscribe(subscription -> {});
        bus.close();
        assertThat(probe.signals).containsExactly("subscribed", "complete");
    }

    @Test
    @DisplayName("1.4: events nobody requested until the bus had to close end the stream with an error")
    void failsIfEventsWereNotRequestedInTime() {
        // given
        Probe probe = subscribe(subscription -> subscription.request(1));
        publish(1, 3);
        probe.await("subscribed", "1");

        // when
        assertThatThrownBy(() -> bus.close(Deadline.in(Duration.ofMillis(20))))
                .isInstanceOf(OperationTimeoutException.class)
                .hasMessageContaining("2 events to 'Fact'");

        // then
        assertThat(probe.signals).containsExactly("subscribed", "1", "error");
        assertThat(probe.error)
                .isInstanceOf(CofferdamException.class)
                .hasMessage("the event bus closed before all events were delivered to 'Fact'");
    }

    @Test
    @DisplayName("1.9: subscribe(null) throws NullPointerException")
    void refusesNull() {
        assertThatThrownBy(() -> publisher.subscribe(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    @DisplayName("1.9: onSubscribe comes first, also on a closed bus, which then completes")
    void completesAtOnceOnAClosedBus() {
        // given
        bus.close();

        // when
        Probe probe = subscribe(subscription -> {
            subscription.request(1);
            subscription.cancel();
        });

        // then
        assertThat(probe.signals).containsExactly("subscribed", "complete");
    }

    @Test
    @DisplayName("1.10: subscribing twice ends the subscription with IllegalStateException")
    void refusesTheSameSubscriberTwice() {
        // given
        Probe probe = subscribe(subscription -> subscription.request(Long.MAX_VALUE));
        probe.await("subscribed");

        // when
        publisher.subscribe(probe);

        // then
        probe.await("subscribed", "error");
        assertThat(probe.error).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("1.11: each subscriber has its own demand, and one without any harms no other")
    void subscribersAreIndependent() {
        // given
        Probe eager = subscribe(subscription -> subscription.request(Long.MAX_VALUE));
        Probe idle = subscribe(subscription -> {});

        // when
        publish(1, 3);

        // then
        eager.await("subscribed", "1", "2", "3");
        idle.await("subscribed");
        idle.subscription.cancel();
    }

    @Test
    @DisplayName("2.13: a subscriber that throws counts as cancelled and hears nothing more")
    void cancelsASubscriberThatThrows() {
        // given
        Probe throwing = new Probe(subscription -> subscription.request(Long.MAX_VALUE)) {
            @Override
            public void onNext(Fact fact) {
                super.onNext(fact);
                throw new IllegalStateException("on purpose");
            }
        };
        publisher.subscribe(throwing);
        Probe healthy = subscribe(subscription -> subscription.request(Long.MAX_VALUE));

        // when
        publish(1, 3);
        bus.close();

        // then
        assertThat(throwing.signals).containsExactly("subscribed", "1");
        assertThat(healthy.signals).containsExactly("subscribed", "1", "2", "3", "complete");
    }

    @Test
    @DisplayName("2.13: a subscriber that throws in onSubscribe or in its last signal harms nobody")
    void survivesASubscriberThatThrowsAtItsEnds() {
        // given
        Probe atStart = subscribe(subscription -> {
            throw new IllegalStateException("on purpose");
        });
        Probe atEnd = new Probe(subscription -> subscription.request(Long.MAX_VALUE)) {
            @Override
            public void onComplete() {
                super.onComplete();
                throw new IllegalStateException("on purpose");
            }
        };
        publisher.subscribe(atEnd);

        // when
        publish(1, 1);
        bus.close();

        // then
        assertThat(atStart.signals).isEmpty();
        assertThat(atEnd.signals).containsExactly("subscribed", "1", "complete");
    }

    @Test
    @DisplayName("3.3: requesting from within onNext does not pile up calls")
    void requestFromOnNextIsNotRecursive() {
        // given
        AtomicInteger deepest = new AtomicInteger();
        Probe oneByOne = new Probe(subscription -> subscription.request(1)) {
            private int depth;

            @Override
            public void onNext(Fact fact) {
                deepest.accumulateAndGet(++depth, Math::max);
                super.onNext(fact);
                subscription.request(1);
                depth--;
            }
        };
        publisher.subscribe(oneByOne);

        // when
        publish(1, 1000);
        bus.close();

        // then
        assertThat(oneByOne.signals).hasSize(1002);
        assertThat(deepest).hasValue(1);
    }

    @Test
    @DisplayName("3.6, 3.7: after cancel, cancelling and requesting again do nothing")
    void cancelIsIdempotent() {
        // given
        Probe probe = subscribe(subscription -> {});
        probe.await("subscribed");

        // when
        probe.subscription.cancel();
        probe.subscription.cancel();
        probe.subscription.request(5);
        probe.subscription.request(-5);
        publish(1, 3);
        bus.close();

        // then
        assertThat(probe.signals).containsExactly("subscribed");
    }

    @Test
    @DisplayName("3.5, 3.12: cancelling from within onNext ends the signals at once")
    void cancelFromOnNextIsImmediate() {
        // given
        Probe probe = new Probe(subscription -> subscription.request(Long.MAX_VALUE)) {
            @Override
            public void onNext(Fact fact) {
                super.onNext(fact);
                subscription.cancel();
            }
        };
        publisher.subscribe(probe);

        // when
        publish(1, 100);
        bus.close();

        // then
        assertThat(probe.signals).containsExactly("subscribed", "1");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    @DisplayName("3.9: requesting less than one event ends the stream with IllegalArgumentException")
    void refusesNonPositiveDemand(long demand) {
        // given
        Probe probe = subscribe(subscription -> {});
        probe.await("subscribed");
        publish(1, 3);

        // when
        probe.subscription.request(demand);

        // then
        probe.await("subscribed", "error");
        assertThat(probe.error).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("3.9");
        probe.subscription.request(1);
        bus.close();
        assertThat(probe.signals).containsExactly("subscribed", "error");
    }

    @Test
    @DisplayName("3.17: demand adds up to Long.MAX_VALUE, which is without bounds, and does not overflow")
    void demandSaturates() {
        // given
        Probe probe = subscribe(subscription -> {
            subscription.request(Long.MAX_VALUE - 1);
            subscription.request(Long.MAX_VALUE - 1);
        });

        // when
        publish(1, 3);

        // then
        probe.await("subscribed", "1", "2", "3");
    }

    @Test
    void whatIsNotRequestedOverflowsLikeAnyQueue() {
        // given
        Probe probe = new Probe(subscription -> {});
        bus.publisher(Fact.class, SubscriptionOptions.defaults().withCapacity(2))
                .subscribe(probe);
        publish(1, 5);

        // when
        probe.await("subscribed");
        probe.subscription.request(Long.MAX_VALUE);

        // then
        probe.await("subscribed", "4", "5");
    }
}
