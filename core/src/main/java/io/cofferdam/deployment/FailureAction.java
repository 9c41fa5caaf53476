package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;

/** What follows when a deployment fails. What served goes on serving in any case. */
@Experimental
public enum FailureAction {
    /** The last stable release is restored; without one the deployment ends as failed. */
    ROLLBACK,
    /** It waits for somebody to resume or cancel it. */
    PAUSE,
    /** It ends as failed and leaves everything as it is. */
    STOP
}
