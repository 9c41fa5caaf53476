package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import io.cofferdam.concurrent.Scheduler;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.Capability;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.EngineInfo;
import io.cofferdam.engine.Leftover;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.Environments;
import io.cofferdam.environment.Snapshots;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.event.EventBus;
import io.cofferdam.resource.Images;
import io.cofferdam.resource.Networks;
import io.cofferdam.resource.Volumes;
import io.cofferdam.workload.Workloads;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The orchestrator over any {@link EngineDriver}. What is the same on every engine is done here; see the package.
 *
 * <pre>{@code
 * public Orchestrator open(EngineConfig config) {
 *     return DrivenOrchestrator.over(new MyDriver(config), config);
 * }
 * }</pre>
 */
@Experimental
public final class DrivenOrchestrator implements Orchestrator {

    private final EngineSession session;
    private final DrivenEnvironments environments;
    private final DrivenNetworks networks;
    private final DrivenVolumes volumes;
    private final Images images;
    private final EnvironmentWorkloads workloads;
    private final AtomicBoolean closing = new AtomicBoolean();

    private DrivenOrchestrator(EngineSession session) {
        this.session = session;
        DrivenImages drivenImages = new DrivenImages(session);
        this.environments = new DrivenEnvironments(session, drivenImages);
        this.images =
                session.driver.capabilities().has(Capability.IMAGE_STORE) ? drivenImages : session.driver.images();
        this.networks = new DrivenNetworks(session, environments);
        this.volumes = new DrivenVolumes(session, environments);
        this.workloads = new EnvironmentWorkloads(session, environments, drivenImages, networks, volumes);
    }

    /**
     * An orchestrator over a driver.
     *
     * @param driver the driver, which is closed together with the orchestrator
     * @param config the configuration the driver was made with
     * @return a new orchestrator; it makes no call to the engine by itself until it is used
     */
    public static Orchestrator over(EngineDriver driver, EngineConfig config) {
        Threads threads = Threads.named("cofferdam-" + driver.capabilities().engine());
        return over(driver, config, Clock.systemUTC(), threads.scheduler(), threads);
    }

    /**
     * The driver of an orchestrator, for what else its back end has to offer.
     *
     * @param orchestrator any orchestrator
     * @param type the class of the back end's own driver
     * @param <D> the type of that driver
     * @return empty if the orchestrator is over another driver, or over none
     */
    public static <D extends EngineDriver> Optional<D> driver(Orchestrator orchestrator, Class<D> type) {
        return orchestrator instanceof DrivenOrchestrator driven && type.isInstance(driven.session.driver)
                ? Optional.of(type.cast(driven.session.driver))
                : Optional.empty();
    }

    /** With another clock and scheduler, so that tests need not wait. */
    static DrivenOrchestrator over(
            EngineDriver driver, EngineConfig config, Clock clock, Scheduler scheduler, Threads threads) {
        return new DrivenOrchestrator(new EngineSession(driver, config, clock, scheduler, threads));
    }

    @Override
    public EngineInfo info() {
        session.ensureOpen();
        return session.driver.info(session.callDeadline());
    }

    @Override
    public Capabilities capabilities() {
        return session.driver.capabilities();
    }

    @Override
    public EngineConfig config() {
        return session.config;
    }

    @Override
    public Environments environments() {
        return environments;
    }

    @Override
    public Images images() {
        session.ensureOpen();
        return images;
    }

    @Override
    public Networks networks() {
        session.ensureOpen();
        return networks;
    }

    @Override
    public Volumes volumes() {
        session.ensureOpen();
        return volumes;
    }

    @Override
    public Snapshots snapshots() {
        return environments.snapshots();
    }

    @Override
    public Workloads workloads() {
        session.ensureOpen();
        return workloads;
    }

    @Override
    public EventBus events() {
        session.ensureOpen();
        session.feed.open();
        return session.bus;
    }

    @Override
    public List<Leftover> leftovers() {
        session.ensureOpen();
        return session.sweep.run(false);
    }

    @Override
    public List<Leftover> sweep() {
        session.ensureOpen();
        return session.sweep.run(true);
    }

    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        session.markClosed();
        List<CofferdamException> failures = new ArrayList<>();
        attempt(failures, environments.supervisor()::close);
        environments.awaitMaking(session.callDeadline());
        removeSessionEnvironments(failures);
        attempt(failures, environments.late()::finish);
        networks.endWithSession().forEach(end -> attempt(failures, end));
        volumes.endWithSession().forEach(end -> attempt(failures, end));
        attempt(failures, environments.snapshots()::removeOfThisSession);
        session.watcher.close(failures.isEmpty());
        attempt(failures, session.feed::close);
        attempt(failures, session.bus::close);
        attempt(failures, session.driver::close);
        attempt(failures, session.threads::close);
        if (!failures.isEmpty()) {
            CofferdamException first = failures.get(0);
            failures.stream().skip(1).forEach(first::addSuppressed);
            throw first;
        }
    }

    private void removeSessionEnvironments(List<CofferdamException> failures) {
        List<DrivenEnvironment> ending = environments.endingWithSession();
        CountDownLatch left = new CountDownLatch(ending.size());
        for (DrivenEnvironment environment : ending) {
            session.threads.start("removal of " + environment.name(), () -> {
                CofferdamException failure = attempt(environment::removeUnit);
                if (failure != null) {
                    synchronized (failures) {
                        failures.add(failure);
                    }
                }
                left.countDown();
            });
        }
        boolean interrupted = false;
        while (left.getCount() > 0) {
            try {
                left.await();
            } catch (InterruptedException e) {
                // Every removal has a deadline of its own, and leaving them behind would be worse than being late.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void attempt(List<CofferdamException> failures, Runnable action) {
        CofferdamException failure = attempt(action);
        if (failure != null) {
            failures.add(failure);
        }
    }

    private static @Nullable CofferdamException attempt(Runnable action) {
        try {
            action.run();
            return null;
        } catch (CofferdamException failure) {
            return failure;
        } catch (RuntimeException unexpected) {
            return new CofferdamException("closing an engine failed: " + unexpected, unexpected);
        }
    }
}
