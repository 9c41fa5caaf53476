package io.cofferdam.junit.example;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.testkit.engine.EngineTestKit;

/** The example, unchanged, on several engines; Redis of the processes comes with the test images. */
class ExampleOnDockerTest {

    @ParameterizedTest
    @ValueSource(strings = {"process", "docker"})
    void runsUnchanged(String engine) {
        EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(OrdersExample.class))
                .configurationParameter("cofferdam.engine", engine)
                .configurationParameter(
                        "cofferdam.images", "postgres:*=cofferdam-test/postgres:15, redis:*=cofferdam-test/redis:7")
                .execute()
                .testEvents()
                .assertStatistics(stats -> stats.succeeded(3).failed(0));
    }
}
