package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.OperationTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A handle to one deployment of an application, which works in the background. Thread-safe.
 */
@Experimental
public interface Deployment {

    /**
     * Its identifier.
     *
     * @return unique in the store
     */
    String id();

    /**
     * The project it changes.
     *
     * @return the project's name
     */
    String project();

    /**
     * The version it brings.
     *
     * @return the application's version
     */
    String version();

    /**
     * The strategy it follows.
     *
     * @return the strategy's name
     */
    String strategy();

    /**
     * Where it is.
     *
     * @return its status now
     */
    DeploymentStatus status();

    /**
     * How far it is.
     *
     * @return 0 to 100; never falls
     */
    int progress();

    /**
     * What it is doing, or why it ended as it did.
     *
     * @return a sentence
     */
    String message();

    /**
     * Waits for its end.
     *
     * @param timeout how long to wait at the most
     * @return the status it ended with
     * @throws OperationTimeoutException if it has not ended by then; it goes on
     */
    DeploymentStatus await(Duration timeout);

    /**
     * Its end as a future.
     *
     * @return completed with the status it ends with; cancelling the future does not cancel the deployment
     */
    CompletableFuture<DeploymentStatus> completion();

    /** Calls it off and restores the last stable release. Does nothing once it has ended. */
    void cancel();
}
