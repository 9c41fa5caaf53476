package io.cofferdam.workload;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.EnvironmentStatus;
import java.util.Objects;

/**
 * One copy of a revision, as it is observed.
 *
 * @param revision what it is a copy of
 * @param ordinal its number among the copies, from 1
 * @param status how it is
 */
@Experimental
public record Instance(Revision revision, int ordinal, EnvironmentStatus status) {

    public Instance {
        Objects.requireNonNull(revision, "revision");
        Objects.requireNonNull(status, "status");
    }
}
