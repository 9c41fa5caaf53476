package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import java.time.Instant;
import java.util.Objects;

/**
 * One file of a snapshot on its way between engines.
 *
 * @param tree which tree it is in: {@link #ROOT} for the environment's own files, else the number of a volume from 0
 * @param path its path in the tree, with {@code /} between names and none at its beginning; empty for the tree itself
 * @param kind what it is
 * @param mode its permissions, up to 07777
 * @param uid the number of its owner
 * @param gid the number of its group
 * @param modified when it was last changed
 * @param size bytes of its content; 0 if it is no file
 * @param link where a symbolic link leads, with a {@code /} at its beginning counted from the environment's root; or the
 *     path in the same tree of the file that a hard link is another name of; else empty
 */
@Experimental
public record FileEntry(
        int tree, String path, Kind kind, int mode, long uid, long gid, Instant modified, long size, String link) {

    /** The tree of the environment's own files. */
    public static final int ROOT = -1;

    /** What a file is. Nothing else moves between engines. */
    public enum Kind {
        /** Bytes. */
        FILE,
        /** A directory. */
        DIRECTORY,
        /** A symbolic link. */
        SYMLINK,
        /** Another name of a file told before. */
        HARDLINK
    }

    public FileEntry {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(modified, "modified");
        Objects.requireNonNull(link, "link");
    }
}
