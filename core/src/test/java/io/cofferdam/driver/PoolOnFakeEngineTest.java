package io.cofferdam.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.UnsupportedCapabilityException;
import io.cofferdam.pool.EnvironmentPool;
import io.cofferdam.pool.Lease;
import io.cofferdam.pool.PoolEvent;
import io.cofferdam.pool.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pools, with faults at exact moments and many claimers. */
@Timeout(60)
class PoolOnFakeEngineTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final PoolOptions QUICK =
            PoolOptions.ofSize(2).withRetry(Duration.ofMillis(1), Duration.ofMillis(8));

    private final FakeEngine engine = new FakeEngine();
    private final EnvironmentSpec spec = FakeEngine.spec("warm").build();

    @AfterEach
    void close() {
        engine.close();
        assertThat(engine.driver.unitNames()).isEmpty();
    }

    private EnvironmentPool open(PoolOptions options) {
        return EnvironmentPool.open(engine.orchestrator, spec, options);
    }

    @Test
    @DisplayName("many claimers, deaths and failures: no environment is held by two or claimed twice, and none is left")
    void stress() throws Exception {
        Set<String> claimed = ConcurrentHashMap.newKeySet();
        AtomicInteger most = new AtomicInteger();
        ExecutorService claimers = Executors.newFixedThreadPool(17);
        try (EnvironmentPool pool = open(QUICK.withMaximum(7))) {
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                results.add(claimers.submit(() -> {
                    int got = 0;
                    for (int round = 0; round < 20; round++) {
                        try (Lease lease = pool.claim(SOON)) {
                            assertThat(claimed.add(lease.environment().name())).isTrue();
                            most.accumulateAndGet(pool.metrics().total(), Math::max);
                            got++;
                        }
                    }
                    return got;
                }));
            }
            Future<Integer> killer = claimers.submit(() -> {
                int kills = 0;
                while (results.stream().anyMatch(result -> !result.isDone())) {
                    List<String> names = engine.driver.unitNames();
                    if (!names.isEmpty() && kills < 200) {
                        String victim = names.get(ThreadLocalRandom.current().nextInt(names.size()));
                        if (!claimed.contains(victim) && kills % 2 == 0) {
                            engine.driver.before("create", () -> {
                                throw new EngineException("the engine is out of sorts");
                            });
                        }
                        kills++;
                    }
                    Thread.onSpinWait();
                }
                return kills;
            });
            for (Future<Integer> result : results) {
                assertThat(result.get(40, TimeUnit.SECONDS)).isEqualTo(20);
            }
            killer.get(5, TimeUnit.SECONDS);

            assertThat(claimed).hasSize(320);
            assertThat(most.get()).isBetween(1, 7);
            pool.awaitFull(SOON);
            assertThat(pool.metrics().leased()).isZero();
        } finally {
            claimers.shutdownNow();
        }
        assertThat(engine.driver.unitNames()).isEmpty();
    }

    @Test
    @DisplayName("close: what could not be made and was just being cleared away is not left behind")
    void closedWhileClearingUp() throws Exception {
        CountDownLatch clearing = new CountDownLatch(1);
        engine.driver.before("start", () -> {
            throw new EngineException("the engine is out of sorts");
        });
        engine.driver.before("remove", () -> {
            clearing.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
                throw new OperationInterruptedException("removing was interrupted", closing);
            }
        });
        EnvironmentPool pool = open(PoolOptions.ofSize(1));
        assertThat(clearing.await(20, TimeUnit.SECONDS)).isTrue();

        pool.close();

        assertThat(engine.driver.unitNames()).isEmpty();
    }

    @Test
    @DisplayName("one that died unseen while it waited is found by the claim and replaced")
    void diedUnseen() {
        try (EnvironmentPool pool = open(QUICK)) {
            pool.awaitFull(SOON);
            List<String> waiting = engine.driver.unitNames();
            waiting.forEach(name -> engine.driver.exitsUnseen(name, 137));

            try (Lease lease = pool.claim(SOON)) {
                assertThat(waiting).doesNotContain(lease.environment().name());
            }
        }
    }

    @Test
    @DisplayName("a failure to make one is told with growing distances up to the bound, and the pool fills once it can")
    void backoff() throws InterruptedException {
        BlockingQueue<PoolEvent.RefillFailed> failures = new LinkedBlockingQueue<>();
        AtomicInteger left = new AtomicInteger(6);
        breakCreation(left);
        try (var subscription = engine.orchestrator.events().subscribe(PoolEvent.RefillFailed.class, failures::add);
                EnvironmentPool pool = open(PoolOptions.ofSize(1)
                        .withParallelism(1)
                        .withRetry(Duration.ofMillis(1), Duration.ofMillis(8)))) {
            pool.awaitFull(SOON);

            List<Long> delays = new ArrayList<>();
            for (int i = 1; i <= 6; i++) {
                PoolEvent.RefillFailed failure = failures.poll(10, TimeUnit.SECONDS);
                assertThat(failure).as("failure %s of %s", i, subscription).isNotNull();
                assertThat(failure.attempt()).isEqualTo(i);
                assertThat(failure.reason()).contains("out of sorts");
                delays.add(failure.retryIn().toMillis());
            }
            assertThat(delays).containsExactly(1L, 2L, 4L, 8L, 8L, 8L);
            assertThat(pool.metrics().failures()).isEqualTo(6);
        }
    }

    @Test
    @DisplayName("a claim that waits in vain tells why nothing could be made")
    void reasonOfATimeout() {
        AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
        breakCreation(left);
        try (EnvironmentPool pool = open(QUICK.withParallelism(1))) {
            assertThatThrownBy(() -> pool.claim(Duration.ofMillis(100)))
                    .isInstanceOf(OperationTimeoutException.class)
                    .hasMessageContaining("pool 'warm'")
                    .hasMessageContaining("out of sorts");
        } finally {
            left.set(0);
        }
    }

    @Test
    @DisplayName("claimers are served in the order in which they came")
    void order() throws Exception {
        BlockingQueue<Integer> served = new LinkedBlockingQueue<>();
        ExecutorService claimers = Executors.newFixedThreadPool(3);
        try (EnvironmentPool pool = open(PoolOptions.ofSize(1).withMaximum(1))) {
            Lease first = pool.claim(SOON);
            List<Future<Lease>> waiting = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                int number = i;
                waiting.add(claimers.submit(() -> {
                    Lease lease = pool.claim(SOON);
                    served.add(number);
                    return lease;
                }));
                while (pool.metrics().waiting() <= i) {
                    Thread.onSpinWait();
                }
            }

            first.close();
            for (Future<Lease> next : waiting) {
                next.get(20, TimeUnit.SECONDS).close();
            }

            assertThat(served).containsExactly(0, 1, 2);
        } finally {
            claimers.shutdownNow();
        }
    }

    @Test
    @DisplayName("closing the engine wakes nobody too late: the pool ends with it")
    void engineCloses() {
        EnvironmentPool pool = open(PoolOptions.ofSize(1).withMaximum(1));
        Lease only = pool.claim(SOON);
        engine.orchestrator.close();

        only.close();

        assertThatThrownBy(() -> pool.claim(SOON)).isInstanceOf(ClosedException.class);
        pool.close();
    }

    @Test
    @DisplayName("frozen ones need an engine that can freeze")
    void withoutPause() {
        engine.driver.without(Capability.PAUSE);

        assertThatThrownBy(() -> open(QUICK.asPaused())).isInstanceOf(UnsupportedCapabilityException.class);
    }

    /** Makes the next creations fail, where one is made at a time. */
    private void breakCreation(AtomicInteger left) {
        engine.driver.before("create", () -> {
            if (left.getAndDecrement() > 0) {
                breakCreation(left);
                throw new EngineException("the engine is out of sorts");
            }
        });
    }
}
