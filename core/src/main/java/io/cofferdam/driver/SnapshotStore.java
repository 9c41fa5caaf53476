package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Mount;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import java.util.List;
import java.util.Optional;

/**
 * What a back end with {@link io.cofferdam.engine.Capability#SNAPSHOTS} implements besides. The contract of
 * {@link EngineDriver} holds here too. A snapshot is there as a whole or not at all, whatever ends the JVM. A unit is made
 * from one by {@link CreateRequest#snapshot()}.
 */
@Experimental
public interface SnapshotStore {

    /**
     * Saves the files of a unit and its volumes, all of one moment where the engine can; a unit that ran goes on running
     * and one that was paused stays so.
     *
     * @param unit the unit
     * @param request what to make
     * @param deadline until when
     * @return what was made
     * @throws NameTakenException if there is a snapshot of that name; of simultaneous requests for one name at most one
     *     succeeds
     */
    SavedSnapshot save(String unit, SnapshotRequest request, Deadline deadline);

    /**
     * Finds a snapshot.
     *
     * @param name its name
     * @param deadline until when
     * @return empty if there is none
     */
    Optional<SavedSnapshot> find(String name, Deadline deadline);

    /**
     * All snapshots.
     *
     * @param deadline until when
     * @return in any order
     */
    List<SavedSnapshot> list(Deadline deadline);

    /**
     * Removes a snapshot; units made from it stay. Does nothing if there is none.
     *
     * @param name its name
     * @param deadline until when
     */
    void remove(String name, Deadline deadline);

    /**
     * Gives volumes the content that a snapshot has for the same target. They are not in use by anything that runs.
     *
     * @param snapshot the snapshot's identifier
     * @param unit the unit whose replacement gets them. While it has the name of its environment the exchange can still be
     *     undone, and the watcher or the next sweep does that if this JVM is killed; from its renaming on the exchange counts
     * @param mounts where which volumes are mounted; one without content in the snapshot is left alone, a missing one is
     *     made
     * @param deadline until when
     * @return the way back; if the method throws, the volumes are as they were
     */
    VolumeSwap swapVolumes(String snapshot, String unit, List<Mount.Volume> mounts, Deadline deadline);

    /**
     * A specification completed by what the engine adds by itself, so that another engine does the same: the command and
     * the working directory.
     *
     * @param snapshot the snapshot's identifier
     * @param spec the specification
     * @param deadline until when
     * @return the complete one
     */
    EnvironmentSpec portable(String snapshot, EnvironmentSpec spec, Deadline deadline);

    /**
     * Tells the files of a snapshot: of a unit with an image, what differs from that; then those of each volume.
     *
     * @param snapshot the snapshot's identifier
     * @param sink gets the files
     * @param deadline until when
     * @throws NotFoundException if the snapshot is not there any more
     */
    void send(String snapshot, FileSink sink, Deadline deadline);

    /**
     * Makes a snapshot of files from elsewhere.
     *
     * @param request what to make
     * @param source tells the files, checked: no path leads out or is there twice, nothing is below what is no directory
     * @param deadline until when
     * @return what was made
     */
    SavedSnapshot receive(SnapshotRequest request, FileSource source, Deadline deadline);

    /** The way back from other contents of volumes. Exactly one of its methods is called, once. */
    interface VolumeSwap {

        /**
         * Gives the volumes back what they held.
         *
         * @param deadline until when
         */
        void undo(Deadline deadline);

        /**
         * Forgets what they held.
         *
         * @param deadline until when
         */
        void keep(Deadline deadline);
    }
}
