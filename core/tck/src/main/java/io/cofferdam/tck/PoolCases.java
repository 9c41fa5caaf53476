package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.pool.EnvironmentPool;
import io.cofferdam.pool.Lease;
import io.cofferdam.pool.PoolEvent;
import io.cofferdam.pool.PoolOptions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Environments that are kept ready. */
abstract class PoolCases extends Cases {

    @Test
    @DisplayName("claim: an environment that runs and answers, named after the pool and labelled with it")
    void claim() {
        EnvironmentSpec spec = web("pool", 8080)
                .env("GREETING", "I am claimed")
                .port(8080)
                .readyWhen(Readiness.http(8080, "/"))
                .build();
        try (EnvironmentPool pool = EnvironmentPool.open(engine(), spec, PoolOptions.ofSize(1))) {
            try (Lease lease = pool.claim(patience())) {
                assertThat(get(lease.environment().endpoint(8080), "/")).isEqualTo("I am claimed");
                assertThat(lease.environment().name()).startsWith(name("pool") + "-");
                assertThat(lease.environment().spec().labels()).containsEntry(EnvironmentPool.LABEL, name("pool"));
                assertThat(pool.metrics().leased()).isEqualTo(1);
            }
        }
        assertThat(environments().statuses(mine())).isEmpty();
    }

