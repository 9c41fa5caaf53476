package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A handle to one deployment, which works in the background, in this JVM or in another one. Thread-safe. Needs no closing.
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
     * What the store keeps of it now.
     *
     * @return the record as it was last written
     * @throws NotFoundException if it was forgotten meanwhile
     */
    DeploymentRecord record();

    /**
     * The project it changes.
     *
     * @return the project's name
     */
    default String project() {
        return record().project();
    }

    /**
     * Where it is.
     *
     * @return its status now
     */
    default DeploymentStatus status() {
        return record().status();
    }

    /**
     * How far it is.
     *
     * @return 0 to 100; never falls
     */
    default int progress() {
        return record().progress();
    }

    /**
     * What it is doing, or why it ended as it did.
     *
     * @return a sentence
     */
    default String message() {
        return record().message();
    }

    /**
     * Waits for its end.
     *
     * @param timeout how long to wait at the most
     * @return the record it ended with
     * @throws OperationTimeoutException if it has not ended by then; it goes on
     * @throws OperationInterruptedException if the thread is interrupted; it goes on
     */
    DeploymentRecord await(Duration timeout);

    /**
     * Its end as a future.
     *
     * @return completed with the record it ends with; cancelling the future does not cancel the deployment
     */
    CompletableFuture<DeploymentRecord> completion();

    /**
     * Tells of everything that happens in it, from its first event on, in order, at least once.
     *
     * @param listener called one event at a time, on a thread of the engine; should be quick
     * @return ends it when closed; it ends by itself after the last event
     */
    AutoCloseable follow(Consumer<DeploymentEvent> listener);

    /** Calls it off and restores the last stable release. Does nothing once it has ended. Returns at once. */
    void cancel();

    /** Ends the pause it is in, so that it goes on before its time. Returns at once; does nothing if it is in no pause. */
    void promote();

    /** Begins nothing new until it is resumed; what has begun is finished. Returns at once. */
    void pause();

    /** Goes on after {@link #pause} or after a failure it paused at. Returns at once. */
    void resume();

    /** The canary's word for {@link #cancel}: takes the traffic from the new instances first. Returns at once. */
    default void abort() {
        cancel();
    }
}
