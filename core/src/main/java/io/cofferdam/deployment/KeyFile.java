package io.cofferdam.deployment;

import io.cofferdam.error.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;

/** A key of 32 bytes in a file that only its owner can read: 64 hexadecimal digits and an end of line. */
final class KeyFile {

    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_OR_LESS = PosixFilePermissions.fromString("rwx------");
    private static final int MOST_BYTES = 1024;

    private final Path file;

    KeyFile(Path file) {
        this.file = file.toAbsolutePath();
    }

    /** Reads the key, and makes one first if there is no file. Several processes that do so at once get the same key. */
    byte[] readOrCreate() {
        try {
            if (Files.notExists(file)) {
                create();
            }
            return read();
        } catch (IOException e) {
            throw new StorageException(
                    "could not read the key for secrets from " + file + ": " + why(e)
                            + "; give a file in a folder that this user can read and write",
                    e);
        }
    }

    private byte[] read() throws IOException {
        if (isPosix() && !OWNER_OR_LESS.containsAll(Files.getPosixFilePermissions(file))) {
            throw new StorageException(
                    "could not read the key for secrets from " + file + ": others than its owner have rights to "
                            + "it (" + PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
                            + "); make it private with chmod 600, and change the key if others may have read it");
        }
        String text = Files.size(file) > MOST_BYTES
                ? ""
                : Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        if (text.length() != AesSeal.KEY_BYTES * 2 || !text.chars().allMatch(digit -> HexFormat.isHexDigit(digit))) {
            throw new StorageException(
                    "could not read the key for secrets from " + file
                            + ": it does not hold 64 hexadecimal digits; name the right file, or another one to have a key made");
        }
        return HexFormat.of().parseHex(text);
    }

    private void create() throws IOException {
        Path folder = Objects.requireNonNull(file.getParent(), "a key's file has a folder");
        Files.createDirectories(folder);
        byte[] key = new byte[AesSeal.KEY_BYTES];
        new SecureRandom().nextBytes(key);
        FileAttribute<?>[] rights = isPosix()
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER)}
                : new FileAttribute<?>[0];
        Path whole = Files.createTempFile(folder, file.getFileName() + ".", ".new", rights);
        try {
            try (FileChannel channel = FileChannel.open(whole, StandardOpenOption.WRITE)) {
                ByteBuffer text =
                        StandardCharsets.US_ASCII.encode(HexFormat.of().formatHex(key) + "\n");
                while (text.hasRemaining()) {
                    channel.write(text);
                }
                channel.force(true);
            }
            publish(whole);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    /** Gives the file its name when it is complete, and leaves the one alone that another process was first to make. */
    private void publish(Path whole) throws IOException {
        try {
            Files.createLink(file, whole);
        } catch (FileAlreadyExistsException someoneWasFirst) {
            return;
        } catch (UnsupportedOperationException noLinks) {
            try {
                Files.move(whole, file);
            } catch (FileAlreadyExistsException someoneWasFirst) {
                return;
            }
        }
    }

    private boolean isPosix() {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static String why(IOException e) {
        return e instanceof NoSuchFileException
                ? "there is no such file"
                : e.getClass().getSimpleName() + (e.getMessage() == null ? "" : " (" + e.getMessage() + ")");
    }
}
