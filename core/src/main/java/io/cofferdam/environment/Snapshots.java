package io.cofferdam.environment;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.StorageException;
import io.cofferdam.error.UnsafePathException;
import io.cofferdam.error.UnsupportedCapabilityException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The snapshots on one engine. They are made by {@link IsolatedEnvironment#snapshot(String)}. Thread-safe; every call has
 * the deadline of transfers, {@code EngineConfig.pullTimeout()}, ends at an interrupt, and leaves nothing half-made when it
 * fails. Calls on an engine without snapshots throw {@link UnsupportedCapabilityException}.
 */
@Experimental
public interface Snapshots {

    /**
     * Finds a snapshot.
     *
     * @param name its name
     * @return empty if there is none of that name
     */
    Optional<Snapshot> find(String name);

    /**
     * Finds a snapshot that has to be there.
     *
     * @param name its name
     * @return the snapshot
     * @throws NotFoundException with the nearest names there are
     */
    Snapshot get(String name);

    /**
     * All snapshots that carry some labels.
     *
     * @param selector the labels
     * @return snapshots, by name
     */
    List<Snapshot> list(LabelSelector selector);

    /**
     * Makes an environment that begins as the snapshot, without starting it. It is independent of the one the snapshot is
     * of: its fixed host ports become chosen ones, and its named volumes become volumes of its own, called
     * {@code NAME-VOLUME}, which stay when it is removed, as all named volumes do. Secret variables are taken from the
     * environment the snapshot is of, while it is there.
     *
     * @param snapshot a snapshot on this engine
     * @param name the name of the new environment
     * @return its handle
     * @throws NameTakenException if an environment of the name, or one of the volumes, exists
     * @throws NotFoundException if the snapshot was removed
     * @throws InvalidInputException if there are secret variables whose values cannot be had any more
     */
    IsolatedEnvironment fork(Snapshot snapshot, String name);

    /**
     * Makes an environment of any specification that begins with the files of the snapshot, without starting it. Its image
     * and its template are the snapshot's, whatever the specification says. Each named volume of it that is mounted where
     * the snapshot has one is made with that content.
     *
     * @param snapshot a snapshot on this engine
     * @param spec usually made from {@link Snapshot#spec()}; a missing name is made up
     * @return its handle
     * @throws NameTakenException if an environment of the name, or one of those volumes, exists
     * @throws NotFoundException if the snapshot was removed
     * @throws CofferdamException as {@link Environments#create} throws it
     */
    IsolatedEnvironment fork(Snapshot snapshot, EnvironmentSpec spec);

    /**
     * Removes a snapshot. Environments made from it are not affected. Does nothing if it is gone already.
     *
     * @param name its name
     */
    void remove(String name);

    /**
     * Writes a snapshot to a portable archive, see {@link #exportTo(Snapshot, OutputStream)}. The file appears, or is
     * replaced, when the archive is complete.
     *
     * @param snapshot a snapshot on this engine
     * @param file the archive; it is compressed if the name ends with {@code .gz} or {@code .tgz}
     * @throws StorageException if the file cannot be written
     */
    void exportTo(Snapshot snapshot, Path file);

    /**
     * Writes a snapshot as a portable archive: a tar archive of a manifest, the environment's files and the contents of
     * its named volumes, which any engine with snapshots can import. Of a container it holds what differs from the image
     * the environment was made from; of a process, the whole directory. Secret values are not in it, nor are devices,
     * sockets and extended attributes.
     *
     * @param snapshot a snapshot on this engine
     * @param out gets the archive; is flushed and not closed
     * @throws NotFoundException if the snapshot was removed
     * @throws UnsafePathException if it holds a link that leads out of the environment
     * @throws StorageException if it cannot be written
     */
    void exportTo(Snapshot snapshot, OutputStream out);

    /**
     * Makes a snapshot from an archive, see {@link #importFrom(InputStream, ImportOptions)}.
     *
     * @param file the archive
     * @param options how
     * @return the snapshot
     * @throws NotFoundException if there is no such file
     */
    Snapshot importFrom(Path file, ImportOptions options);

    /**
     * Makes a snapshot from an archive that any engine exported, compressed or not. On an engine with images the files are
     * laid over an image: the one of the options, else the one of the archive's specification. The archive is not
     * trusted: names and links that lead out, devices, duplicates, and more than the options allow are refused, and
     * nothing is left of it then.
     *
     * @param in the archive; read to its end and not closed
     * @param options how
     * @return the snapshot
     * @throws NameTakenException if there is a snapshot of that name
     * @throws InvalidInputException if it is no archive of this library, is damaged or truncated, of a later version, or
     *     names no image where one is needed
     * @throws UnsafePathException if something in it leads out of the environment
     * @throws ImageNotFoundException if the image cannot be had
     */
    Snapshot importFrom(InputStream in, ImportOptions options);
}
