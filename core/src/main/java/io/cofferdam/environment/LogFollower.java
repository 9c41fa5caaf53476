package io.cofferdam.environment;

import io.cofferdam.error.OperationInterruptedException;
import java.time.Duration;

/** A running delivery of an environment's output. Thread-safe. */
public interface LogFollower extends AutoCloseable {

    /**
     * Waits until there is nothing more to deliver: the environment ended (was removed, if the query follows restarts) and
     * everything it wrote was delivered, or the follower was closed, or the delivery failed.
     *
     * @param timeout how long to wait at the most
     * @return true if the delivery ended, false if the time ran out
     * @throws io.cofferdam.error.CofferdamException if the delivery failed, for example because the engine went away
     * @throws OperationInterruptedException if the thread was interrupted
     */
    boolean awaitEnd(Duration timeout);

    /** Ends the delivery. No line is delivered after the return, unless it is called from inside the consumer. */
    @Override
    void close();
}
