package io.cofferdam.application;

import io.cofferdam.api.Experimental;
import java.util.Objects;

/**
 * What a service needs of another one before its own instances are started.
 *
 * @param service the other service's name
 * @param condition what has to be true of it
 * @param required whether the other one has to be in the application at all; if not, its absence is passed over. A deployment
 *     fails with each of its services, whether others need it or not
 * @param restart whether instances are replaced when a deployment changes the other one, as if they had changed themselves
 */
@Experimental
public record Dependency(String service, Condition condition, boolean required, boolean restart) {

    /** What has to be true of the other service. */
    public enum Condition {
        /** Its instances run. */
        STARTED,
        /** Its health check says yes. */
        HEALTHY,
        /** It ran to its end with exit code 0: a migration, for example. */
        COMPLETED
    }

    public Dependency {
        Objects.requireNonNull(service, "service");
        Objects.requireNonNull(condition, "condition");
    }

    /**
     * The dependency that only waits for a start.
     *
     * @param service the other service's name
     * @return a required dependency that restarts nothing
     */
    public static Dependency on(String service) {
        return new Dependency(service, Condition.STARTED, true, false);
    }

    /**
     * The same dependency with another condition.
     *
     * @param value what has to be true of the other service
     * @return the dependency
     */
    public Dependency when(Condition value) {
        return new Dependency(service, value, required, restart);
    }

    /**
     * The same dependency, passed over where the other service is not there.
     *
     * @return the dependency
     */
    public Dependency asOptional() {
        return new Dependency(service, condition, false, restart);
    }

    /**
     * The same dependency, with instances that are replaced when a deployment changes the other service.
     *
     * @return the dependency
     */
    public Dependency withRestart() {
        return new Dependency(service, condition, required, true);
    }
}
