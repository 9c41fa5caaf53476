package io.cofferdam.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Labels;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.resource.Network;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The life of the networks of stacks. */
class StacksTest {

    private final FakeEngine engine = new FakeEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    @DisplayName("a network is made with the first member, labelled with its stack, and goes with the last")
    void life() {
        IsolatedEnvironment a = engine.run(FakeEngine.spec("a").stack("shop"));
        IsolatedEnvironment b = engine.run(FakeEngine.spec("b").stack("shop"));
        assertThat(engine.driver.networks().find("shop").map(Network::labels))
                .hasValueSatisfying(labels -> assertThat(labels).containsEntry(Labels.STACK, "shop"));

        a.remove();
        assertThat(engine.driver.networkNames()).containsExactly("shop");
        b.remove();

        assertThat(engine.driver.networkNames()).isEmpty();
    }

    @Test
    @DisplayName("many members made and removed at once: each is made, and the network is gone at the end")
    void many() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String name = "m" + i;
                all.add(callers.submit(() -> {
                    for (int round = 0; round < 200; round++) {
                        engine.run(FakeEngine.spec(name).stack("shop")).remove();
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            callers.shutdownNow();
        }

        assertThat(engine.driver.unitNames()).isEmpty();
        assertThat(engine.driver.networkNames()).isEmpty();
    }

    @Test
    @DisplayName("the network goes also when the engine itself loses the last member")
    void theLastMemberIsRemovedByOthers() {
        engine.events();
        IsolatedEnvironment a = engine.run(FakeEngine.spec("a").stack("shop"));

        engine.driver.remove(a.id(), io.cofferdam.concurrent.Deadline.none());

        Eventually.is(() -> engine.driver.networkNames().isEmpty());
        assertThat(engine.driver.networkNames()).isEmpty();
    }

    @Test
    @DisplayName("a network that the engine makes only after nobody waits for it any more goes too")
    void lateNetwork() {
        engine.driver.before("create", () -> {
            throw new OperationTimeoutException("creating 'a' took too long", null);
        });
        assertThatThrownBy(() -> engine.run(FakeEngine.spec("a").stack("shop")))
                .isInstanceOf(OperationTimeoutException.class);
        engine.driver.networks().ensure("shop", Map.of(Labels.STACK, "shop"));

        engine.time.pass(Duration.ofSeconds(5));

        Eventually.is(() -> engine.driver.networkNames().isEmpty());
        assertThat(engine.driver.networkNames()).isEmpty();
    }

    @Test
    @DisplayName("a network that the engine makes only when its session is ending goes with the session")
    void lateNetworkAtTheEnd() throws Exception {
        engine.driver.before("create", () -> {
            throw new OperationTimeoutException("creating 'a' took too long", null);
        });
        assertThatThrownBy(() -> engine.run(FakeEngine.spec("a").stack("shop")))
                .isInstanceOf(OperationTimeoutException.class);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<?> closing = threads.submit(engine::close);
            Eventually.is(() -> !closing.isDone());
            engine.driver.networks().ensure("shop", Map.of(Labels.STACK, "shop"));
            closing.get(30, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }

        assertThat(engine.driver.networkNames()).isEmpty();
    }

    @Test
    @DisplayName("an event of a removal carries the name although the unit is gone")
    void removedIsTold() {
        FakeEngine.Events events = engine.events();
        IsolatedEnvironment a = engine.run(FakeEngine.spec("a").stack("shop"));

        a.remove();

        assertThat(events.of(EnvironmentEvent.Removed.class))
                .singleElement()
                .satisfies(event -> assertThat(event.name()).isEqualTo("a"));
    }
}
