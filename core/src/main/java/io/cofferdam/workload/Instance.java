package io.cofferdam.workload;

import io.cofferdam.api.Experimental;
import java.util.Objects;

/**
 * One copy of a revision, as it is observed.
 *
 * @param revision what it is a copy of
 * @param ordinal its number among the copies of its revision, from 1; told apart by it, and named after it
 * @param condition how it is
 */
@Experimental
public record Instance(Revision revision, int ordinal, Condition condition) {

    public Instance {
        Objects.requireNonNull(revision, "revision");
        Objects.requireNonNull(condition, "condition");
        if (ordinal < 1) {
            throw new IllegalArgumentException("an instance's ordinal is 1 or more, not " + ordinal);
        }
    }

    /**
     * The service it is an instance of.
     *
     * @return the service's name
     */
    public String service() {
        return revision.service();
    }

    /**
     * Whether it serves.
     *
     * @return true for {@link Condition#AVAILABLE}
     */
    public boolean isAvailable() {
        return condition == Condition.AVAILABLE;
    }

    /**
     * The same instance in another condition.
     *
     * @param other how it is
     * @return the instance
     */
    public Instance in(Condition other) {
        return new Instance(revision, ordinal, other);
    }
}
