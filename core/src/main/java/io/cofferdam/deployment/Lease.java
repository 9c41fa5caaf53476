package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import java.time.Instant;
import java.util.Objects;

/**
 * The right to change a project, for a while: only its holder writes records of the project that somebody else may not.
 *
 * @param project the project
 * @param owner who holds it; unique for each controller
 * @param token grows with every new holder; a write that names an older one than the project's is refused
 * @param until when it ends unless it is renewed, by the store's clock
 */
@Experimental
public record Lease(String project, String owner, long token, Instant until) {

    public Lease {
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(until, "until");
    }
}
