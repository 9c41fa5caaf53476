package io.cofferdam.workload;

import io.cofferdam.api.Experimental;
import io.cofferdam.application.Application;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The copies of services on one engine. Every operation is harmless when it is done twice, also by two processes: instances have
 * names that follow from project, revision and ordinal, one that is there and carries its own labels is adopted, and one that
 * carries others is an error. Nothing but what carries the project's label is touched. Thread-safe.
 *
 * <p>What an instance needs beside its environment (networks, volumes, the files of secrets and configs) is made when the first
 * instance that needs it is started. Instances live until they are stopped here, also when the JVM ends.
 *
 * <p>Secrets and configs are files that are there before the program starts, at their absolute path with the value of the variable
 * {@code COFFERDAM_FILES} before it: that is empty where environments have a file system of their own, and the instance's own
 * directory on the process engine, where nothing is written to the host's {@code /run} or {@code /etc}. Configs may be read by all
 * (0444). Secrets may be read by the user that the instance runs as alone (0400), or by all (0444) if that is known by a name
 * only, which means something to the engine and nothing to the library. Numbers of owners and groups count where the engine
 * can give files away. A file below a mount in memory is not there: mounts cover what was placed.
 *
 * <p>External networks and volumes are those of that name, without the configured prefix, which this library made. A network's
 * address range is that of the usual colour; other colours are there at the same time and get another one.
 *
 * <p>Every blocking operation answers an interrupt with {@link io.cofferdam.error.OperationInterruptedException}.
 */
@Experimental
public interface Workloads {

    /**
     * Fetches and builds what a release is made from, and finds the revision of each service. Preparing what was prepared before
     * gives the same revisions and changes nothing.
     *
     * @param application the release
     * @param progress told in sentences what is being done
     * @param timeout how long it may take
     * @return the release to start instances from
     * @throws io.cofferdam.error.InvalidInputException if the engine cannot run services of the application, with every reason
     * @throws io.cofferdam.error.ImageNotFoundException if an image is neither there nor to be had
     * @throws io.cofferdam.error.BuildFailedException if an image cannot be built
     * @throws io.cofferdam.error.OperationTimeoutException if it takes longer than the timeout
     */
    Prepared prepare(Application application, Consumer<String> progress, Duration timeout);

    /**
     * All instances of a project, in one look at the engine.
     *
     * @param project the project
     * @param minReady how long an instance has to have been ready without a break to count as available, 0 or more
     * @return the instances, stopped ones among them
     */
    default List<InstanceStatus> list(String project, Duration minReady) {
        Objects.requireNonNull(minReady, "minReady");
        return list(project, service -> minReady);
    }

    /**
     * All instances of a project, in one look at the engine, by services of different patience.
     *
     * @param project the project
     * @param minReady gives by a service's name how long its instances have to have been ready without a break to count as
     *     available, 0 or more
     * @return the instances, stopped ones among them
     */
    List<InstanceStatus> list(String project, Function<String, Duration> minReady);

    /**
     * Finds one instance.
     *
     * @param project the project
     * @param revision its revision
     * @param ordinal its number
     * @return empty if it is not there
     */
    Optional<InstanceStatus> find(String project, Revision revision, int ordinal);

    /**
     * Creates an instance and starts it; one that is there and stopped is started. Does not wait until it is available.
     *
     * @param blueprint what it is made from
     * @param ordinal its number, 1 or more
     * @param timeout how long it may take
     * @return the instance
     * @throws io.cofferdam.error.StartFailedException if it cannot be started; nothing of it is left
     * @throws io.cofferdam.error.NameTakenException if something else has its name
     * @throws io.cofferdam.error.PortTakenException if it has a fixed port that is taken
     */
    InstanceStatus start(Blueprint blueprint, int ordinal, Duration timeout);

    /**
     * Waits until an instance is available: ready without a break for {@code minReady}.
     *
     * @param blueprint what it was made from
     * @param ordinal its number
     * @param minReady how long it has to be ready, 0 or more
     * @param timeout how long to wait
     * @return the instance
     * @throws io.cofferdam.error.NotReadyException if it ended, was restarted too often or is unhealthy, with its last lines
     * @throws io.cofferdam.error.NotFoundException if it is not there
     * @throws io.cofferdam.error.OperationTimeoutException if it is not available in time, with its last lines
     */
    InstanceStatus awaitAvailable(Blueprint blueprint, int ordinal, Duration minReady, Duration timeout);

    /**
     * Starts the only instance of a one-off service, unless it has been, and waits until it ends. One that failed before is
     * removed and run again. A restart policy that always starts it again is left out of account.
     *
     * @param blueprint what it is made from
     * @param timeout how long it may take
     * @return the instance, with the condition {@link Condition#SUCCEEDED}
     * @throws io.cofferdam.error.NotReadyException if it ended with another exit code than 0, with its last lines
     * @throws io.cofferdam.error.OperationTimeoutException if it has not ended in time; it is stopped
     */
    InstanceStatus runOnce(Blueprint blueprint, Duration timeout);

    /**
     * Stops an instance as its service asks for, by force after its grace, and removes it. Does nothing if it is not there.
     *
     * @param project the project
     * @param revision its revision
     * @param ordinal its number
     */
    void remove(String project, Revision revision, int ordinal);

    /**
     * Lets instances that are there already join another colour beside their own, or leave all but the given ones.
     * Where an engine cannot tell colours apart nothing happens, and {@link #hasColours} says so.
     *
     * @param blueprint the service whose instances of that revision are meant
     * @param colours the colours they are to be in
     */
    void join(Blueprint blueprint, Set<String> colours);

    /**
     * Whether names resolve within one colour only.
     *
     * @return false if all colours share their names on this engine
     */
    boolean hasColours();

    /**
     * Calls something whenever an instance of a project may have changed: started, ended, became healthy or unhealthy, was
     * removed, by whomever.
     *
     * @param project the project
     * @param changed called one at a time, on a thread of the engine's events; should be quick
     * @return ends it when closed
     */
    AutoCloseable watch(String project, Runnable changed);

    /**
     * Removes what no instance needs any more: networks of other colours than those in use, unless somebody is in them. The
     * copies of folders and the images that releases are made from stay, since any of them may be what a rollback goes back to.
     *
     * @param project the project
     * @param colours the colours that are still in use; none removes all networks of the project
     * @param volumes whether the project's volumes are removed too, with what is in them
     * @throws io.cofferdam.error.WrongStateException if a volume is in use; the others are gone then
     */
    void tidy(String project, Set<String> colours, boolean volumes);
}
