package io.cofferdam.driver;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.RestartPolicy;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.NotFoundException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cares for all units with a restart policy, and for those whose health check the engine leaves to this library. */
final class Supervisor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    private final EngineSession session;
    private final Map<String, Care> cares = new ConcurrentHashMap<>();

    Supervisor(EngineSession session) {
        this.session = session;
        session.feed.listen(this::tell);
    }

    /** Whether a unit of this specification needs care on this engine. */
    boolean isNeeded(EnvironmentSpec spec) {
        return spec.restart().condition() != RestartPolicy.Condition.NEVER
                || spec.restart().whenUnhealthy()
                || check(spec) != null;
    }

    /**
     * Takes care of a unit from now on; does nothing if it needs none, has it already, or another living JVM has it.
     * Before it is started, so that an early end is not missed.
     *
     * @return whether this JVM cares for it
     */
    boolean arm(DrivenEnvironment environment, String id, EnvironmentSpec spec) {
        if (!isNeeded(spec) || session.isClosed()) {
            return false;
        }
        Care present = cares.get(id);
        if (present != null) {
            present.renew();
            return true;
        }
        Optional<Watch> claim = session.driver.claim(id);
        if (claim.isEmpty()) {
            return false;
        }
        Care care = new Care(
                session,
                environment,
                id,
                spec,
                session.driver.capabilities().has(Capability.RESTART_POLICY),
                check(spec),
                claim.get());
        Care other = cares.putIfAbsent(id, care);
        if (other != null) {
            claim.get().close();
        }
        return true;
    }

    /** Whether it is cared for here. */
    boolean has(String id) {
        return cares.containsKey(id);
    }

    /** Whether this library makes the health check of a unit of this specification. */
    boolean checks(EnvironmentSpec spec) {
        return check(spec) != null;
    }

    /** Whether nobody but this library makes the health check of a unit of this specification or starts it again. */
    boolean isLeftToUs(EnvironmentSpec spec) {
        boolean restarts = spec.restart().condition() != RestartPolicy.Condition.NEVER
                && !session.driver.capabilities().has(Capability.RESTART_POLICY);
        return checks(spec) || restarts;
    }

    /** Done when the first question of its health check has an answer since it is cared for here. */
    CompletableFuture<Boolean> firstAnswer(String id) {
        Care care = cares.get(id);
        return care == null ? CompletableFuture.completedFuture(true) : care.firstAnswer();
    }

    /** What the health check of a unit answered last; empty if it is not made here. */
    Optional<String> lastAnswer(String id) {
        return Optional.ofNullable(cares.get(id)).flatMap(Care::lastAnswer);
    }

    /** How many runs of a unit were heard of. */
    int runs(String id) {
        Care care = cares.get(id);
        return care == null ? 0 : care.runs();
    }

    /**
     * The unit was seen running by whoever started it; its event may come later or, if it ran before, never. Its event and
     * even that of its end may also have come already, which is what the number of runs before the start tells.
     */
    void started(String id, int runsBefore) {
        Care care = cares.get(id);
        if (care != null && care.runs() == runsBefore) {
            care.started();
        }
    }

    /** Somebody else who asked what its health check asks has heard a yes. */
    void proved(String id) {
        Care care = cares.get(id);
        if (care != null) {
            care.proved();
        }
    }

    /** Leaves a unit alone, because it is being stopped or removed. */
    void disarm(String id) {
        Care care = cares.remove(id);
        if (care != null) {
            care.close();
        }
    }

    EnvironmentStatus overlay(EnvironmentStatus status) {
        Care care = cares.get(status.id());
        return care == null ? status : care.overlay(status);
    }

    @Override
    public void close() {
        cares.keySet().forEach(this::disarm);
    }

    private void tell(UnitEvent event) {
        if (event.kind() == UnitEvent.Kind.RESYNC) {
            resync();
            return;
        }
        Care care = cares.get(event.id());
        if (care == null) {
            return;
        }
        switch (event.kind()) {
            case STARTED -> care.started(event);
            case DIED -> care.died(event);
            case HEALTH -> care.judged(event);
            case REMOVED -> disarm(event.id());
            default -> {
                // Nothing else changes what has to be cared for.
            }
        }
    }

    private void resync() {
        if (cares.isEmpty()) {
            return;
        }
        try {
            session.threads.start("resync", () -> cares.forEach(this::reconcile));
        } catch (RejectedExecutionException closing) {
            LOG.debug("nothing is made up for: the engine is closing");
        }
    }

    private void reconcile(String id, Care care) {
        try {
            care.reconcile(session.driver.inspect(id, session.callDeadline()).status());
        } catch (NotFoundException gone) {
            disarm(id);
        } catch (CofferdamException unknown) {
            if (!session.isClosed()) {
                LOG.warn("could not ask how {} is after events were missed: {}", id, unknown.getMessage());
            }
        }
    }

    private @Nullable HealthCheck check(EnvironmentSpec spec) {
        return spec.healthCheck()
                .filter(check -> !session.driver.checksHealth(check.probe()))
                .orElse(null);
    }
}
