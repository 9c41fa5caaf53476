package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.Capability;
import io.cofferdam.engine.EngineInfo;
import io.cofferdam.environment.AttachSpec;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.ResourceUsage;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.resource.Images;
import io.cofferdam.resource.Network;
import io.cofferdam.resource.NetworkSpec;
import io.cofferdam.resource.Networks;
import io.cofferdam.resource.Volume;
import io.cofferdam.resource.Volumes;
import io.cofferdam.watcher.Sweeper;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a back end implements: the operations of its engine, each as small as the engine has it. A <em>unit</em> is the
 * engine's side of an environment: a container, a pod, a process with its directory.
 *
 * <p>Contract for all methods:
 * <ul>
 *   <li>They are called from any thread, several at once, also for the same unit.
 *   <li>A blocking method ends within 250 ms of its deadline with {@link OperationTimeoutException}, and within 250 ms of
 *       an interrupt with {@link OperationInterruptedException} and the interrupt flag set. It closes its request then.
 *   <li>An unknown id is {@link NotFoundException}; an engine that cannot be reached is
 *       {@link EngineUnavailableException}. Transient faults are retried inside, within the deadline, where doing it
 *       twice is harmless.
 *   <li>What a specification asks for beyond {@link #capabilities()} is refused before the call: a driver is never asked
 *       for what it declared missing.
 *   <li>Labels are kept as given and returned as given. Only units that carry the label
 *       {@link io.cofferdam.environment.Labels#ENVIRONMENT} are ever listed, watched or touched.
 *   <li>A method that fails leaves nothing behind that was not there before.
 * </ul>
 */
@Experimental
public interface EngineDriver extends AutoCloseable {

    /**
     * Asks the engine about itself.
     *
     * @param deadline until when
     * @return what it says
     */
    EngineInfo info(Deadline deadline);

    /**
     * What the engine can do, probed once when the driver was made.
     *
     * @return always the same
     */
    Capabilities capabilities();

    /**
     * Whether the engine runs on this host, so that host ports and paths are this JVM's.
     *
     * @return false for a remote engine
     */
    boolean isLocal();

    /**
     * Whether fixed host ports are ports of this host, wherever the engine runs, so that one that is taken can be found out
     * before a start.
     *
     * @return {@link #isLocal()} unless overridden
     */
    default boolean publishesOnThisHost() {
        return isLocal();
    }

    /**
     * Whether what is copied out of a unit is put together in a {@link Temporary#folder} beside its target first, which is to go
     * if this JVM is killed meanwhile.
     *
     * @return false unless the driver says so
     */
    default boolean stagesCopies() {
        return false;
    }

    /**
     * Makes a unit without starting it.
     *
     * @param request what to make
     * @param deadline until when
     * @return the engine's identifier
     * @throws NameTakenException if the engine has something of {@link CreateRequest#name()}; two simultaneous requests of
     *     one name never both succeed
     * @throws io.cofferdam.error.ImageNotFoundException if the engine does not have the image; nothing is pulled
     * @throws io.cofferdam.error.InvalidInputException with everything else that the engine refuses
     */
    String create(CreateRequest request, Deadline deadline);

    /**
     * Starts a unit; returns when its main process exists. Starting one that runs does nothing.
     *
     * @param id the unit
     * @param deadline until when
     * @throws io.cofferdam.error.PortTakenException if a fixed host port is taken; nothing runs then
     * @throws io.cofferdam.error.StartFailedException if the main process cannot be started; nothing runs then
     * @throws NotFoundException if the unit, or a network it belongs to, does not exist
     */
    void start(String id, Deadline deadline);

    /**
     * Ends all processes of a unit: the signal to its main process, the grace period, then force. Returns when none is
     * left. Stopping one that does not run does nothing. The restart policy of an engine does not start it again.
     *
     * @param id the unit
     * @param signal the name of a POSIX signal such as {@code SIGTERM}, or a number
     * @param grace how long to wait before force is used; 0 uses it at once
     * @param deadline until when; at least the grace period from now
     */
    void stop(String id, String signal, Duration grace, Deadline deadline);

    /**
     * Freezes all processes of a unit. Needs {@link Capability#PAUSE}.
     *
     * @param id the unit
     * @param deadline until when
     * @throws WrongStateException if it does not run, or is frozen already
     */
    void pause(String id, Deadline deadline);

    /**
     * Lets all processes of a frozen unit go on. Needs {@link Capability#PAUSE}.
     *
     * @param id the unit
     * @param deadline until when
     * @throws WrongStateException if it is not frozen
     */
    void resume(String id, Deadline deadline);

    /**
     * Gives a unit another name on the engine. Its labels stay.
     *
     * @param id the unit
     * @param name the new name
     * @param deadline until when
     * @throws NameTakenException if the engine has something of that name
     */
    void rename(String id, String name, Deadline deadline);

    /**
     * Removes a unit with its files, by force if it runs. Removing one that does not exist does nothing.
     *
     * @param id the unit
     * @param deadline until when
     */
    void remove(String id, Deadline deadline);

    /**
     * Asks how a unit is.
     *
     * @param id the unit's identifier, or its name on the engine
     * @param deadline until when
     * @return the facts
     * @throws NotFoundException if there is none, or none that carries our label
     */
    Unit inspect(String id, Deadline deadline);

    /**
     * Asks for all units that carry some labels, in one call where the engine can.
     *
     * @param selector the labels
     * @param deadline until when
     * @return the facts of each, in any order. {@link Unit#env()} may be empty here
     */
    List<Unit> list(LabelSelector selector, Deadline deadline);

    /**
     * Runs a command inside a running unit and waits for its end. Standard input, if there is any, is delivered to its
     * end and then closed on the command's side. At the deadline the command is ended where the engine can do that.
     *
     * @param id the unit
     * @param exec what to run
     * @param deadline until when
     * @return exit code and what was captured, up to {@link ExecSpec#CAPTURE_LIMIT} of each stream. 127 for a program that
     *     does not exist, 126 for one that cannot be executed
     * @throws WrongStateException if the unit does not run
     */
    ExecResult exec(String id, ExecSpec exec, Deadline deadline);

    /**
     * As {@link #exec(String, ExecSpec, Deadline)}, and tells when the command can be talked to. Its input may be a stream
     * that is written to meanwhile: what it has is sent at once.
     *
     * @param id the unit
     * @param exec what to run; with a terminal only where there is {@link Capability#TERMINAL}
     * @param control is told once, at the latest before the first byte of output
     * @param deadline until when
     * @return as the other
     */
    default ExecResult exec(String id, ExecSpec exec, StreamControl control, Deadline deadline) {
        control.connected(size -> {
            throw new IllegalStateException("the command was started without a terminal");
        });
        return exec(id, exec, deadline);
    }

    /**
     * Connects to the main process of a unit, which may not run yet, until that ends: output from now on, byte for byte, and
     * input to its end, which the main process then sees. An interrupt ends it. Needs {@link Capability#ATTACH}.
     *
     * @param id the unit
     * @param attach the streams; input only for units with open input
     * @param control is told when the connection stands
     * @param deadline until when
     */
    default void attach(String id, AttachSpec attach, StreamControl control, Deadline deadline) {
        capabilities().require(Capability.ATTACH, "follow its log, or talk to a command of its own");
        throw new UnsupportedOperationException("the driver has the capability and not the method");
    }

    /**
     * Copies what the main process wrote, byte for byte, each stream in its own order.
     *
     * @param id the unit
     * @param query which part
     * @param sink gets the bytes, from one thread
     * @param deadline until when
     */
    void copyLogs(String id, LogQuery query, LogSink sink, Deadline deadline);

    /**
     * Delivers lines that the main process wrote and, if wanted, goes on with each further one until the unit ends and all
     * of it is delivered. An interrupt ends it. {@link LineSplitter} turns bytes into lines.
     *
     * @param id the unit
     * @param query which part of the past
     * @param follow whether to go on
     * @param sink gets the lines, from one thread; if it throws, the delivery ends with that
     * @param deadline until when
     */
    void readLines(String id, LogQuery query, boolean follow, Consumer<LogLine> sink, Deadline deadline);

    /**
     * Opens a reading of a unit's output that can be taken up again after a restart of the unit or a break of the
     * connection. Engines whose logs have places of their own override this; the others need exact times.
     *
     * @param id the unit
     * @param query which part of the past to begin with
     * @return the reading; it holds nothing that had to be closed
     */
    default LogTail tail(String id, LogQuery query) {
        return new SeamTail(this, id, query, Clock.systemUTC());
    }

    /**
     * Copies a host file or directory to a path inside, as
     * {@link io.cofferdam.environment.IsolatedEnvironment#copyIn} promises.
     *
     * @param id the unit
     * @param source an existing host path
     * @param target the path inside
     * @param deadline until when
     */
    void copyIn(String id, Path source, String target, Deadline deadline);

    /**
     * Puts files into a unit that runs or not. Missing folders above them are made. One that is there is replaced. Owners
     * are those of the request where the engine can give files to others, and the unit's own user elsewhere.
     *
     * @param id the unit
     * @param files the files
     * @param deadline until when
     */
    default void place(String id, List<PlacedFile> files, Deadline deadline) {
        PlacedFile.copyEach(files, (source, target) -> copyIn(id, source, target, deadline));
    }

    /**
     * Copies a file or directory from inside to a host path, as
     * {@link io.cofferdam.environment.IsolatedEnvironment#copyOut} promises.
     *
     * @param id the unit
     * @param source the path inside
     * @param target the host path
     * @param deadline until when
     */
    void copyOut(String id, String source, Path target, Deadline deadline);

    /**
     * Asks what a running unit uses. Needs {@link Capability#USAGE}.
     *
     * @param id the unit
     * @param deadline until when
     * @return the figures
     * @throws WrongStateException if it does not run
     */
    ResourceUsage usage(String id, Deadline deadline);

    /**
     * Tells everything that happens to our units, whoever causes it. When the method returns, nothing that happens from
     * then on is missed; after a break of the connection the driver catches up by itself, or sends
     * {@link UnitEvent.Kind#RESYNC} where it cannot tell what it missed.
     *
     * @param sink gets the events, from one thread, in the engine's order; must not block
     * @return closes the watch; no event is delivered after the return
     */
    Watch watch(Consumer<UnitEvent> sink);

    /**
     * Whether the engine itself carries out health checks of this kind and tells of them by
     * {@link UnitEvent.Kind#HEALTH}. For the others the orchestrator asks.
     *
     * @param probe the kind of probe
     * @return true if the engine does it
     */
    default boolean checksHealth(Probe probe) {
        return false;
    }

    /**
     * Where this JVM can connect to a TCP port inside a running unit in order to find out whether the software inside
     * listens: an accepted connection has to come from that software, not from a proxy before it.
     *
     * @param unit the unit
     * @param port the port inside
     * @return empty if there is no such address; a published port is then tried with {@link #acceptsEarly()} in mind
     */
    default Optional<InetSocketAddress> probeAddress(Unit unit, int port) {
        return Optional.empty();
    }

    /**
     * Whether software listens on a TCP port inside a running unit, as the engine knows it without connecting. Asked where
     * {@link #probeAddress} is empty and the port is not published, as with an unpublished port in a network that is
     * closed to this JVM too.
     *
     * @param unit the unit
     * @param port the port inside
     * @return empty if the engine cannot tell
     */
    default Optional<Boolean> isListening(Unit unit, int port) {
        return Optional.empty();
    }

    /**
     * Whether published ports accept connections before the software inside listens, and close them at once.
     *
     * @return false if an accepted connection comes from the software itself
     */
    default boolean acceptsEarly() {
        return false;
    }

    /**
     * Claims the care for a unit whose restarts or health checks the engine leaves to the orchestrator, against other
     * JVMs.
     *
     * @param id the unit
     * @return gives the claim back; empty if another living JVM has it
     */
    default Optional<Watch> claim(String id) {
        return Optional.of(() -> {});
    }

    /**
     * Remembers with the unit what only the orchestrator knows, for other JVMs to see: the verdict of health checks and
     * the number of restarts of engines that leave these to it. Told by {@link #inspect} and {@link #list} from then on.
     *
     * @param id the unit
     * @param verdict the health and number of restarts
     */
    default void remember(String id, Verdict verdict) {}

    /**
     * Makes a network that does not exist yet. Asked for an address range only with {@link Capability#SUBNETS}, for an
     * internal network only with {@link Capability#NETWORK_ISOLATION}.
     *
     * @param spec what it is to be
     * @param labels all labels it is to carry, the library's and the caller's
     * @param deadline until when
     * @return the network
     * @throws NameTakenException if the engine has a network of that name; two simultaneous calls never both succeed
     * @throws io.cofferdam.error.InvalidInputException if the address range is in use
     */
    default Network createNetwork(NetworkSpec spec, Map<String, String> labels, Deadline deadline) {
        throw new UnsupportedOperationException("this back end cannot make networks explicitly");
    }

    /**
     * Makes a unit a member of a further network, also while it runs; does nothing if it is one. A unit that does not run
     * and is still bound to a network of that name that was removed is bound to the one that took its place, also if that
     * is the network of its stack. Needs {@link Capability#SEVERAL_NETWORKS}.
     *
     * @param id the unit
     * @param membership the network, and the names by which its members reach the unit
     * @param deadline until when
     * @throws NotFoundException if there is no such unit or network
     */
    default void connect(String id, CreateRequest.Membership membership, Deadline deadline) {
        throw new UnsupportedOperationException("this back end cannot connect units to networks");
    }

    /**
     * Takes a unit out of a network, also while it runs; does nothing if it is no member. Needs
     * {@link Capability#SEVERAL_NETWORKS}.
     *
     * @param id the unit
     * @param network the network's name without the configured prefix
     * @param deadline until when
     * @throws NotFoundException if there is no such unit or network
     */
    default void disconnect(String id, String network, Deadline deadline) {
        throw new UnsupportedOperationException("this back end cannot disconnect units from networks");
    }

    /**
     * Whether members of one network can be told apart by colour, see {@link #recolour}. Asked only where an environment cannot be
     * in several networks.
     *
     * @return false unless overridden
     */
    default boolean hasColours() {
        return false;
    }

    /**
     * Changes which members of its network a unit knows by name, also while it runs: those that have one of the same colours.
     * A unit that was made with a label {@link io.cofferdam.environment.Labels#COLOUR} has that one. Needs {@link #hasColours}.
     *
     * @param id the unit
     * @param colours one at least
     * @param deadline until when
     * @throws NotFoundException if there is no such unit, or if it is in no network
     */
    default void recolour(String id, Set<String> colours, Deadline deadline) {
        throw new UnsupportedOperationException("this back end knows no colours");
    }

    /**
     * Makes a named volume that does not exist yet. Needs {@link Capability#VOLUMES}.
     *
     * @param name its name without the configured prefix
     * @param labels all labels it is to carry, the library's and the caller's
     * @param deadline until when
     * @return the volume
     * @throws NameTakenException if the engine has a volume of that name; two simultaneous calls may both succeed where the
     *     engine cannot tell them apart
     */
    default Volume createVolume(String name, Map<String, String> labels, Deadline deadline) {
        throw new UnsupportedOperationException("this back end cannot make volumes explicitly");
    }

    /**
     * How a process beside this JVM removes what it leaves if it is killed. That process looks for the labels
     * {@link io.cofferdam.environment.Labels#OWNER} and {@link io.cofferdam.environment.Labels#LIFETIME}.
     *
     * @return empty if there is no such way; what is left then goes when the engine is opened the next time
     */
    default Optional<WatchPlan> watchPlan() {
        return Optional.empty();
    }

    /**
     * What removes that which a JVM has left on the engine, inside this JVM.
     *
     * @param owner the value of the label {@link io.cofferdam.environment.Labels#OWNER} that it carries; empty to ask whose
     *     things there are
     * @return that of {@link #watchPlan()} unless overridden; empty if there is no such way
     */
    default Optional<Sweeper> sweeper(String owner) {
        return watchPlan().map(plan -> {
            Map<String, String> settings = new HashMap<>(plan.settings());
            settings.put(Sweeper.OWNER, owner);
            return plan.factory().apply(settings);
        });
    }

    /**
     * Whether the engine knows that an owner is gone, which cannot be seen from this host: it has promised to be heard of, and
     * has not been for too long.
     *
     * @param owner the value of the label {@link io.cofferdam.environment.Labels#OWNER}
     * @param deadline until when
     * @return false if that is not known
     */
    default boolean hasExpired(String owner, Deadline deadline) {
        return false;
    }

    /**
     * Where copies of folders are kept that environments are made from, so that a release is always started from the files it
     * was deployed with. Needs {@link Capability#TEMPLATES}.
     *
     * @return a folder that need not exist yet; empty if the engine has no place on this host
     */
    default Optional<Path> artifacts() {
        return Optional.empty();
    }

    /**
     * The engine's images.
     *
     * @return always the same object; {@link Unsupported#images} where there are none
     */
    Images images();

    /**
     * The engine's networks: {@code ensure}, {@code find}, {@code list}, {@code members} and {@code remove}; the rest is built
     * on these and on the methods above.
     *
     * @return always the same object
     */
    Networks networks();

    /**
     * The engine's named volumes: {@code ensure}, {@code find}, {@code list}, {@code sizes} and {@code remove}; the rest is built
     * on these and on the method above.
     *
     * @return always the same object
     */
    Volumes volumes();

    /**
     * The engine's snapshots. Asked only where there is {@link Capability#SNAPSHOTS}.
     *
     * @return always the same object
     */
    default SnapshotStore snapshots() {
        return Unsupported.snapshots(capabilities());
    }

    /** Gives back every thread, socket and file; running calls end with {@code ClosedException}. Units are left alone. */
    @Override
    void close();
}
