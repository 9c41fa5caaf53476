package io.cofferdam.driver;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.Labels;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.format.SpecJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be found out of instances when they are seen for the first time, which another JVM may have started that is
 * gone: whether they are ready, and how they are where the engine leaves health checks to this library. From then on they
 * are cared for here, unless another living JVM does that.
 */
final class FirstLooks {

    private static final Logger LOG = LoggerFactory.getLogger(FirstLooks.class);

    /** How long a look waits for first answers. What takes longer is told as starting, and by the next look. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final EngineSession session;
    private final DrivenEnvironments environments;
    private final ReadyTimes times;
    private final Runnable learned;
    private final Map<String, CompletableFuture<Boolean>> proofs = new ConcurrentHashMap<>();

    /** @param learned called when something became known that no event tells of */
    FirstLooks(EngineSession session, DrivenEnvironments environments, ReadyTimes times, Runnable learned) {
        this.session = session;
        this.environments = environments;
        this.times = times;
        this.learned = learned;
    }

    /** Takes a first look at those of some instances that need one; whether something new became known. */
    boolean at(List<EnvironmentStatus> statuses) {
        List<CompletableFuture<Boolean>> awaited = new ArrayList<>();
        for (EnvironmentStatus status : statuses) {
            if (status.state() == EnvironmentState.RUNNING) {
                if (care(status)) {
                    awaited.add(environments.supervisor().firstAnswer(status.id()));
                }
                if (times.isUnproved(status)) {
                    CompletableFuture<Boolean> proof = prove(status);
                    if (!times.isFollowed(status)) {
                        awaited.add(proof);
                    }
                }
            }
        }
        awaited.removeIf(CompletableFuture::isDone);
        if (awaited.isEmpty()) {
            return false;
        }
        await(CompletableFuture.allOf(awaited.toArray(CompletableFuture[]::new)));
        return true;
    }

    /** Cares for an instance that nobody cares for, where health checks or restarts are left to this library. */
    boolean care(EnvironmentStatus status) {
        Supervisor supervisor = environments.supervisor();
        String json = status.labels().get(Labels.SPEC);
        if (json == null || supervisor.has(status.id())) {
            return false;
        }
        EnvironmentSpec spec = SpecJson.read(json, Map.of());
        if (!supervisor.isLeftToUs(spec)) {
            return false;
        }
        session.feed.open();
        environments.handle(status).adopt();
        return supervisor.has(status.id()) && supervisor.checks(spec);
    }

    /** Asks in the background until it is ready. */
    private CompletableFuture<Boolean> prove(EnvironmentStatus status) {
        CompletableFuture<Boolean> fresh = new CompletableFuture<>();
        CompletableFuture<Boolean> present = proofs.putIfAbsent(status.id(), fresh);
        if (present != null) {
            return present;
        }
        try {
            session.threads.start("readiness of " + status.name(), () -> prove(status, fresh));
        } catch (RejectedExecutionException closing) {
            finish(status, fresh);
        }
        return fresh;
    }

    private void prove(EnvironmentStatus status, CompletableFuture<Boolean> proof) {
        try {
            boolean isFollowed = times.isFollowed(status);
            DrivenEnvironment environment = environments.handle(status);
            Duration timeout = environment.spec().startTimeout();
            environment.awaitReady(Deadline.in(timeout), timeout, seen -> {});
            EnvironmentStatus now = environment.status();
            if (now.state() == EnvironmentState.RUNNING) {
                times.proved(now, isFollowed);
            }
        } catch (CofferdamException notReady) {
            LOG.debug("'{}' did not prove to be ready", status.name(), notReady);
        } finally {
            finish(status, proof);
            learned.run();
        }
    }

    private void finish(EnvironmentStatus status, CompletableFuture<Boolean> proof) {
        proofs.remove(status.id(), proof);
        proof.complete(true);
    }

    private static void await(CompletableFuture<?> answers) {
        try {
            answers.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException later) {
            LOG.debug("not everything is known yet", later);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("looking at the instances of a project was interrupted", e);
        }
    }
}
