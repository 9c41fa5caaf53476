package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;

/** Where a deployment is. */
@Experimental
public enum DeploymentStatus {
    /** Accepted; waits for its turn. */
    PENDING,
    /** Its plan is being carried out. */
    IN_PROGRESS,
    /** Waits to be promoted or resumed. */
    PAUSED,
    /** It failed, and the last stable release is being restored. */
    ROLLING_BACK,
    /** Ended: every service is available in the target release. */
    COMPLETED,
    /** Ended: it failed, and nothing was or could be restored. */
    FAILED,
    /** Ended: the last stable release is restored. */
    ROLLED_BACK,
    /** Ended: it was called off, and the last stable release is restored. */
    CANCELLED,
    /** Ended: a newer deployment of the project took its place. */
    SUPERSEDED;

    /**
     * Whether it has ended.
     *
     * @return true if no other status can follow
     */
    public boolean isTerminal() {
        return switch (this) {
            case PENDING, IN_PROGRESS, PAUSED, ROLLING_BACK -> false;
            case COMPLETED, FAILED, ROLLED_BACK, CANCELLED, SUPERSEDED -> true;
        };
    }
}
