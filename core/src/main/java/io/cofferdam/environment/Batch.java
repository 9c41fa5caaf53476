package io.cofferdam.environment;

import io.cofferdam.api.Experimental;
import java.util.function.Consumer;

/**
 * Several environments to do the same with. Each operation runs on them in parallel, with bounded concurrency; a failure
 * of one does not touch the others. Thread-safe.
 */
public interface Batch {

    /**
     * Starts each, as {@link IsolatedEnvironment#start()}.
     *
     * @return how it went, for each
     */
    default BatchResult start() {
        return each(IsolatedEnvironment::start);
    }

    /**
     * Stops each, as {@link IsolatedEnvironment#stop()}.
     *
     * @return how it went, for each
     */
    default BatchResult stop() {
        return each(IsolatedEnvironment::stop);
    }

    /**
     * Restarts each, as {@link IsolatedEnvironment#restart()}.
     *
     * @return how it went, for each
     */
    default BatchResult restart() {
        return each(IsolatedEnvironment::restart);
    }

    /**
     * Removes each, as {@link IsolatedEnvironment#remove()}.
     *
     * @return how it went, for each
     */
    default BatchResult remove() {
        return each(IsolatedEnvironment::remove);
    }

    /**
     * The same environments, with another way to take failures: the first one calls the others off. What is under way for them
     * is interrupted and undone as after any interrupt (an environment that was being started is stopped again), and nothing
     * is begun any more. What was done before the failure stays done.
     *
     * <pre>{@code
     * environments.select(names).cancellingSiblings().start().orThrow();
     * }</pre>
     *
     * @return a batch whose results have the failure itself, and an {@link io.cofferdam.error.OperationInterruptedException}
     *     for each environment that was called off
     */
    @Experimental
    Batch cancellingSiblings();

    /**
     * Does something with each.
     *
     * @param operation called once for each environment, from several threads at once
     * @return how it went, for each
     * @throws io.cofferdam.error.OperationInterruptedException if the calling thread was interrupted; operations under
     *     way are interrupted as well
     */
    BatchResult each(Consumer<IsolatedEnvironment> operation);
}
