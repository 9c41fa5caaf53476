package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;

/** What a deployment is for. */
@Experimental
public enum DeploymentKind {
    /** Brings a release. */
    DEPLOY,
    /** Brings back a release that was stable before, asked for by somebody. */
    ROLLBACK,
    /** Changes how many instances services of the stable release have. */
    SCALE,
    /** Removes everything of the project. */
    REMOVE
}
