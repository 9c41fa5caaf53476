package io.cofferdam.docker;

import io.cofferdam.driver.Temporary;
import io.cofferdam.error.UnsafePathException;
import io.cofferdam.error.WrongStateException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A folder beside the target of a copy, in which everything is put together before the target changes: what fails half-way
 * leaves the target as it was. Faults of the file system are unchecked while unpacking, to tell them from those of the
 * connection.
 */
final class Staging implements AutoCloseable {

    private static final int MAX_LINKS = 40;

    private final Path target;
    private final Path folder;
    private final Path content;

    /** The first parent of the target that had to be made, or null. */
    private final @Nullable Path madeParent;

    /** Folders get their modes last, because some forbid writing into them. */
    private final Map<List<String>, Integer> folderModes = new LinkedHashMap<>();

    private boolean done;
    private boolean closed;

    private Staging(Path target, Path folder, @Nullable Path madeParent) {
        this.target = target;
        this.folder = folder;
        this.content = folder.resolve("content");
        this.madeParent = madeParent;
    }

    static Staging beside(Path target) throws IOException {
        Path absolute = target.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        if (parent == null) {
            throw new IOException("the root of this host cannot be replaced");
        }
        Path made = null;
        for (Path path = parent; path != null && !Files.exists(path); path = path.getParent()) {
            made = path;
        }
        try {
            Files.createDirectories(parent);
            return new Staging(absolute, Temporary.folder(parent), made);
        } catch (IOException failure) {
            if (made != null) {
                deleteIfEmpty(parent, made);
            }
            throw failure;
        }
    }

