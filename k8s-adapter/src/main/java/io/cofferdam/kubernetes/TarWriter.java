package io.cofferdam.kubernetes;

import io.cofferdam.driver.PlacedFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Writes a file or a directory as an archive: permissions are kept, links stay links, everything belongs to root, and
 * sockets, pipes and devices are left out. A fault of the source is unchecked, one of the connection is not.
 */
final class TarWriter {

    private static final int DIRECTORY_MODE = 0755;
    private static final int FILE_MODE = 0644;

    private final Path source;
    private final List<String> names;

    /**
     * @param source what to write
     * @param names the path that it has in the archive; folders before the last name are made
     */
    TarWriter(Path source, List<String> names) {
        this.source = source;
        this.names = names;
    }

    void writeTo(OutputStream out) throws IOException {
        TarArchiveOutputStream tar = open(out);
        StringBuilder folder = new StringBuilder();
        for (String name : names.subList(0, Math.max(0, names.size() - 1))) {
            folder.append(name).append('/');
            TarArchiveEntry entry = new TarArchiveEntry(folder.toString());
            entry.setMode(DIRECTORY_MODE);
            put(tar, entry);
        }
        write(tar, source, String.join("/", names));
        tar.finish();
        tar.flush();
    }

    /** An archive without entries, whose names may be of any length and language. */
    static TarArchiveOutputStream open(OutputStream out) {
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8");
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
        return tar;
    }

    private void write(TarArchiveOutputStream tar, Path path, String name) throws IOException {
        if (writeOne(tar, path, name)) {
            for (Path child : children(path)) {
                write(tar, child, (name.isEmpty() ? "" : name + "/") + child.getFileName());
            }
        }
    }

    /** Writes a file, a link or a directory without what is in it: whether it is a directory. */
    static boolean writeOne(TarArchiveOutputStream tar, Path path, String name) throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        if (attributes.isSymbolicLink()) {
            TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
            entry.setLinkName(readLink(path));
            put(tar, entry);
        } else if (attributes.isDirectory()) {
            if (!name.isEmpty()) {
                TarArchiveEntry entry = new TarArchiveEntry(name + "/");
                entry.setMode(mode(path, DIRECTORY_MODE));
                entry.setModTime(attributes.lastModifiedTime());
                put(tar, entry);
            }
        } else if (attributes.isRegularFile()) {
            TarArchiveEntry entry = new TarArchiveEntry(name);
            entry.setMode(mode(path, FILE_MODE));
            entry.setModTime(attributes.lastModifiedTime());
            entry.setSize(attributes.size());
            writeFile(tar, path, entry);
        }
        return attributes.isDirectory();
    }

    /** Writes a file that is in memory. */
    static void writeBytes(TarArchiveOutputStream tar, String name, byte[] content, int mode) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setMode(mode);
        entry.setModTime(0);
        entry.setSize(content.length);
        prepare(entry);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    /** Writes a file that is in memory, with its owner. */
    static void writePlaced(TarArchiveOutputStream tar, String name, PlacedFile file) throws IOException {
        byte[] content = file.content();
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setMode(file.mode());
        entry.setModTime(0);
        entry.setSize(content.length);
        entry.setIds(file.uid(), file.gid());
        entry.setNames("", "");
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static void writeFile(TarArchiveOutputStream tar, Path path, TarArchiveEntry entry) throws IOException {
        InputStream opened;
        try {
            opened = Files.newInputStream(path);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        try (InputStream in = opened) {
            prepare(entry);
            tar.putArchiveEntry(entry);
            byte[] buffer = new byte[32 * 1024];
            long left = entry.getSize();
            while (left > 0) {
                int count = read(in, buffer, (int) Math.min(buffer.length, left));
                if (count < 0) {
                    throw new UncheckedIOException(new IOException(path + " became shorter while it was copied"));
                }
                tar.write(buffer, 0, count);
                left -= count;
            }
            tar.closeArchiveEntry();
        }
    }

    private static int read(InputStream in, byte[] buffer, int length) {
        try {
            return in.read(buffer, 0, length);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static void put(TarArchiveOutputStream tar, TarArchiveEntry entry) throws IOException {
        prepare(entry);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    private static void prepare(TarArchiveEntry entry) {
        entry.setIds(0, 0);
        entry.setNames("", "");
    }

    static List<Path> children(Path directory) {
        try (Stream<Path> children = Files.list(directory)) {
            return children.sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String readLink(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static int mode(Path path, int otherwise) {
        try {
            return Modes.mode(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
        } catch (UnsupportedOperationException withoutPermissions) {
            return otherwise;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
