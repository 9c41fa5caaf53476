package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.OperationInterruptedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Copies and deletes directory trees: symbolic links as links, permissions kept. */
final class Trees {

    private static final int PIECE = 1024 * 1024;
    private static final int DELETE_ATTEMPTS = 5;

    private Trees() {}

    /**
     * Copies a file, a link or a directory with all in it. A directory is merged into one that is there; anything else
     * that is in the way is replaced, a link never followed.
     *
     * @param source what to copy
     * @param target the path it is to have; its parent must exist
     * @param what the operation, for messages
     */
    static void copy(Path source, Path target, Deadline deadline, String what) throws IOException {
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                check(deadline, what);
                Path copy = target.resolve(source.relativize(directory).toString());
                if (!Files.isDirectory(copy, LinkOption.NOFOLLOW_LINKS)) {
                    Files.deleteIfExists(copy);
                    Files.createDirectory(copy);
                }
                // A directory that may not be written to must be filled before it gets its permissions.
                permissions(
                        directory,
                        copy,
                        EnumSet.of(
                                PosixFilePermission.OWNER_READ,
                                PosixFilePermission.OWNER_WRITE,
                                PosixFilePermission.OWNER_EXECUTE));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                check(deadline, what);
                Path copy = file.equals(source)
                        ? target
                        : target.resolve(source.relativize(file).toString());
                if (attributes.isSymbolicLink()) {
                    Files.deleteIfExists(copy);
                    Files.createSymbolicLink(copy, Files.readSymbolicLink(file));
                } else if (attributes.isRegularFile()) {
                    Files.deleteIfExists(copy);
                    bytes(file, copy, deadline, what);
                    permissions(file, copy, Set.of());
                } else {
                    throw new IOException(file + " is neither a file nor a directory nor a link");
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                permissions(
                        directory, target.resolve(source.relativize(directory).toString()), Set.of());
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** In pieces, so that a large file does not keep a caller beyond its deadline. */
    private static void bytes(Path source, Path target, Deadline deadline, String what) throws IOException {
        try (FileChannel in = FileChannel.open(source, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
                FileChannel out = FileChannel.open(
                        target, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), Permissions.file())) {
            ByteBuffer piece = ByteBuffer.allocate((int) Math.max(1, Math.min(PIECE, in.size())));
            while (in.read(piece) >= 0) {
                check(deadline, what);
                piece.flip();
                while (piece.hasRemaining()) {
                    out.write(piece);
                }
                piece.clear();
            }
        }
    }

    private static void permissions(Path from, Path to, Set<PosixFilePermission> besides) throws IOException {
        if (Host.hasPermissions()) {
            Set<PosixFilePermission> all = EnumSet.noneOf(PosixFilePermission.class);
            all.addAll(Files.getPosixFilePermissions(from));
            all.addAll(besides);
            Files.setPosixFilePermissions(to, all);
        }
    }

    static void check(Deadline deadline, String what) {
        deadline.check(what);
        if (Thread.currentThread().isInterrupted()) {
            throw new OperationInterruptedException(what + " was interrupted", null);
        }
    }

    /**
     * Deletes a file, or a directory with all in it; links themselves, never what they point to. Does nothing if it is
     * gone. Is not ended by an interrupt, since it cleans up.
     */
    static void delete(Path path) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                deleteOnce(path);
                return;
            } catch (DirectoryNotEmptyException writtenToMeanwhile) {
                // A process that is just being ended may have added a file behind our back.
                if (attempt == DELETE_ATTEMPTS) {
                    throw writtenToMeanwhile;
                }
            }
        }
    }

    private static void deleteOnce(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                if (!Files.isWritable(directory) || !Files.isExecutable(directory)) {
                    Permissions.set(directory, "rwx------");
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                if (failure instanceof AccessDeniedException
                        && Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)
                        && !Files.isReadable(file)) {
                    Permissions.set(file, "rwx------");
                    deleteOnce(file);
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
