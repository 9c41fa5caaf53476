package io.cofferdam.driver;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.RestartPolicy;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The cares for all units whose restart policy or health check the engine leaves to this library. */
final class Supervisor implements AutoCloseable {

    private final EngineSession session;
    private final Map<String, Care> cares = new ConcurrentHashMap<>();

    Supervisor(EngineSession session) {
        this.session = session;
        session.feed.listen(this::tell);
    }

    /** Whether a unit of this specification needs care on this engine. */
    boolean isNeeded(EnvironmentSpec spec) {
        return restarts(spec) || check(spec) != null;
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
        if (cares.containsKey(id)) {
            return true;
        }
        Optional<Watch> claim = session.driver.claim(id);
        if (claim.isEmpty()) {
            return false;
        }
        Care care = new Care(session, environment, id, spec, restarts(spec), check(spec), claim.get());
        Care other = cares.putIfAbsent(id, care);
        if (other != null) {
            claim.get().close();
        }
        return true;
    }

    /** The unit was seen running by whoever started it; its event may come later or, if it ran before, never. */
    void started(String id) {
        Care care = cares.get(id);
        if (care != null) {
            care.started();
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
        Care care = cares.get(event.id());
        if (care == null) {
            return;
        }
        switch (event.kind()) {
            case STARTED -> care.started();
            case DIED -> care.died(event);
            case REMOVED -> disarm(event.id());
            default -> {
                // Nothing else changes what has to be cared for.
            }
        }
    }

    private boolean restarts(EnvironmentSpec spec) {
        return spec.restart().condition() != RestartPolicy.Condition.NEVER
                && !session.driver.capabilities().has(Capability.RESTART_POLICY);
    }

    private @Nullable HealthCheck check(EnvironmentSpec spec) {
        return spec.healthCheck()
                .filter(check -> !session.driver.checksHealth(check.probe()))
                .orElse(null);
    }
}
