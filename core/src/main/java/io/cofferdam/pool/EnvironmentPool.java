package io.cofferdam.pool;

import io.cofferdam.api.Experimental;
import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.event.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Environments of one specification that are kept ready, running or frozen, so that whoever needs one has it at once.
 *
 * <pre>{@code
 * try (EnvironmentPool pool = EnvironmentPool.open(engine, web, PoolOptions.ofSize(4));
 *         Lease lease = pool.claim(Duration.ofSeconds(30))) {
 *     ask(lease.environment().endpoint(8080));
 * }
 * }</pre>
 *
 * <p>A claimed environment is nobody else's, and carries nothing of a former lease: by default each is used once and then
 * removed. Before it is handed out the engine is asked whether it still runs and is well; one that does not is removed and
 * replaced, and the claimer gets another one. The pool is refilled in the background, within its bounds, and goes on trying
 * with growing distances when that fails. Waiting claimers are served in the order in which they came.
 *
 * <p>The environments have the lifetime of the specification, which is the session's unless it says otherwise. Their names
 * begin with that of the specification, or with {@code pool}, and they carry the label {@link #LABEL}. Thread-safe. Close
 * the pool before its orchestrator.
 */
@Experimental
public final class EnvironmentPool implements AutoCloseable {

    /** The label of every environment of a pool; its value is the pool's name. */
    public static final String LABEL = "cofferdam-pool";

    private static final Logger LOG = LoggerFactory.getLogger(EnvironmentPool.class);
    private static final int REMOVALS = 3;

    /** How long a claimer has the engine for itself before the next one is made. */
    private static final Duration HEAD_START = Duration.ofMillis(20);

    private final Orchestrator engine;
    private final EnvironmentSpec spec;
    private final PoolOptions options;
    private final String name;
    private final Threads threads = Threads.named("cofferdam-pool");
    private final Stock stock;
    /** Names of environments that are being made, or of which something may be left because that was cut off. */
    private final Set<String> making = ConcurrentHashMap.newKeySet();

    private final AtomicInteger failuresInARow = new AtomicInteger();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Subscription deaths;

    @Nullable
    private volatile CofferdamException lastFailure;

    private EnvironmentPool(Orchestrator engine, EnvironmentSpec spec, PoolOptions options, int maximum) {
        this.engine = engine;
        this.options = options;
        this.name = spec.name().orElse("pool");
        this.spec = spec.toBuilder().label(LABEL, name).build();
        this.stock = new Stock(
                options.size(),
                maximum,
                options.parallelism(),
                "the pool '" + name + "' was closed; open another one to go on");
        this.deaths = engine.events().subscribe(EnvironmentEvent.class, this::heard);
    }

    /**
     * Opens a pool and begins to fill it. Returns at once.
     *
     * @param engine where the environments run; stays open when the pool is closed
     * @param spec what each of them is. Its name, if it has one, is what their names begin with
     * @param options how the pool behaves
     * @return a pool the caller has to close
     * @throws InvalidInputException with everything in the specification that several environments cannot share, such as a
     *     fixed host port, or that does not fit the bounds
     * @throws io.cofferdam.error.UnsupportedCapabilityException if they are to wait frozen and the engine lacks
     *     {@link Capability#PAUSE}
     */
    public static EnvironmentPool open(Orchestrator engine, EnvironmentSpec spec, PoolOptions options) {
        int maximum = PoolRules.maximum(spec, options, engine.config().defaultLimits());
        if (options.paused()) {
            engine.capabilities().require(Capability.PAUSE, "keep the environments running");
        }
        EnvironmentPool pool = new EnvironmentPool(engine, spec, options, maximum);
        pool.refill();
        return pool;
    }

    /**
     * The pool's name, which is that of the specification.
     *
     * @return {@code pool} if that has none
     */
    public String name() {
        return name;
    }

    /**
     * Claims an environment, waiting for one if none is ready.
     *
     * @param timeout how long to wait at the most
     * @return a lease on a running environment that passed the health check
     * @throws OperationTimeoutException if there was none in time, telling why the last one could not be made if that is so
     * @throws OperationInterruptedException if the thread was interrupted; the flag is set
     * @throws ClosedException if the pool is closed, also while this waits
     */
    public Lease claim(Duration timeout) {
        Deadline deadline = Deadline.in(timeout);
        String what = "claiming an environment of pool '" + name + "'";
        boolean again = false;
        while (true) {
            Slot slot;
            try {
                slot = stock.take(deadline, again, this::refill, what);
            } catch (OperationTimeoutException late) {
                throw explained(late);
            }
            again = true;
            refillSoon();
            String fault = fault(slot, deadline, what);
            if (fault.isEmpty()) {
                if (stock.leased(slot)) {
                    publish(new PoolEvent.Claimed(
                            Instant.now(), name, slot.environment().name()));
                    return new Lease(this, slot);
                }
                throw closed(null);
            }
            discard(slot, fault);
        }
    }

    /**
     * Waits until as many environments are ready as the pool is to have.
     *
     * @param timeout how long to wait at the most
     * @throws OperationTimeoutException if it is not full in time, telling why the last one could not be made if that is so
     * @throws OperationInterruptedException if the thread was interrupted; the flag is set
     * @throws ClosedException if the pool is closed, also while this waits
     */
    public void awaitFull(Duration timeout) {
        try {
            stock.awaitFull(Deadline.in(timeout), "waiting until pool '" + name + "' is full");
        } catch (OperationTimeoutException late) {
            throw explained(late);
        }
    }

    /**
     * How the pool is now.
     *
     * @return one moment's figures
     */
    public PoolMetrics metrics() {
        return stock.metrics();
    }

    /**
     * Removes all environments of the pool, leased ones included. Whoever waits for one is woken with
     * {@link ClosedException}. Does nothing the second time.
     *
     * @throws CofferdamException if an environment could not be removed; the others are gone
     */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        stock.close();
        deaths.close();
        try {
            threads.close();
        } finally {
            removeHalfMade();
            removeAll();
        }
    }

    /** The close may have interrupted somebody who was just clearing up after an environment that could not be made. */
    private void removeHalfMade() {
        for (String left : making) {
            try {
                engine.environments().find(left).ifPresent(IsolatedEnvironment::remove);
            } catch (ClosedException engineClosed) {
                LOG.debug("'{}' went with its engine", left);
            } catch (CofferdamException kept) {
                LOG.warn(
                        "could not remove '{}' of pool '{}'; it goes with the engine's session: {}",
                        left,
                        name,
                        kept.getMessage());
            }
        }
        making.clear();
    }

    /** A lease ended. */
    void returned(Slot slot, boolean mayRecycle) {
        if (!mayRecycle || options.reset() == PoolReset.discard()) {
            discard(slot, "it was used");
        } else if (stock.leaving(slot)) {
            background("reset", () -> recycle(slot));
        }
    }

    private void recycle(Slot slot) {
        boolean clean = false;
        try {
            clean = options.reset().reset(slot.environment()) && standing(slot).isEmpty();
            if (clean && options.paused()) {
                slot.environment().pause();
            }
        } catch (RuntimeException failed) {
            clean = false;
            LOG.debug(
                    "'{}' could not be reset and is discarded",
                    slot.environment().name(),
                    failed);
        }
        if (clean) {
            stock.back(slot);
        } else {
            told(slot, "it could not be reset");
            remove(slot);
        }
    }

    /** What is wrong with an environment that is to be claimed; empty if nothing is. Lets it go on if it was frozen. */
    private String fault(Slot slot, Deadline deadline, String what) {
        try {
            return Bounded.call(
                    threads,
                    deadline,
                    what,
                    () -> {
                        if (options.paused()) {
                            slot.environment().resume();
                        }
                        String fault = standing(slot);
                        return fault.isEmpty() && !options.healthCheck().test(slot.environment())
                                ? "it failed the health check"
                                : fault;
                    },
                    () -> {});
        } catch (OperationTimeoutException | OperationInterruptedException cutOff) {
            discard(slot, "its health check was cut off");
            throw closing.get() ? closed(cutOff) : cutOff;
        } catch (RejectedExecutionException closed) {
            throw closed(closed);
        } catch (RuntimeException failed) {
            return "it could not be checked: " + failed.getMessage();
        }
    }

    private ClosedException closed(@Nullable Throwable cause) {
        return new ClosedException("the pool '" + name + "' was closed; open another one to go on", cause);
    }

    private static String standing(Slot slot) {
        EnvironmentStatus status = slot.environment().status();
        if (status.state() != EnvironmentState.RUNNING) {
            return "it is " + status.state().toString().toLowerCase(java.util.Locale.ROOT);
        }
        return status.health() == HealthStatus.UNHEALTHY ? "it is unhealthy" : "";
    }

    /** What dies while it waits is replaced before anybody asks for it. */
    private void heard(EnvironmentEvent event) {
        boolean dead = event instanceof EnvironmentEvent.Exited
                || event instanceof EnvironmentEvent.Removed
                || (event instanceof EnvironmentEvent.HealthChanged changed
                        && changed.health() == HealthStatus.UNHEALTHY);
        if (dead) {
            stock.free(event.id()).ifPresent(slot -> discard(slot, "it did not stay alive and well"));
        }
    }

    private void discard(Slot slot, String reason) {
        if (stock.leaving(slot)) {
            told(slot, reason);
            background("removal", () -> remove(slot));
        }
    }

    private void told(Slot slot, String reason) {
        publish(new PoolEvent.Discarded(Instant.now(), name, slot.environment().name(), reason));
    }

    private void remove(Slot slot) {
        for (int attempt = 1; attempt <= REMOVALS; attempt++) {
            try {
                slot.environment().remove();
                break;
            } catch (ClosedException engineClosed) {
                stock.close();
                return;
            } catch (OperationInterruptedException closingNow) {
                return; // the close removes it
            } catch (CofferdamException failed) {
                if (attempt == REMOVALS) {
                    LOG.warn(
                            "could not remove '{}' of pool '{}'; it goes with the engine's session: {}",
                            slot.environment().name(),
                            name,
                            failed.getMessage());
                }
            }
        }
        stock.gone(slot);
        refill();
    }

    private void refill() {
        for (int missing = stock.toCreate(); missing > 0; missing--) {
            if (!background("refill", this::make)) {
                stock.notMade(false);
            }
        }
    }

    /** Making one takes all the engine has; who has just claimed one is served first. */
    private void refillSoon() {
        try {
            threads.scheduler().schedule(HEAD_START, this::refill);
        } catch (RejectedExecutionException closed) {
            LOG.debug("pool '{}' is closing and not filled again", name);
        }
    }

    private void make() {
        boolean made = false;
        String next = nextName();
        making.add(next);
        try {
            EnvironmentSpec.Builder one = spec.toBuilder().name(next);
            IsolatedEnvironment environment = engine.environments()
                    .run(options.ownStacks() ? one.stack(next).build() : one.build());
            making.remove(next);
            Slot slot = new Slot(environment);
            try {
                if (options.paused()) {
                    environment.pause();
                }
            } finally {
                // From here on it is the stock's, also if it is no good: what is claimed is looked at first.
                made = true;
                failuresInARow.set(0);
                stock.made(slot);
            }
        } catch (OperationInterruptedException closingNow) {
            LOG.debug("pool '{}' is closing while it makes an environment", name);
        } catch (ClosedException engineClosed) {
            stock.close();
        } catch (CofferdamException failed) {
            if (failed.getSuppressed().length == 0) {
                making.remove(next);
            }
            lastFailure = failed;
            retryLater(failed);
        } finally {
            if (!made) {
                stock.notMade(!threads.isClosed());
            }
        }
        refill();
    }

    private void retryLater(CofferdamException failed) {
        // Those that are made side by side fail side by side: that counts once.
        if (!stock.hold(true)) {
            return;
        }
        int attempt = failuresInARow.incrementAndGet();
        Duration delay = options.firstRetry().multipliedBy(1L << Math.min(attempt - 1, 20));
        Duration bounded = delay.compareTo(options.longestRetry()) > 0 ? options.longestRetry() : delay;
        try {
            threads.scheduler().schedule(bounded, () -> {
                stock.hold(false);
                refill();
            });
        } catch (RejectedExecutionException closed) {
            return;
        }
        publish(new PoolEvent.RefillFailed(Instant.now(), name, attempt, String.valueOf(failed.getMessage()), bounded));
        LOG.debug("pool '{}' could not make an environment", name, failed);
    }

    private void publish(PoolEvent event) {
        try {
            engine.events().publish(event);
        } catch (ClosedException engineClosed) {
            LOG.debug("nobody hears any more: {}", event);
        }
    }

    private String nextName() {
        String suffix = String.format(
                java.util.Locale.ROOT, "-%08x", ThreadLocalRandom.current().nextInt());
        return name.substring(0, Math.min(name.length(), 63 - suffix.length())) + suffix;
    }

    private boolean background(String task, Runnable work) {
        try {
            threads.start(task, work);
            return true;
        } catch (RejectedExecutionException closed) {
            LOG.debug("pool '{}' is closing; {} is left to that", name, task);
            return false;
        }
    }

    private OperationTimeoutException explained(OperationTimeoutException late) {
        CofferdamException reason = lastFailure;
        return failuresInARow.get() == 0 || reason == null
                ? late
                : new OperationTimeoutException(
                        late.getMessage() + "; the last attempt to make one failed: " + reason.getMessage(), reason);
    }

    private void removeAll() {
        List<Slot> left = stock.all();
        CountDownLatch removed = new CountDownLatch(left.size());
        CofferdamException failure = new CofferdamException("could not remove all environments of pool '" + name + "'");
        try (Threads removals = Threads.named("cofferdam-pool-close")) {
            for (Slot slot : left) {
                removals.start("removal of " + slot.environment().name(), () -> {
                    try {
                        slot.environment().remove();
                        stock.gone(slot);
                    } catch (ClosedException engineClosed) {
                        LOG.debug(
                                "'{}' went with its engine", slot.environment().name());
                    } catch (CofferdamException kept) {
                        synchronized (failure) {
                            failure.addSuppressed(kept);
                        }
                    } finally {
                        removed.countDown();
                    }
                });
            }
            awaitUninterruptibly(removed);
        }
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }

    private static void awaitUninterruptibly(CountDownLatch removed) {
        boolean interrupted = false;
        while (removed.getCount() > 0) {
            try {
                removed.await();
            } catch (InterruptedException e) {
                // Every removal has a deadline of its own, and leaving them behind would be worse than being late.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
