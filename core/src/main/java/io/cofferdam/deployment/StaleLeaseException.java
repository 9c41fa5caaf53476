package io.cofferdam.deployment;

import io.cofferdam.error.CofferdamException;
import org.jspecify.annotations.Nullable;

/** Somebody else holds the project now: whoever gets this must touch neither store nor engine any more. */
public final class StaleLeaseException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is stale, and who came in between
     */
    public StaleLeaseException(String message) {
        super(message);
    }

    /**
     * Says who holds the project instead: for stores.
     *
     * @param lease the lease that is stale
     * @param latest the lease that the project has now, or null if it has none
     * @return the exception
     */
    public static StaleLeaseException of(Lease lease, @Nullable Lease latest) {
        return new StaleLeaseException("could not write to project '" + lease.project() + "' as '" + lease.owner()
                + "' with token " + lease.token() + ": "
                + (latest == null
                        ? "the lease was given back"
                        : "'" + latest.owner() + "' took the project over with token " + latest.token())
                + "; leave the project alone, or acquire it anew and read what is there");
    }
}
