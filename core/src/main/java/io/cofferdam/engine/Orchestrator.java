package io.cofferdam.engine;

import io.cofferdam.environment.Environments;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.Snapshots;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.event.EventBus;
import io.cofferdam.resource.Images;
import io.cofferdam.resource.Networks;
import io.cofferdam.resource.Volumes;
import io.cofferdam.workload.Workloads;
import java.util.List;

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
     * Copies of services, for deployments.
     *
     * @return the workloads; usable until the orchestrator is closed
     */
    Workloads workloads();

    /**
     * What happens on the engine. Events begin to flow with the first call of this method, and concern every environment
     * this library made on the engine, by whichever JVM.
     *
     * @return the bus, closed together with the orchestrator
     */
    EventBus events();

    /**
     * Tells what {@link #sweep()} would remove, and removes nothing; nor does the sweep in the background that follows the
     * first use, if that has not begun yet.
     *
     * @return the leftovers, environments first
     * @throws EngineUnavailableException if the engine cannot be reached
     * @throws OperationTimeoutException if it takes longer than the configured call timeout
     */
    List<Leftover> leftovers();

    /**
     * Removes what nobody will come back for: session environments, networks, volumes and images of JVMs that have ended,
     * environments whose time is over or whose parent is gone, and what an update left that was cut off. An orchestrator does
     * this by itself in the background when it is first used; failures of that are logged only.
     *
     * <p>An owner is taken for dead only for certain: its process is not there where all processes can be seen, or it belonged
     * to an earlier boot of this machine. What was made by a JVM that lives, by one of another host, by another user of the
     * process engine, or without this library's labels, is not touched.
     *
     * @return what was removed, environments first; empty on engines that cannot tell
     * @throws EngineUnavailableException if the engine cannot be reached
     * @throws EngineException if something could not be removed; the next sweep tries again
     * @throws OperationTimeoutException if it takes longer than the configured call timeout
     */
    List<Leftover> sweep();

    /**
     * Removes the environments of lifetime {@link Lifetime#session()} that this orchestrator made, lets go of all others,
     * and gives back every thread, socket and file. Calls that wait end with {@link ClosedException}. Does nothing the
     * second time.
     */
    @Override
    void close();
}
