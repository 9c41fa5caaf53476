package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.concurrent.Scheduler;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.traffic.TrafficRouter;
import io.cofferdam.workload.Workloads;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Collects what a {@link DeploymentEngine} works with. Not thread-safe. */
@Experimental
public final class DeploymentEngineBuilder {

    /** Null in tests that bring their own instances. */
    @Nullable
    final Orchestrator orchestrator;

    final Map<String, Strategy> strategies = new HashMap<>();
    final List<ReleaseCheck> checks = new ArrayList<>();

    @Nullable
    DeploymentStore store;

    @Nullable
    TrafficRouter router;

    @Nullable
    final Workloads workloads;

    SecretSeal seal = SecretSeal.none();
    Clock clock = Clock.systemUTC();

    /** Null for that of the engine's threads. */
    @Nullable
    Scheduler scheduler;

    Duration lease = Duration.ofSeconds(10);
    boolean isController = true;

    DeploymentEngineBuilder(@Nullable Orchestrator orchestrator, @Nullable Workloads workloads) {
        this.orchestrator = orchestrator;
        this.workloads = workloads;
    }

    /** An engine that works on something else than an orchestrator's instances. */
    static DeploymentEngineBuilder forTests(Workloads workloads) {
        return new DeploymentEngineBuilder(null, workloads);
    }

    /**
     * Where deployments are kept; not closed with the engine. In memory unless given.
     *
     * @param value the store
     * @return this builder
     */
    public DeploymentEngineBuilder store(DeploymentStore value) {
        store = Objects.requireNonNull(value, "value");
        return this;
    }

    /**
     * What stands before services with published ports; not closed with the engine. Without one, instances publish their ports
     * themselves.
     *
     * @param value the router
     * @return this builder
     */
    public DeploymentEngineBuilder router(TrafficRouter value) {
        router = Objects.requireNonNull(value, "value");
        return this;
    }

    /**
     * How the values of secrets are kept in the store. A store beyond memory is refused without it when there are any.
     *
     * @param value the seal
     * @return this builder
     */
    public DeploymentEngineBuilder seal(SecretSeal value) {
        seal = Objects.requireNonNull(value, "value");
        return this;
    }

    /**
     * A strategy of the host's own, asked for by its name.
     *
     * @param value the strategy
     * @return this builder
     */
    public DeploymentEngineBuilder strategy(Strategy value) {
        strategies.put(value.name(), value);
        return this;
    }

    /**
     * A question of the host's own that releases have to answer while they are being tried, by strategies that try them.
     *
     * @param value the check
     * @return this builder
     */
    public DeploymentEngineBuilder check(ReleaseCheck value) {
        checks.add(Objects.requireNonNull(value, "value"));
        return this;
    }

    /**
     * How long a project stays with an engine that is not heard of any more.
     *
     * @param value 1 second or more; 10 unless given
     * @return this builder
     */
    public DeploymentEngineBuilder lease(Duration value) {
        lease = Objects.requireNonNull(value, "value");
        return this;
    }

    /**
     * Only records wishes and answers questions, and leaves the work to other engines on the same store.
     *
     * @return this builder
     */
    public DeploymentEngineBuilder withoutController() {
        isController = false;
        return this;
    }

    /**
     * The time by which deployments are dated and pauses are measured: that of the engine the instances run on, where it has one
     * of its own. The lease goes by the time of the store.
     *
     * @param value the clock; the system's unless given
     * @return this builder
     */
    public DeploymentEngineBuilder clock(Clock value) {
        clock = Objects.requireNonNull(value, "value");
        return this;
    }

    /** For tests: goes by the clock. */
    DeploymentEngineBuilder scheduler(Scheduler value) {
        scheduler = value;
        return this;
    }

    /**
     * Opens the engine. Unless it is without a controller, it takes up what others have left, now and from then on.
     *
     * @return the engine
     */
    public DeploymentEngine open() {
        return new StandardDeploymentEngine(this);
    }
}
