package io.cofferdam.environment;

import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.NotReadyException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.PortTakenException;
import io.cofferdam.error.StartFailedException;
import io.cofferdam.error.UnsafePathException;
import io.cofferdam.error.UnsupportedCapabilityException;
import io.cofferdam.error.WrongStateException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A handle to one isolated unit of software on an engine: a process tree with a directory of its own, a container, a pod.
 *
 * <p>The handle stands for the environment's <em>name</em>: after an {@link #update} it goes on with the replacement.
 * All methods may be called from any thread; operations that change the environment run one after the other.
 *
 * <p>Every blocking call has a deadline, given or configured, and throws {@link OperationTimeoutException} within
 * 250 ms of it; an interrupt ends the call with {@link OperationInterruptedException} and leaves the interrupt flag set.
 * What the engine was doing at that moment may still finish. A call on an environment that is gone from the engine
 * throws {@link NotFoundException}; other faults are kinds of {@link CofferdamException}.
 */
public interface IsolatedEnvironment extends AutoCloseable {

    /**
     * The engine's identifier, which changes with an {@link #update}.
     *
     * @return for example a container id
     */
    String id();

    /**
     * The environment's name.
     *
     * @return unique on the engine
     */
    String name();

    /**
     * What the environment was made from; changes with an {@link #update}. Values of secrets that were set by another
     * JVM are read back from the engine.
     *
     * @return the specification, its name always set
     */
    EnvironmentSpec spec();

    /**
     * Asks the engine how the environment is.
     *
     * @return the status now; state {@link EnvironmentState#REMOVED} if the engine does not know it any more
     */
    EnvironmentStatus status();

    /**
     * Starts the environment and waits until it is ready, for as long as the specification allows. Does nothing but wait
     * if it runs already. If it does not become ready it is stopped again, and its logs are kept.
     *
     * @throws PortTakenException if a fixed host port is taken; nothing was started
     * @throws StartFailedException if it could not be started or ended before it was ready
     * @throws NotReadyException if it was not ready in time
     */
    default void start() {
        start(spec().startTimeout());
    }

    /**
     * As {@link #start()}, with another time.
     *
     * @param timeout how long it may take until it is ready, more than 0
     */
    void start(Duration timeout);

    /**
     * Waits until a running environment is ready.
     *
     * @param timeout how long to wait at the most
     * @throws WrongStateException if it was never started
     * @throws StartFailedException if it ended before it was ready
     * @throws NotReadyException if it was not ready in time
     */
    void awaitReady(Duration timeout);

    /**
     * Waits until the main process ended and its restart policy does not start it again. Driven by the engine's events.
     *
     * @param timeout how long to wait at the most
     * @return the exit code, 0 to 255; 128 + n for an end by signal n
     * @throws WrongStateException if it was never started
     * @throws OperationTimeoutException if it still ran when the time was over
     */
    int awaitExit(Duration timeout);

    /**
     * Stops the environment: its stop signal, then its grace period, then force. Its whole process tree is gone after
     * the return; its files are kept. Does nothing if it does not run.
     */
    default void stop() {
        stop(spec().stopGrace());
    }

    /**
     * As {@link #stop()}, with another grace period.
     *
     * @param grace how long to wait before it is forced; 0 forces at once
     */
    void stop(Duration grace);

    /** Stops the environment, if it runs, and starts it again. Fixed ports and files stay; chosen ports may change. */
    void restart();

    /**
     * Freezes all processes of the environment.
     *
     * @throws UnsupportedCapabilityException if the engine cannot
     * @throws WrongStateException if it does not run
     */
    void pause();

    /**
     * Lets the processes of a paused environment go on.
     *
     * @throws WrongStateException if it is not paused
     */
    void resume();

    /**
     * Replaces the environment by one of another specification under the same name. The old one is kept until the new
     * one is ready, and goes on as it was when the new one fails. Where both want the same fixed host port the old one
     * is stopped for the time of the change, else both run side by side. Files written inside are not taken over; use
     * volumes. If the old one is not running the new one is not started either.
     *
     * @param changed the new specification; its name and stack must be unchanged or unset
     * @throws io.cofferdam.error.InvalidInputException if the name or the stack is another one, or if this is an instance of a
     *     deployment, whose content a release decides
     * @throws CofferdamException whatever creating or starting the new one may throw; the old one then still serves
     */
    void update(EnvironmentSpec changed);

    /**
     * Keeps what the environment is now, without labels, see {@link #snapshot(String, Map)}.
     *
     * @param snapshot the name of the snapshot
     * @return the snapshot
     */
    default Snapshot snapshot(String snapshot) {
        return snapshot(snapshot, Map.of());
    }

    /**
     * Keeps what the environment is now: its files, its named volumes and its specification. It may run, be stopped or be
     * paused; one that runs is paused for as long as it takes, where the engine can, so that all its files are of the
     * same moment. On Docker the files become an image that shares its layers with those before it, so only what
     * changed is stored; on processes they are copied, by reference where the file system can.
     *
     * @param snapshot the name of the snapshot: 1 to 63 of {@code a-z}, {@code 0-9} and {@code -}
     * @param labels labels for the snapshot
     * @return the snapshot
     * @throws io.cofferdam.error.InvalidInputException if the name is none
     * @throws io.cofferdam.error.NameTakenException if the engine has a snapshot of that name
     * @throws io.cofferdam.error.StorageException if there is no room for it
     * @throws UnsupportedCapabilityException if the engine cannot
     */
    Snapshot snapshot(String snapshot, Map<String, String> labels);

