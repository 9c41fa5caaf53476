package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.IsolatedEnvironment;

/** Brings files of earlier steps in, and keeps files for later ones. */
@Experimental
public interface StepArtifacts {

    /**
     * Copies what the step wants into an environment.
     *
     * @param environment the environment, created or running as its engine needs it
     * @throws StepFailedException if an earlier step did not keep what is wanted
     */
    void copyIn(IsolatedEnvironment environment);

    /**
     * Copies what the step keeps out of an environment.
     *
     * @param environment the environment
     * @throws StepFailedException if there is no such path inside
     */
    void copyOut(IsolatedEnvironment environment);

    /**
     * Whether anything is to be copied in.
     *
     * @return false if {@link #copyIn} does nothing
     */
    boolean hasIn();

    /**
     * Whether anything is to be copied out.
     *
     * @return false if {@link #copyOut} does nothing
     */
    boolean hasOut();
}
