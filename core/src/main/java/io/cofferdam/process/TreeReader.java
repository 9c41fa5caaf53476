package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.FileEntry;
import io.cofferdam.driver.FileSink;
import io.cofferdam.error.UnsafePathException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;

/** Tells the files of a directory to whoever takes them elsewhere. */
final class TreeReader {

    private final FileSink sink;
    private final Deadline deadline;
    private final String what;

    /** The first name of each file that has several. */
    private final Map<Object, String> linked = new HashMap<>();

    TreeReader(FileSink sink, Deadline deadline, String what) {
        this.sink = sink;
        this.deadline = deadline;
        this.what = what;
    }

    void read(int tree, Path top) throws IOException {
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                tell(directory, attributes, FileEntry.Kind.DIRECTORY, "");
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isSymbolicLink()) {
                    tell(file, attributes, FileEntry.Kind.SYMLINK, link(file));
                } else if (attributes.isRegularFile()) {
                    String first = first(file);
                    tell(file, attributes, first.isEmpty() ? FileEntry.Kind.FILE : FileEntry.Kind.HARDLINK, first);
                }
                return FileVisitResult.CONTINUE;
            }

            private String inside(Path path) {
                return top.relativize(path).toString().replace(java.io.File.separatorChar, '/');
            }

            private String link(Path file) throws IOException {
                Path target = Files.readSymbolicLink(file);
                Path parent = file.getParent();
                boolean stays = !target.isAbsolute()
                        && parent != null
                        && parent.resolve(target).normalize().startsWith(top);
                if (!stays) {
                    throw new UnsafePathException(what + " failed: '" + inside(file) + "' is a link to '" + target
                            + "', which leads out of the environment and would mean something else elsewhere;"
                            + " replace it by what it links to");
                }
                return target.toString();
            }

            private String first(Path file) throws IOException {
                Map<String, Object> unix = unix(file);
                if (unix.isEmpty() || ((Number) unix.getOrDefault("nlink", 1)).intValue() < 2) {
                    return "";
                }
                String before = linked.putIfAbsent(unix.getOrDefault("ino", file), inside(file));
                return before == null ? "" : before;
            }

            private void tell(Path path, BasicFileAttributes attributes, FileEntry.Kind kind, String link)
                    throws IOException {
                Trees.check(deadline, what);
                Map<String, Object> unix = unix(path);
                FileEntry entry = new FileEntry(
                        tree,
                        inside(path),
                        kind,
                        ((Number) unix.getOrDefault("mode", kind == FileEntry.Kind.DIRECTORY ? 0755 : 0644)).intValue()
                                & 07777,
                        ((Number) unix.getOrDefault("uid", 0)).longValue(),
                        ((Number) unix.getOrDefault("gid", 0)).longValue(),
                        attributes.lastModifiedTime().toInstant(),
                        kind == FileEntry.Kind.FILE ? attributes.size() : 0,
                        link);
                if (kind != FileEntry.Kind.FILE) {
                    sink.put(entry, InputStream.nullInputStream());
                    return;
                }
                try (InputStream content = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
                    sink.put(entry, content);
                }
            }
        });
    }

    private static Map<String, Object> unix(Path path) throws IOException {
        return Host.hasPermissions()
                ? Files.readAttributes(path, "unix:mode,uid,gid,nlink,ino", LinkOption.NOFOLLOW_LINKS)
                : Map.of();
    }
}
