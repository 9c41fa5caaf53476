package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.FileEntry;
import io.cofferdam.driver.FileSource;
import io.cofferdam.error.UnsafePathException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;

/**
 * Writes files from elsewhere into the directory of a snapshot. Owners are not taken over, nor is the permission to run as
 * the owner: these are numbers and rights of another system. Runs of zeros become holes.
 */
final class TreeWriter {

    private static final int PIECE = 64 * 1024;
    private static final Set<StandardOpenOption> NEW =
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE);

    private final SnapshotDirectory snapshot;
    private final Deadline deadline;
    private final String what;

    /** Directories get permissions and times last, for some forbid writing and all change when written to. */
    private final Deque<FileEntry> directories = new ArrayDeque<>();

    TreeWriter(SnapshotDirectory snapshot, Deadline deadline, String what) {
        this.snapshot = snapshot;
        this.deadline = deadline;
        this.what = what;
    }

    /** Tells how many bytes there were. */
    long write(int volumes, FileSource source) throws IOException {
        Files.createDirectory(snapshot.root());
        for (int i = 0; i < volumes; i++) {
            Files.createDirectory(snapshot.volume(i));
        }
        long size = 0;
        for (FileEntry entry = source.next(); entry != null; entry = source.next()) {
            Trees.check(deadline, what);
            size += entry.size();
            write(entry, source.content());
        }
        for (FileEntry directory = directories.pollLast(); directory != null; directory = directories.pollLast()) {
            settle(place(directory), directory);
        }
        return size;
    }

    private Path tree(FileEntry entry) {
        return entry.tree() == FileEntry.ROOT ? snapshot.root() : snapshot.volume(entry.tree());
    }

    private Path place(FileEntry entry) {
        return entry.path().isEmpty() ? tree(entry) : tree(entry).resolve(entry.path());
    }

    private void write(FileEntry entry, InputStream content) throws IOException {
        Path place = place(entry);
        if (!entry.path().isEmpty()) {
            parents(entry);
        }
        switch (entry.kind()) {
            case DIRECTORY -> {
                if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createDirectory(place);
                }
                directories.add(entry);
            }
            case SYMLINK -> Files.createSymbolicLink(place, target(entry, place));
            case HARDLINK -> Files.createLink(place, tree(entry).resolve(entry.link()));
            case FILE -> {
                file(place, content);
                settle(place, entry);
            }
        }
    }

    /** The source has no file below a link; that none is written through one is not left to that alone. */
    private void parents(FileEntry entry) throws IOException {
        Path directory = tree(entry);
        String[] names = entry.path().split("/", -1);
        for (int i = 0; i < names.length - 1; i++) {
            directory = directory.resolve(names[i]);
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                    throw new UnsafePathException(
                            what + " failed: '" + entry.path() + "' is below something that is no directory");
                }
                Files.createDirectory(directory);
            }
        }
    }

    private Path target(FileEntry entry, Path place) {
        Path parent = place.getParent();
        if (!entry.link().startsWith("/")) {
            return Path.of(entry.link());
        }
        if (entry.tree() != FileEntry.ROOT || parent == null) {
            throw new UnsafePathException(what + " failed: '" + entry.path() + "' in a volume is a link to '"
                    + entry.link() + "', which leads out of it; nothing was imported");
        }
        // An environment of processes has its root somewhere on the host, so the link says the way to it.
        Path inside = tree(entry).resolve(entry.link().replaceFirst("^/+", "")).normalize();
        return parent.equals(inside) ? Path.of(".") : parent.relativize(inside);
    }

    private void file(Path place, InputStream content) throws IOException {
        try (SeekableByteChannel out = Files.newByteChannel(place, NEW, Permissions.file())) {
            byte[] piece = new byte[PIECE];
            long size = 0;
            boolean hole = false;
            int count = content.readNBytes(piece, 0, PIECE);
            while (count > 0) {
                Trees.check(deadline, what);
                hole = isZero(piece, count);
                if (hole) {
                    out.position(size + count);
                } else {
                    ByteBuffer bytes = ByteBuffer.wrap(piece, 0, count);
                    while (bytes.hasRemaining()) {
                        out.write(bytes);
                    }
                }
                size += count;
                count = content.readNBytes(piece, 0, PIECE);
            }
            if (hole) {
                out.position(size - 1);
                out.write(ByteBuffer.wrap(new byte[1]));
            }
        }
    }

    private static boolean isZero(byte[] piece, int count) {
        for (int i = 0; i < count; i++) {
            if (piece[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static void settle(Path place, FileEntry entry) throws IOException {
        if (Host.hasPermissions()) {
            Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
            PosixFilePermission[] all = {
                PosixFilePermission.OTHERS_EXECUTE, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_READ,
                PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_READ,
                PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_READ
            };
            for (int bit = 0; bit < all.length; bit++) {
                if ((entry.mode() & (1 << bit)) != 0) {
                    permissions.add(all[bit]);
                }
            }
            Files.setPosixFilePermissions(place, permissions);
        }
        Files.setLastModifiedTime(place, FileTime.from(entry.modified()));
    }
}