    synchronized void directory(Operation operation, List<String> path, int mode) {
        Path directory = place(operation, path);
        try {
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(directory);
            }
            folderModes.put(path, mode);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Reads the content from the archive: that fault is the connection's. */
    void file(Operation operation, List<String> path, int mode, InputStream archive) throws IOException {
        OutputStream opened;
        Path file;
        synchronized (this) {
            file = place(operation, path);
            try {
                opened = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
        try (OutputStream out = opened) {
            byte[] buffer = new byte[32 * 1024];
            for (int count = archive.read(buffer); count >= 0; count = archive.read(buffer)) {
                write(out, buffer, count);
            }
        }
        synchronized (this) {
            setMode(file, mode);
        }
    }

    private static void write(OutputStream out, byte[] bytes, int count) {
        try {
            out.write(bytes, 0, count);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    synchronized void link(Operation operation, List<String> path, String linkTarget) {
        Path link = place(operation, path);
        if (path.isEmpty() || linkTarget.startsWith("/") || Path.of(linkTarget).isAbsolute()) {
            throw leadsOut(operation, path, linkTarget);
        }
        try {
            Files.createSymbolicLink(link, Path.of(linkTarget));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    synchronized void hardLink(Operation operation, List<String> path, List<String> existing) {
        Path link = place(operation, path);
        Path file = place(operation, existing);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw leadsOut(operation, path, String.join("/", existing));
        }
        try {
            Files.createLink(link, file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Where an entry goes: below folders that are folders, never through a link. */
    private Path place(Operation operation, List<String> path) {
        if (closed) {
            throw new UncheckedIOException(new IOException("given up"));
        }
        Path place = content;
        for (int i = 0; i < path.size(); i++) {
            boolean inFolder = Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS);
            if (!inFolder) {
                throw new UnsafePathException(operation.failed("the archive has an entry '" + String.join("/", path)
                        + "' that is not in a directory of its own, so it may lead out of the target"));
            }
            place = place.resolve(path.get(i));
        }
        return place;
    }

    /** Follows every link as the system would, now that all of them are there: each must stay within the target. */
    synchronized void checkLinks(Operation operation) {
        try {
            Files.walkFileTree(content, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (attributes.isSymbolicLink() && !staysInside(file)) {
                        throw leadsOut(
                                operation,
                                List.of(content.relativize(file).toString()),
                                Files.readSymbolicLink(file).toString());
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException empty) {
            // Nothing was in the archive that can be copied; moving tells.
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private boolean staysInside(Path link) throws IOException {
        List<String> at = new ArrayList<>();
        Deque<String> ahead = new ArrayDeque<>();
        content.relativize(link).forEach(part -> ahead.add(part.toString()));
        int links = 0;
        while (!ahead.isEmpty()) {
            String part = ahead.poll();
            if (part.isEmpty() || part.equals(".")) {
                continue;
            }
            if (part.equals("..")) {
                if (at.isEmpty()) {
                    return false;
                }
                at.remove(at.size() - 1);
                continue;
            }
            at.add(part);
            Path here = content.resolve(String.join("/", at));
            if (Files.isSymbolicLink(here)) {
                String next = Files.readSymbolicLink(here).toString();
                if (next.startsWith("/") || ++links > MAX_LINKS) {
                    return !next.startsWith("/"); // a circle leads nowhere
                }
                at.remove(at.size() - 1);
                String[] parts = next.split("/", -1);
                for (int i = parts.length - 1; i >= 0; i--) {
                    ahead.addFirst(parts[i]);
                }
            }
        }
        return true;
    }

    private static UnsafePathException leadsOut(Operation operation, List<String> path, String linkTarget) {
        return new UnsafePathException(operation.failed("'" + String.join("/", path) + "' is a link to '" + linkTarget
                + "', which leads out of the target; copy what it links to by its own path"));
    }

    /** Puts what is complete into its place: a directory is merged with an existing one, a file replaces a file. */
    synchronized void moveToTarget(Operation operation) throws IOException {
        if (!Files.exists(content, LinkOption.NOFOLLOW_LINKS)) {
            throw new WrongStateException(operation.failed("it is neither a file nor a directory"));
        }
        boolean directory = Files.isDirectory(content, LinkOption.NOFOLLOW_LINKS);
        boolean exists = Files.exists(target, LinkOption.NOFOLLOW_LINKS);
        boolean ontoDirectory = Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS);
        if (exists && directory != ontoDirectory) {
            throw new WrongStateException(operation.failed("a file and a directory cannot replace each other"));
        }
        if (exists && directory) {
            checkMerge(operation);
            merge();
        } else {
            Files.move(content, target, StandardCopyOption.REPLACE_EXISTING);
        }
        List<List<String>> deepestFirst = new ArrayList<>(folderModes.keySet());
        deepestFirst.sort((a, b) -> Integer.compare(b.size(), a.size()));
        for (List<String> path : deepestFirst) {
            setMode(target.resolve(String.join("/", path)), folderModes.getOrDefault(path, 0755));
        }
        done = true;
    }

    private void checkMerge(Operation operation) throws IOException {
        Files.walkFileTree(content, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return check(directory, true);
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                return check(file, false);
            }

            private FileVisitResult check(Path path, boolean directory) {
                Path onto = target.resolve(content.relativize(path).toString());
                if (Files.exists(onto, LinkOption.NOFOLLOW_LINKS)
                        && Files.isDirectory(onto, LinkOption.NOFOLLOW_LINKS) != directory) {
                    throw new WrongStateException(
                            operation.failed("'" + onto + "': a file and a directory cannot replace each other"));
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void merge() throws IOException {
        Files.walkFileTree(content, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Path onto = target.resolve(content.relativize(directory).toString());
                if (!Files.isDirectory(onto, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createDirectory(onto);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path onto = target.resolve(content.relativize(file).toString());
                Files.move(file, onto, StandardCopyOption.REPLACE_EXISTING);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void setMode(Path path, int mode) {
        try {
            Files.setPosixFilePermissions(path, Modes.permissions(mode));
        } catch (UnsupportedOperationException withoutPermissions) {
            // This file system has none to keep.
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Removes what did not get into its place. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
        Path parent = target.getParent();
        if (!done && madeParent != null && parent != null) {
            deleteIfEmpty(parent, madeParent);
        }
    }

    /** Takes back the parents that were made, unless somebody else put something into them. */
    private static void deleteIfEmpty(Path lowest, Path highest) throws IOException {
        for (Path path = lowest; path != null && path.startsWith(highest); path = path.getParent()) {
            try {
                Files.deleteIfExists(path);
            } catch (java.nio.file.DirectoryNotEmptyException inUse) {
                return;
            }
        }
    }
}
