package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a store keeps of one deployment.
 *
 * @param id unique in the store
 * @param project the project it changes
 * @param number its place among the deployments of the project, from 1, without gaps
 * @param kind what it is for
 * @param version the application's version that it brings
 * @param release the id of the stored release that it brings; empty for a removal
 * @param strategy the strategy's name
 * @param options how it is to be done, as JSON that only the engine reads
 * @param status where it is
 * @param progress 0 to 100, never falling
 * @param message what it is doing, or why it ended as it did
 * @param isStable whether it ended with every service of its release available, so that one can go back to it
 * @param previous the id of the deployment that was stable when this one began, or null
 * @param rollbackVersion the version that was restored, or is being restored, or null
 * @param state what the engine keeps of its progress, as JSON that only the engine reads
 * @param user who asked for it; may be empty
 * @param tenant on whose behalf; may be empty
 * @param createdAt when it was asked for
 * @param started when its work began, or null
 * @param completed when it ended, or null
 * @param revision counts the writes; each write names the one it has read
 */
@Experimental
public record DeploymentRecord(
        String id,
        String project,
        long number,
        DeploymentKind kind,
        String version,
        String release,
        String strategy,
        String options,
        DeploymentStatus status,
        int progress,
        String message,
        boolean isStable,
        @Nullable String previous,
        @Nullable String rollbackVersion,
        String state,
        String user,
        String tenant,
        Instant createdAt,
        @Nullable Instant started,
        @Nullable Instant completed,
        long revision) {

    public DeploymentRecord {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(release, "release");
        Objects.requireNonNull(strategy, "strategy");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(createdAt, "createdAt");
        if (progress < 0 || progress > 100) {
            throw new IllegalArgumentException("a progress is 0 to 100, not " + progress);
        }
    }

    /**
     * When its work began.
     *
     * @return empty while it waits for its turn
     */
    public Optional<Instant> startedAt() {
        return Optional.ofNullable(started);
    }

    /**
     * When it ended.
     *
     * @return empty while it has not
     */
    public Optional<Instant> completedAt() {
        return Optional.ofNullable(completed);
    }

    /**
     * The version that was restored, or is being restored.
     *
     * @return empty if it was not rolled back
     */
    public Optional<String> restoredVersion() {
        return Optional.ofNullable(rollbackVersion);
    }

    /**
     * The deployment that was stable when this one began.
     *
     * @return the id of its record; empty if there was none
     */
    public Optional<String> previousId() {
        return Optional.ofNullable(previous);
    }

    /**
     * The same deployment at another stage.
     *
     * @param newStatus where it is
     * @param newProgress how far; the higher one counts
     * @param newMessage what it is doing
     * @return the record, with the same revision
     */
    public DeploymentRecord at(DeploymentStatus newStatus, int newProgress, String newMessage) {
        return new DeploymentRecord(
                id,
                project,
                number,
                kind,
                version,
                release,
                strategy,
                options,
                newStatus,
                Math.max(progress, newProgress),
                newMessage,
                isStable,
                previous,
                rollbackVersion,
                state,
                user,
                tenant,
                createdAt,
                started,
                completed,
                revision);
    }

    DeploymentRecord begun(Instant at, @Nullable String stable) {
        return new DeploymentRecord(
                id,
                project,
                number,
                kind,
                version,
                release,
                strategy,
                options,
                status,
                progress,
                message,
                isStable,
                stable,
                rollbackVersion,
                state,
                user,
                tenant,
                createdAt,
                at,
                completed,
                revision);
    }

    DeploymentRecord ended(Instant at, boolean stable) {
        return new DeploymentRecord(
                id,
                project,
                number,
                kind,
                version,
                release,
                strategy,
                options,
                status,
                progress,
                message,
                stable,
                previous,
                rollbackVersion,
                state,
                user,
                tenant,
                createdAt,
                started,
                at,
                revision);
    }

    DeploymentRecord restoring(String restored) {
        return new DeploymentRecord(
                id, project, number, kind, version, release, strategy, options, status, progress, message, isStable,
                previous, restored, state, user, tenant, createdAt, started, completed, revision);
    }

    DeploymentRecord with(String newRelease, String newVersion, String newState) {
        return new DeploymentRecord(
                id,
                project,
                number,
                kind,
                newVersion,
                newRelease,
                strategy,
                options,
                status,
                progress,
                message,
                isStable,
                previous,
                rollbackVersion,
                newState,
                user,
                tenant,
                createdAt,
                started,
                completed,
                revision);
    }

    /**
     * The same record after another write, or at another place: for stores.
     *
     * @param newNumber its place among the deployments of the project
     * @param newRevision counts the writes
     * @return the record
     */
    public DeploymentRecord stored(long newNumber, long newRevision) {
        return new DeploymentRecord(
                id,
                project,
                newNumber,
                kind,
                version,
                release,
                strategy,
                options,
                status,
                progress,
                message,
                isStable,
                previous,
                rollbackVersion,
                state,
                user,
                tenant,
                createdAt,
                started,
                completed,
                newRevision);
    }
}
