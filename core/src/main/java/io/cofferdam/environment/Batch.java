package io.cofferdam.environment;

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
     * Does something with each.
     *
     * @param operation called once for each environment, from several threads at once
     * @return how it went, for each
     * @throws io.cofferdam.error.OperationInterruptedException if the calling thread was interrupted; operations under
     *     way are interrupted as well
     */
    BatchResult each(Consumer<IsolatedEnvironment> operation);
}
