package io.cofferdam.engine;

import io.cofferdam.api.Experimental;
import java.util.Objects;

/**
 * Something on an engine that nobody will come back for: what a JVM left that ended without closing its orchestrator, what has
 * outlived its time, what belonged to something that is gone.
 *
 * @param kind what it is
 * @param name how people call it
 * @param id how the engine calls it
 * @param reason why it is to go, as the end of a sentence
 * @param owner who made it, the value of {@link io.cofferdam.environment.Labels#OWNER}
 */
@Experimental
public record Leftover(Kind kind, String name, String id, String reason, String owner) {

    /** What a leftover can be. */
    public enum Kind {
        /** An environment, with all in it. */
        ENVIRONMENT,
        /** A network. */
        NETWORK,
        /** A volume, with what is stored in it. */
        VOLUME,
        /** An image. */
        IMAGE,
        /** Files of the library's own. */
        FILES,
        /** A process of the library's own. */
        PROCESS
    }

    public Leftover {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(owner, "owner");
    }
}
