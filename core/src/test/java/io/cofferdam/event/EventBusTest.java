package io.cofferdam.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class EventBusTest {

    private record Started(Instant at, int number) implements Event {}

    @Test
    void deliversEventsInTheOrderOfPublishing() {
        // given
        List<Integer> seen = new CopyOnWriteArrayList<>();
        try (EventBus bus = EventBus.create()) {
            Subscription subscription = bus.subscribe(Started.class, event -> seen.add(event.number()));

            // when
            for (int i = 0; i < 1000; i++) {
                bus.publish(new Started(Instant.EPOCH, i));
            }
            subscription.close();

            // then
            assertThat(seen).hasSize(1000).isSorted();
        }
    }
}