    @Test
    @DisplayName("return: what was used is removed and replaced, and is never claimed again")
    void discardedAfterUse() {
        try (EnvironmentPool pool = open(PoolOptions.ofSize(2))) {
            Lease first = pool.claim(patience());
            sh(first.environment(), "echo secret > left-behind");

            first.close();
            first.close();

            Lease second = pool.claim(patience());
            Lease third = pool.claim(patience());
            assertThat(Set.of(second.environment().name(), third.environment().name()))
                    .doesNotContain(first.environment().name());
            assertThat(second.environment().exec("sh", "-c", "cat left-behind").succeeded())
                    .isFalse();
            eventually(
                    "the used one is gone", () -> first.environment().status().state() == EnvironmentState.REMOVED);
            pool.awaitFull(patience());
            assertThat(pool.metrics().ready()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("claim: of many claimers no two ever have the same environment, and the bound holds")
    void exclusive() {
        Set<String> held = ConcurrentHashMap.newKeySet();
        AtomicInteger most = new AtomicInteger();
        try (EnvironmentPool pool = open(PoolOptions.ofSize(2).withMaximum(4))) {
            List<Integer> claimed = inParallel(IntStream.range(0, 6)
                    .<Callable<Integer>>mapToObj(i -> () -> {
                        for (int round = 0; round < 2; round++) {
                            try (Lease lease = pool.claim(patience())) {
                                assertThat(held.add(lease.environment().name()))
                                        .as(
                                                "'%s' was claimed before",
                                                lease.environment().name())
                                        .isTrue();
                                most.accumulateAndGet(pool.metrics().total(), Math::max);
                                assertThat(lease.environment().status().state()).isEqualTo(EnvironmentState.RUNNING);
                            }
                        }
                        return i;
                    })
                    .toList());

            assertThat(claimed).hasSize(6);
            assertThat(held).hasSize(12);
            assertThat(most.get()).isBetween(1, 4);
            assertThat(pool.metrics().claims()).isEqualTo(12);
        }
    }

    @Test
    @DisplayName("claim: one that died while it waited is discarded and replaced")
    void deadOne() {
        try (EnvironmentPool pool = open(PoolOptions.ofSize(1))) {
            pool.awaitFull(patience());
            EnvironmentStatus waiting = environments().statuses(mine()).get(0);
            environments().get(waiting.name()).stop(Duration.ZERO);

            try (Lease lease = pool.claim(patience())) {
                assertThat(lease.environment().name()).isNotEqualTo(waiting.name());
                assertThat(lease.environment().status().state()).isEqualTo(EnvironmentState.RUNNING);
            }
        }
    }

    @Test
    @DisplayName("paused: environments wait frozen, and a claimed one goes on")
    void paused() {
        if (!has(Capability.PAUSE)) {
            assertRefused(Capability.PAUSE, () -> open(PoolOptions.ofSize(1).asPaused()));
            return;
        }
        try (EnvironmentPool pool = open(PoolOptions.ofSize(2).asPaused())) {
            pool.awaitFull(patience());
            assertThat(environments().statuses(mine()))
                    .extracting(EnvironmentStatus::state)
                    .containsOnly(EnvironmentState.PAUSED);

            try (Lease lease = pool.claim(patience())) {
                assertThat(sh(lease.environment(), "echo awake")).isEqualTo("awake\n");
            }
        }
    }

    @Test
    @DisplayName("reset: one that was put back is claimed again; one that could not be is replaced")
    void reset() {
        AtomicInteger resets = new AtomicInteger();
        PoolOptions options = PoolOptions.ofSize(1).withMaximum(1).withReset(environment -> {
            sh(environment, "rm -f left-behind");
            return resets.incrementAndGet() == 1;
        });
        try (EnvironmentPool pool = open(options)) {
            Lease first = pool.claim(patience());
            sh(first.environment(), "echo secret > left-behind");
            first.close();

            Lease second = pool.claim(patience());
            assertThat(second.environment().name())
                    .isEqualTo(first.environment().name());
            assertThat(second.environment().exec("sh", "-c", "cat left-behind").succeeded())
                    .isFalse();
            second.close();

            Lease third = pool.claim(patience());
            assertThat(third.environment().name())
                    .isNotEqualTo(first.environment().name());
            third.discard();
            assertThat(resets.get()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("health check: one it refuses is discarded, and the claimer gets another")
    void healthCheck() {
        Set<String> refused = ConcurrentHashMap.newKeySet();
        PoolOptions options = PoolOptions.ofSize(1)
                .withHealthCheck(environment -> !refused.isEmpty() || !refused.add(environment.name()));
        try (EnvironmentPool pool = open(options);
                Lease lease = pool.claim(patience())) {
            assertThat(refused).hasSize(1).doesNotContain(lease.environment().name());
        }
    }

    @Test
    @DisplayName("wait: ends at the deadline, at an interrupt, and at the close of the pool")
    void waiting() throws InterruptedException {
        EnvironmentPool pool = open(PoolOptions.ofSize(1).withMaximum(1));
        try (pool) {
            Lease only = pool.claim(patience());

            assertThatThrownBy(() -> pool.claim(Duration.ofMillis(50))).isInstanceOf(OperationTimeoutException.class);
            Running<Lease> interrupted = begin(() -> pool.claim(patience()));
            interrupted.awaitBlocked();
            interrupted.interrupt();
            assertThatThrownBy(interrupted::result).isInstanceOf(OperationInterruptedException.class);
            Running<Lease> waiting = begin(() -> pool.claim(patience()));
            waiting.awaitBlocked();
            pool.close();

            assertThatThrownBy(waiting::result).isInstanceOf(ClosedException.class);
            assertThatThrownBy(() -> pool.claim(patience())).isInstanceOf(ClosedException.class);
            assertThat(only.environment().status().state()).isEqualTo(EnvironmentState.REMOVED);
        }
    }

    @Test
    @DisplayName("close: removes what waits, what is leased and what is being made")
    void closeRemovesAll() {
        EnvironmentPool pool = open(PoolOptions.ofSize(3).withMaximum(5));
        Lease lease = pool.claim(patience());

        pool.close();
        pool.close();

        assertThat(environments().statuses(mine())).isEmpty();
        assertThat(pool.metrics().total()).isZero();
        lease.close();
    }

    @Test
    @DisplayName("close of the orchestrator: the environments of its pools go with it")
    void closeOfTheOrchestrator() {
        Orchestrator other = another();
        EnvironmentPool pool = EnvironmentPool.open(other, spec(), PoolOptions.ofSize(2));
        pool.awaitFull(patience());

        other.close();

        assertThat(environments().statuses(mine())).isEmpty();
        pool.close();
        assertThat(environments().statuses(mine())).isEmpty();
    }

    @Test
    @DisplayName("own stacks: no two environments share a network, and it goes with its environment")
    void ownStacks() {
        String first;
        try (EnvironmentPool pool = open(PoolOptions.ofSize(2).withOwnStacks());
                Lease one = pool.claim(patience());
                Lease two = pool.claim(patience())) {
            first = one.environment().spec().stack().orElseThrow();
            assertThat(first)
                    .isEqualTo(one.environment().name())
                    .isNotEqualTo(two.environment().spec().stack().orElseThrow());
            assertThat(engine().networks().find(first)).isPresent();
        }
        assertThat(engine().networks().find(first)).isEmpty();
    }

    @Test
    @DisplayName("failure: what cannot be made is told by an event and by the claim, and nothing is left")
    void failure() throws InterruptedException {
        CountDownLatch failed = new CountDownLatch(2);
        EnvironmentSpec broken = shell("pool", "echo broken; exit 3")
                .readyWhen(Readiness.log("never"))
                .build();
        try (var subscription = engine().events().subscribe(PoolEvent.RefillFailed.class, event -> {
                    if (event.pool().equals(name("pool"))) {
                        failed.countDown();
                    }
                });
                EnvironmentPool pool = EnvironmentPool.open(
                        engine(),
                        broken,
                        PoolOptions.ofSize(1).withRetry(Duration.ofMillis(10), Duration.ofMillis(50)))) {
            assertThat(failed.await(patience().toMillis(), TimeUnit.MILLISECONDS))
                    .as("two failures told by %s", subscription)
                    .isTrue();

            assertThatThrownBy(() -> pool.claim(Duration.ofMillis(300)))
                    .isInstanceOf(OperationTimeoutException.class)
                    .hasMessageContaining("3");
            assertThat(pool.metrics().failures()).isGreaterThanOrEqualTo(2);
        }
        assertThat(environments().statuses(mine())).isEmpty();
    }

    @Test
    @DisplayName("specification: what several environments cannot share is refused, all of it at once")
    void impossible() {
        EnvironmentSpec spec =
                shell("pool", IDLE).publish(PortMapping.fixed(freePort(), 8080)).build();

        assertThatThrownBy(() -> EnvironmentPool.open(
                        engine(), spec, PoolOptions.ofSize(2).withMemoryLimit("1g")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("host port")
                .hasMessageContaining("limits.memory");
        assertThatThrownBy(() -> EnvironmentPool.open(
                        engine(),
                        shell("pool", IDLE).memory("600m").build(),
                        PoolOptions.ofSize(2).withMemoryLimit("1g")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("do not fit");
        assertThat(environments().statuses(mine())).isEmpty();
    }

    private EnvironmentSpec spec() {
        return shell("pool", IDLE).readyWhen(Readiness.running()).build();
    }

    private EnvironmentPool open(PoolOptions options) {
        return EnvironmentPool.open(engine(), spec(), options);
    }
}
