package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import java.time.Duration;

/** What every store checks, and says, in the same way: for whoever writes one. */
@Experimental
public final class StoreRules {

    private StoreRules() {}

    /**
     * Checks how long a lease is to last.
     *
     * @param length more than 0
     * @throws IllegalArgumentException if it is not
     */
    public static void requireLength(Duration length) {
        if (length.isNegative() || length.isZero()) {
            throw new IllegalArgumentException("a lease lasts longer than 0, not " + length);
        }
    }

    /**
     * Checks the size of a page.
     *
     * @param limit 1 or more
     * @throws IllegalArgumentException if it is less
     */
    public static void requireLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("a page has 1 or more entries, not " + limit);
        }
    }

    /**
     * Checks how many deployments are to be kept.
     *
     * @param keep 0 or more
     * @throws IllegalArgumentException if it is less
     */
    public static void requireKeep(int keep) {
        if (keep < 0) {
            throw new IllegalArgumentException("0 or more deployments can be kept, not " + keep);
        }
    }

    /**
     * Checks that a part belongs to the project of the whole.
     *
     * @param expected the project of the whole
     * @param actual the project of the part
     * @param part what the part is
     * @throws IllegalArgumentException if they differ
     */
    public static void requireSame(String expected, String actual, String part) {
        if (!expected.equals(actual)) {
            throw new IllegalArgumentException(
                    "a " + part + " of project '" + actual + "' cannot be written with project '" + expected + "'");
        }
    }

    /**
     * There is such a deployment already.
     *
     * @param record what was to be added
     * @return the exception
     */
    public static NameTakenException taken(DeploymentRecord record) {
        return new NameTakenException("could not add deployment '" + record.id() + "' of project '" + record.project()
                + "' to the store: there is one with this id; give it another one");
    }

    /**
     * There is no such deployment.
     *
     * @param id its id
     * @param project where it was looked for
     * @return the exception
     */
    public static NotFoundException noDeployment(String id, String project) {
        return new NotFoundException("the store has no deployment '" + id + "' of project '" + project
                + "': it was never submitted, or was forgotten meanwhile; see the history of the project");
    }

    /**
     * There is no such release.
     *
     * @param record the deployment that names it
     * @return the exception
     */
    public static NotFoundException noRelease(DeploymentRecord record) {
        return new NotFoundException("the store has no release '" + record.release() + "', which deployment '"
                + record.id() + "' of project '" + record.project() + "' names; give the release with the deployment");
    }
}
