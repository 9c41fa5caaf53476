package io.cofferdam.driver;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What is in a folder that software is made from: its digest, and copies of it that nobody edits. The digest is over paths,
 * kinds, permissions and bytes, and over neither times nor the folder's own place. Links stay links.
 */
final class FolderContent {

    private static final String IGNORE_FILE = ".dockerignore";
    private static final boolean HAS_PERMISSIONS =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private final Path folder;
    private final IgnoreRules rules;
    private final String kept;
    private final Deadline deadline;

    private FolderContent(Path folder, IgnoreRules rules, String kept, Deadline deadline) {
        this.folder = folder;
        this.rules = rules;
        this.kept = kept;
        this.deadline = deadline;
    }

    /** What is done with each thing in the folder, those above before those in them. */
    private interface Visitor {
        void see(Path path, String name) throws IOException;
    }

    /** All of a folder. */
    static FolderContent of(Path folder, Deadline deadline) {
        return new FolderContent(folder, IgnoreRules.NONE, "", deadline);
    }

    /**
     * A folder that is built from, without what its {@code .dockerignore} leaves out.
     *
     * @param dockerfile a file that belongs to it all the same
     */
    static FolderContent toBuildFrom(Path folder, String dockerfile, Deadline deadline) {
        Path ignored = folder.resolve(IGNORE_FILE);
        try {
            IgnoreRules rules = Files.isRegularFile(ignored)
                    ? IgnoreRules.parse(Files.readString(ignored, StandardCharsets.UTF_8))
                    : IgnoreRules.NONE;
            return new FolderContent(folder, rules, dockerfile, deadline);
        } catch (IllegalArgumentException malformed) {
            InvalidInputException invalid = new InvalidInputException(
                    "folder '" + folder + "'",
                    List.of(Problem.at(IGNORE_FILE, String.valueOf(malformed.getMessage()))));
            invalid.initCause(malformed);
            throw invalid;
        } catch (IOException unreadable) {
            throw unreadable(ignored, unreadable);
        }
    }

    /** 64 hexadecimal digits. */
    String digest() {
        MessageDigest digest = InstanceNames.sha256();
        try {
            walk(folder, "", (path, name) -> add(digest, path, name));
        } catch (IOException unreadable) {
            throw unreadable(folder, unreadable);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * A copy in a folder of copies, which is made unless there is one: complete or not at all, and by as many as want it.
     *
     * @return the folder, whose name is the digest of what is in it
     */
    Path copyBelow(Path copies) {
        Path present = copies.resolve(digest());
        if (Files.isDirectory(present)) {
            return present;
        }
        Path prepared = copies.resolve("." + UUID.randomUUID());
        try {
            createDirectories(copies);
            createDirectories(prepared);
            try {
                walk(folder, "", (path, name) -> copy(path, prepared.resolve(name)));
                walk(folder, "", (path, name) -> permissions(path, prepared.resolve(name)));
                // Whoever edits the folder meanwhile gets a copy that is named after what is in it all the same.
                Path copy = copies.resolve(of(prepared, deadline).digest());
                if (!Files.isDirectory(copy)) {
                    moveInto(prepared, copy);
                }
                return copy;
            } finally {
                delete(prepared);
            }
        } catch (IOException failed) {
            throw new StorageException(
                    "could not copy '" + folder + "' to '" + copies + "': " + failed + "; see that there is room",
                    failed);
        }
    }

    private static void moveInto(Path prepared, Path copy) throws IOException {
        try {
            Files.move(prepared, copy, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException taken) {
            if (!Files.isDirectory(copy)) {
                throw taken;
            }
        }
    }

    private void walk(Path directory, String prefix, Visitor visitor) throws IOException {
        for (Path child : children(directory)) {
            deadline.check("reading '" + folder + "'");
            if (Thread.currentThread().isInterrupted()) {
                throw new OperationInterruptedException("reading '" + folder + "' was interrupted", null);
            }
            String name = prefix + child.getFileName();
            boolean isDirectory = Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS);
            boolean isIn = name.equals(kept)
                    || name.equals(IGNORE_FILE)
                    || kept.startsWith(name + "/")
                    || !rules.leavesOut(name);
            if (isIn || (isDirectory && rules.mayTakeBack())) {
                visitor.see(child, name);
                if (isDirectory) {
                    walk(child, name + "/", visitor);
                }
            }
        }
    }

    private static void add(MessageDigest digest, Path path, String name) throws IOException {
        if (Files.isSymbolicLink(path)) {
            add(digest, "link", name, Files.readSymbolicLink(path).toString());
        } else if (Files.isDirectory(path)) {
            add(digest, "folder", name, mode(path));
        } else if (Files.isRegularFile(path)) {
            add(digest, "file", name, mode(path));
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, Files.size(path)));
            try (InputStream in = Files.newInputStream(path)) {
                byte[] piece = new byte[64 * 1024];
                for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                    digest.update(piece, 0, count);
                }
            }
        }
    }

    private static void add(MessageDigest digest, String... texts) {
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
            digest.update(bytes);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        if (Files.isSymbolicLink(from)) {
            Files.createSymbolicLink(to, Files.readSymbolicLink(from));
        } else if (Files.isDirectory(from)) {
            createDirectories(to);
        } else if (Files.isRegularFile(from)) {
            Files.copy(from, to);
        }
    }

    /** Last, since nothing can be put into a directory that may not be written to. */
    private static void permissions(Path from, Path to) throws IOException {
        if (HAS_PERMISSIONS && !Files.isSymbolicLink(from) && Files.exists(to)) {
            Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
        }
    }

    private static String mode(Path path) throws IOException {
        return HAS_PERMISSIONS ? PosixFilePermissions.toString(Files.getPosixFilePermissions(path)) : "";
    }

    private static void createDirectories(Path directory) throws IOException {
        if (HAS_PERMISSIONS) {
            Set<PosixFilePermission> owner = PosixFilePermissions.fromString("rwx------");
            Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(owner));
        } else {
            Files.createDirectories(directory);
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            if (HAS_PERMISSIONS) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            }
            for (Path child : children(path)) {
                delete(child);
            }
        }
        Files.deleteIfExists(path);
    }

    private static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.sorted().toList();
        }
    }

    private static StorageException unreadable(Path path, IOException fault) {
        return new StorageException("could not read '" + path + "': " + fault + "; see that it can be read", fault);
    }
}
