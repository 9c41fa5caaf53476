package io.cofferdam.deployment;

import io.cofferdam.application.Application;
import io.cofferdam.concurrent.BlockingCall;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Retry;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.workload.Blueprint;
import io.cofferdam.workload.InstanceStatus;
import io.cofferdam.workload.Prepared;
import io.cofferdam.workload.Revision;
import io.cofferdam.workload.Workloads;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Instances on an engine that may be away for a moment, which must not end a deployment: what is asked of instances may be asked
 * twice, since a start finds what an earlier one has made, and what is gone need not be removed. An interrupt ends the asking.
 */
final class PatientWorkloads implements Workloads {

    /** Together some twenty seconds: the time that engines take to be started anew. */
    private static final Retry WHILE_AWAY = Retry.builder()
            .maxAttempts(30)
            .delay(Duration.ofMillis(20), Duration.ofSeconds(1))
            .retryOn(EngineUnavailableException.class::isInstance)
            .build();

    private final Workloads workloads;

    PatientWorkloads(Workloads workloads) {
        this.workloads = workloads;
    }

    /**
     * Asks again while the engine is away.
     *
     * @throws EngineUnavailableException if it does not come back
     */
    static <T extends @Nullable Object> T patiently(String what, BlockingCall<T, RuntimeException> call) {
        return WHILE_AWAY.call(Deadline.none(), what, call);
    }

    static void patiently(String what, Runnable call) {
        PatientWorkloads.<@Nullable Object>patiently(what, () -> {
            call.run();
            return null;
        });
    }

    @Override
    public Prepared prepare(Application application, Consumer<String> progress, Duration timeout) {
        Deadline end = Deadline.in(timeout);
        return patiently("preparing the release", () -> workloads.prepare(application, progress, left(end)));
    }

    @Override
    public List<InstanceStatus> list(String project, Function<String, Duration> minReady) {
        return patiently("looking at the instances", () -> workloads.list(project, minReady));
    }

    @Override
    public Optional<InstanceStatus> find(String project, Revision revision, int ordinal) {
        return patiently("looking at an instance", () -> workloads.find(project, revision, ordinal));
    }

    @Override
    public InstanceStatus start(Blueprint blueprint, int ordinal, Duration timeout) {
        return patiently("starting an instance", () -> workloads.start(blueprint, ordinal, timeout));
    }

    @Override
    public InstanceStatus awaitAvailable(Blueprint blueprint, int ordinal, Duration minReady, Duration timeout) {
        Deadline end = Deadline.in(timeout);
        return patiently(
                "waiting for an instance", () -> workloads.awaitAvailable(blueprint, ordinal, minReady, left(end)));
    }

    @Override
    public InstanceStatus runOnce(Blueprint blueprint, Duration timeout) {
        Deadline end = Deadline.in(timeout);
        return patiently("running a task", () -> workloads.runOnce(blueprint, left(end)));
    }

    @Override
    public void remove(String project, Revision revision, int ordinal) {
        patiently("removing an instance", () -> workloads.remove(project, revision, ordinal));
    }

    @Override
    public void join(Blueprint blueprint, Set<String> colours) {
        patiently("giving an instance its names", () -> workloads.join(blueprint, colours));
    }

    @Override
    public boolean hasColours() {
        return workloads.hasColours();
    }

    @Override
    public AutoCloseable watch(String project, Runnable changed) {
        return patiently("watching the instances", () -> workloads.watch(project, changed));
    }

    @Override
    public void tidy(String project, Set<String> colours, boolean withVolumes) {
        patiently("tidying up", () -> workloads.tidy(project, colours, withVolumes));
    }

    private static Duration left(Deadline end) {
        Duration left = end.remaining();
        return left.isZero() ? Duration.ofMillis(1) : left;
    }
}
