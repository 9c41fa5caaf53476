package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps deployments, their events and journals, beyond the life of a JVM. Several engines, also in several JVMs, may use one store.
 * Thread-safe. Every operation is one transaction.
 *
 * <p>Anybody may add a deployment or a signal. Everything else about a project is written by the holder of its lease only, and
 * names the lease's token; a token that is not the project's latest one any more is refused, whatever the clock says. Times of
 * leases are those of the store, not of its callers.
 */
@Experimental
public interface DeploymentStore extends AutoCloseable {

    /**
     * A store that forgets everything with the JVM.
     *
     * @return an empty store
     */
    static DeploymentStore inMemory() {
        return inMemory(Clock.systemUTC());
    }

    /**
     * A store that forgets everything with the JVM, and goes by another clock.
     *
     * @param clock what the times of leases are taken from
     * @return an empty store
     */
    static DeploymentStore inMemory(Clock clock) {
        return new MemoryStore(clock);
    }

    /**
     * Adds a deployment that waits for its turn, together with its release and the event
     * {@link DeploymentEventType#SUBMITTED}, and a line of the audit.
     *
     * @param record the deployment; its number and its revision are given by the store
     * @param release the release it brings; null if it names one that is kept already, or none
     * @return the deployment as it was written, and its event
     * @throws io.cofferdam.error.NameTakenException if its id is taken
     * @throws io.cofferdam.error.NotFoundException if it names a release that is neither kept nor given
     */
    Change.Written submit(DeploymentRecord record, @Nullable StoredRelease release);

    /**
     * Adds a signal and a line of the audit.
     *
     * @param signal the signal; its number is given by the store
     * @param tenant on whose behalf; may be empty
     * @return the signal as it was written
     * @throws io.cofferdam.error.NotFoundException if there is no such deployment
     */
    Signal signal(Signal signal, String tenant);

    /**
     * Adds a line of the audit about something else.
     *
     * @param entry the line; its number is given by the store
     */
    void audit(AuditEntry entry);

    /**
     * Takes the lease of a project, if nobody holds it or its time is over, or renews nothing: the holder itself gets empty
     * too while its lease lasts.
     *
     * @param project the project; it need not be known
     * @param owner who wants it; unique for each controller
     * @param length for how long, more than 0
     * @return the lease with a new token; empty if it is held
     */
    Optional<Lease> acquire(String project, String owner, Duration length);

    /**
     * Renews a lease.
     *
     * @param lease the lease
     * @param length for how long from now
     * @return the lease with its new end; empty if somebody else took it meanwhile. One that ended and was not taken is renewed
     */
    Optional<Lease> renew(Lease lease, Duration length);

    /**
     * Gives a lease back, so that the next one need not wait for its end. Does nothing if somebody else took it meanwhile. What
     * is written under it afterwards is refused, and it cannot be renewed.
     *
     * @param lease the lease
     */
    void release(Lease lease);

    /**
     * Who holds a project, as far as a look can tell.
     *
     * @param project the project
     * @return empty if nobody does, or its time is over
     */
    Optional<Lease> holder(String project);

    /**
     * Writes a change.
     *
     * @param lease the lease of the project that everything in the change belongs to
     * @param change the change
     * @return what came of it
     * @throws StaleLeaseException if the lease's token is not the project's latest one
     * @throws StaleRecordException if the record was written by somebody else since it was read
     * @throws io.cofferdam.error.NotFoundException if there is no such deployment in the project, or it names a release that is
     *     neither kept nor given
     * @throws IllegalArgumentException if something in the change belongs to another project
     */
    Change.Written commit(Lease lease, Change change);

    /**
     * Finds a deployment.
     *
     * @param id its id
     * @return empty if there is none
     */
    Optional<DeploymentRecord> find(String id);

    /**
     * The deployments of a project that have not ended, the oldest first.
     *
     * @param project the project
     * @return the deployments
     */
    List<DeploymentRecord> unfinished(String project);

    /**
     * The deployments of a project, the newest first.
     *
     * @param project the project
     * @param before only those with a lower number; {@link Long#MAX_VALUE} for the first page
     * @param limit how many at the most, 1 or more
     * @return the deployments
     */
    List<DeploymentRecord> history(String project, long before, int limit);

    /**
     * The projects there are: those that ever had a deployment or a state.
     *
     * @return their names, sorted
     */
    List<String> projects();

    /**
     * The projects with a deployment that has not ended or a signal nobody dealt with, whose lease nobody holds.
     *
     * @return their names, sorted
     */
    List<String> ownerless();

    /**
     * The state of a project.
     *
     * @param project the project
     * @return empty if it never had one
     */
    Optional<ProjectState> project(String project);

    /**
     * Finds a release.
     *
     * @param id its id
     * @return empty if there is none
     */
    Optional<StoredRelease> release(String id);

    /**
     * The signals for a project that nobody dealt with, the oldest first.
     *
     * @param project the project
     * @return the signals
     */
    List<Signal> signals(String project);

    /**
     * The events of a project in the order they happened in.
     *
     * @param project the project
     * @param after only those with a higher number; 0 for all
     * @param limit how many at the most, 1 or more
     * @return the events
     */
    List<DeploymentEvent> events(String project, long after, int limit);

    /**
     * The events of one deployment in the order they happened in.
     *
     * @param deployment the id of the deployment
     * @param after only those with a higher number among the events of the project; 0 for all
     * @param limit how many at the most, 1 or more
     * @return the events
     */
    List<DeploymentEvent> eventsOf(String deployment, long after, int limit);

    /**
     * The journal of a deployment.
     *
     * @param deployment the id of the deployment
     * @return its lines in the order they were written in
     */
    List<JournalEntry> journal(String deployment);

    /**
     * Who asked for what, the newest first.
     *
     * @param project the project
     * @param before only lines with a lower number; {@link Long#MAX_VALUE} for the first page
     * @param limit how many at the most, 1 or more
     * @return the lines
     */
    List<AuditEntry> audit(String project, long before, int limit);

    /**
     * Forgets deployments that ended, with their journals, events and releases; never the stable one or one that would be gone back
     * to, never releases that others name, never what is under way. The audit is kept.
     *
     * @param project the project
     * @param keep how many of the newest ended deployments are kept, 0 or more
     * @param endedBefore only what ended before
     * @return how many were forgotten
     */
    int prune(String project, int keep, Instant endedBefore);

    /** Closes what the store itself opened. A store that is closed throws {@link io.cofferdam.error.ClosedException}. */
    @Override
    void close();
}
