package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import java.time.Instant;
import java.util.Objects;

/**
 * What somebody asks of a deployment that is under way; whoever holds the project's lease acts on it.
 *
 * @param number its number in the store; stores give it
 * @param project the project
 * @param deployment the id of the deployment
 * @param kind what is asked
 * @param user who asks; may be empty
 * @param at when
 */
@Experimental
public record Signal(long number, String project, String deployment, Kind kind, String user, Instant at) {

    /** What can be asked. */
    public enum Kind {
        /** Call it off and restore the last stable release. */
        CANCEL,
        /** End the pause it is in and go on. */
        PROMOTE,
        /** Begin nothing new until it is resumed. */
        PAUSE,
        /** Go on after {@link #PAUSE}. */
        RESUME
    }

    public Signal {
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(at, "at");
    }

    /**
     * The same signal with its number: for stores.
     *
     * @param value its number in the store
     * @return the signal
     */
    public Signal numbered(long value) {
        return new Signal(value, project, deployment, kind, user, at);
    }
}