    /**
     * Goes back to a snapshot of this environment: files, contents of named volumes and specification, under the same
     * name and with the same fixed ports. If the environment runs it is stopped, and what it goes back to is started; when
     * that does not become ready, or anything else fails, all is as it was before, save that the processes of one that
     * ran were started anew. Values of secret variables stay the present ones.
     *
     * @param snapshot a snapshot of an environment of this name, on this engine
     * @throws NotFoundException if the snapshot was removed
     * @throws io.cofferdam.error.InvalidInputException if the snapshot is of another environment or engine
     * @throws WrongStateException if another environment that runs uses one of the volumes
     * @throws CofferdamException whatever starting what it was may throw; the present state then is back
     */
    void restore(Snapshot snapshot);

    /**
     * Removes the environment, by force if it runs: processes, files and what was made for it alone. The network of its
     * stack goes with the last member. Does nothing if it is gone already.
     */
    void remove();

    /**
     * Runs a command inside, as the specification of the environment says: its directory, variables and user.
     *
     * @param command the program and its arguments; no shell is put in between
     * @return its exit code and output
     * @throws WrongStateException if the environment does not run
     */
    default ExecResult exec(String... command) {
        return exec(ExecSpec.of(command));
    }

    /**
     * Runs a command inside.
     *
     * @param exec what to run and how
     * @return its exit code and, where no sinks are given, its output. A program that cannot be started is exit code 126
     *     (found, not executable) or 127 (not found) with the reason on the standard error
     * @throws WrongStateException if the environment does not run
     * @throws OperationTimeoutException if it took longer than {@link ExecSpec#timeout()}
     */
    ExecResult exec(ExecSpec exec);

    /**
     * Starts a command inside and returns when it runs, so that it can be talked to.
     *
     * @param exec what to run and how; its timeout is that of the whole session
     * @return the running command, to be closed
     * @throws WrongStateException if the environment does not run
     * @throws UnsupportedCapabilityException if it is to have a terminal and the engine has none
     */
    ExecSession startExec(ExecSpec exec);

    /**
     * Connects to the main process: its output from now on, and its input where the specification opened it. Called before
     * the start of the environment, nothing of its output is missed.
     *
     * @param attach with which streams
     * @return the connection, to be closed
     * @throws WrongStateException if the environment has ended; or there is to be input, and its specification has none
     * @throws UnsupportedCapabilityException if the engine cannot; {@link #follow} and {@link #startExec} may do instead
     */
    Attachment attach(AttachSpec attach);

    /**
     * What the main process wrote so far.
     *
     * @return lines of both streams, oldest first; each stream in its own order
     */
    default List<LogLine> logs() {
        return logs(LogQuery.all());
    }

    /**
     * A part of what the main process wrote so far. Also of an environment that ended, or that failed to start.
     *
     * @param query which part
     * @return lines, oldest first; each stream in its own order
     */
    List<LogLine> logs(LogQuery query);

    /**
     * Copies a part of what the main process wrote so far, byte for byte.
     *
     * @param query which part
     * @param stdout where the standard output goes
     * @param stderr where the standard error goes; may be the same
     */
    void copyLogs(LogQuery query, OutputStream stdout, OutputStream stderr);

    /**
     * Delivers what matches the query, then every further line as it is written, until the environment ends or the
     * follower is closed. With {@link LogQuery#acrossRestarts()} it goes on over ends, restarts and updates until the
     * environment is removed.
     *
     * <p>A connection to the engine that breaks off meanwhile is made again, and the delivery goes on behind the last line
     * delivered; it fails when the engine has been away for the engine's call timeout.
     *
     * @param query which part of the past to begin with
     * @param consumer called from one thread at a time; if it throws, the delivery ends with that failure
     * @return a handle to end or await the delivery
     */
    LogFollower follow(LogQuery query, Consumer<LogLine> consumer);

    /**
     * Copies a file or directory of the host into the environment, permissions included. Symbolic links are copied as
     * links.
     *
     * @param source the host path
     * @param target the path inside that it is to have; missing parent directories are made. An existing directory of
     *     that name is merged with a copied directory; an existing file is replaced
     * @throws NotFoundException if there is no such host path
     * @throws UnsafePathException if the target leads out of the environment
     */
    void copyIn(Path source, String target);

    /**
     * Copies a file or directory out of the environment. Nothing is written outside the target, whatever names and links
     * are found inside.
     *
     * @param source the path inside
     * @param target the host path that it is to have; missing parent directories are made
     * @throws NotFoundException if there is no such path inside
     * @throws UnsafePathException if the source leads out of the environment, or holds a link that leads out of the target
     */
    void copyOut(String source, Path target);

    /**
     * Where a published TCP port is reached.
     *
     * @param port the port inside
     * @return the address to connect to
     * @throws NotFoundException if the specification does not publish the port
     * @throws WrongStateException if the environment does not run
     */
    Endpoint endpoint(int port);

    /**
     * What the environment uses now.
     *
     * @return the figures
     * @throws WrongStateException if it does not run
     * @throws UnsupportedCapabilityException if the engine does not tell
     */
    ResourceUsage usage();

    /**
     * Lets go of the environment: removes it if its lifetime is {@link Lifetime#session()} and this JVM's session made it,
     * else does nothing to it. The handle can still be asked afterwards.
     */
    @Override
    void close();
}
