package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the holder of a lease writes in one transaction: all of it or nothing.
 *
 * @param record the deployment as it is to be, with the revision that was read, or null to leave it alone
 * @param journal lines for the journal, without numbers
 * @param events what happened, without numbers
 * @param project the state of the project as it is to be, or null to leave it alone
 * @param release a release to be kept, or null; one with the same id is kept as it is
 * @param handled the numbers of the signals that are dealt with
 */
@Experimental
public record Change(
        @Nullable DeploymentRecord record,
        List<JournalEntry> journal,
        List<DeploymentEvent> events,
        @Nullable ProjectState project,
        @Nullable StoredRelease release,
        List<Long> handled) {

    /** Nothing at all. */
    public static final Change NONE = new Change(null, List.of(), List.of(), null, null, List.of());

    public Change {
        journal = List.copyOf(journal);
        events = List.copyOf(events);
        handled = List.copyOf(handled);
    }

    /**
     * The same change with a record.
     *
     * @param value the deployment as it is to be
     * @return the change
     */
    public Change record(DeploymentRecord value) {
        return new Change(Objects.requireNonNull(value, "value"), journal, events, project, release, handled);
    }

    /**
     * The same change with lines for the journal.
     *
     * @param value the lines
     * @return the change
     */
    public Change journal(List<JournalEntry> value) {
        return new Change(record, value, events, project, release, handled);
    }

    /**
     * The same change with events.
     *
     * @param value the events
     * @return the change
     */
    public Change events(List<DeploymentEvent> value) {
        return new Change(record, journal, value, project, release, handled);
    }

    /**
     * The same change with the state of the project.
     *
     * @param value the state as it is to be
     * @return the change
     */
    public Change project(ProjectState value) {
        return new Change(record, journal, events, value, release, handled);
    }

    /**
     * The same change with a release.
     *
     * @param value the release
     * @return the change
     */
    public Change release(StoredRelease value) {
        return new Change(record, journal, events, project, value, handled);
    }

    /**
     * The same change with signals that are dealt with.
     *
     * @param value their numbers
     * @return the change
     */
    public Change handled(List<Long> value) {
        return new Change(record, journal, events, project, release, value);
    }

    /**
     * Refuses what does not belong to one project: for stores.
     *
     * @param name the project
     * @throws IllegalArgumentException if a part of the change belongs to another one
     */
    public void requireProject(String name) {
        if (record != null) {
            StoreRules.requireSame(name, record.project(), "record");
        }
        events.forEach(event -> StoreRules.requireSame(name, event.project(), "event"));
        if (project != null) {
            StoreRules.requireSame(name, project.project(), "state of the project");
        }
        if (release != null) {
            StoreRules.requireSame(name, release.project(), "release");
        }
    }

    /**
     * What came of a change.
     *
     * @param record the deployment as it was written, or null if the change had none
     * @param events the events with their numbers
     */
    public record Written(@Nullable DeploymentRecord record, List<DeploymentEvent> events) {
        public Written {
            events = List.copyOf(events);
        }
    }
}
