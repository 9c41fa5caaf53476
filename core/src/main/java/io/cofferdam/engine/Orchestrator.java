package io.cofferdam.engine;

import io.cofferdam.environment.Environments;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.Snapshots;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.event.EventBus;
import io.cofferdam.resource.Images;
import io.cofferdam.resource.Networks;
import io.cofferdam.resource.Volumes;

/**
 * One open engine. Thread-safe; everything it hands out is as well. After {@link #close()} every call throws
 * {@link ClosedException}.
 */
public interface Orchestrator extends AutoCloseable {

    /**
     * Asks the engine about itself; also the way to check the connection.
     *
     * @return what it says now
     * @throws EngineUnavailableException if it cannot be reached
     */
    EngineInfo info();

    /**
     * What the engine can do, as probed when it was opened.
     *
     * @return its capabilities
     */
    Capabilities capabilities();

    /**
     * The configuration it was opened with.
     *
     * @return the configuration
     */
    EngineConfig config();

    /**
     * The isolated environments on the engine.
     *
     * @return always the same object
     */
    Environments environments();

    /**
     * The engine's images.
     *
     * @return always the same object
     */
    Images images();

    /**
     * The engine's networks.
     *
     * @return always the same object
     */
    Networks networks();

    /**
     * The engine's named volumes.
     *
     * @return always the same object
     */
    Volumes volumes();

    /**
     * The snapshots on the engine.
     *
     * @return always the same object
     */
    Snapshots snapshots();

    /**
     * What happens on the engine. Events begin to flow with the first call of this method, and concern every environment
     * this library made on the engine, by whichever JVM.
     *
     * @return the bus, closed together with the orchestrator
     */
    EventBus events();

    /**
     * Removes the environments of lifetime {@link Lifetime#session()} that this orchestrator made, lets go of all others,
     * and gives back every thread, socket and file. Calls that wait end with {@link ClosedException}. Does nothing the
     * second time.
     */
    @Override
    void close();
}
