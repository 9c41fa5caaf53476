package io.cofferdam.pipeline;

import io.cofferdam.error.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where the files of a run are: output and artifacts.
 *
 * @param root the run's own folder
 */
record RunFolder(Path root) {

    private static final int NAME = 40;

    static RunFolder of(Path directory, String run) {
        return new RunFolder(directory.resolve("runs").resolve(run));
    }

    /**
     * The directory in which runs have their folders, for its owner alone.
     *
     * @param wanted where it is to be, made if it is not there; null for one of its own
     */
    static Path parent(@Nullable Path wanted) {
        try {
            if (wanted == null) {
                return Files.createTempDirectory("cofferdam-pipelines");
            }
            Path place = wanted.toAbsolutePath().normalize();
            if (Files.exists(place)) {
                return place;
            }
            Path above = place.getParent();
            if (above != null) {
                Files.createDirectories(above);
            }
            boolean isPosix =
                    place.getFileSystem().supportedFileAttributeViews().contains("posix");
            return isPosix
                    ? Files.createDirectory(
                            place, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
                    : Files.createDirectory(place);
        } catch (IOException failed) {
            throw new StorageException(
                    "could not make the directory of the pipeline engine: " + failed
                            + "; see whether its parent may be written",
                    failed);
        }
    }

    Path stdout(String step) {
        return root.resolve("output").resolve(fileName(step) + ".out");
    }

    Path stderr(String step) {
        return root.resolve("output").resolve(fileName(step) + ".err");
    }

    Path artifact(String step, String name) {
        return root.resolve("artifacts").resolve(fileName(step)).resolve(fileName(name));
    }

    /** A name for a file that no other name has, and that people recognise. */
    static String fileName(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]+", "-");
        String cut = plain.length() > NAME ? plain.substring(0, NAME) : plain;
        return cut + "-" + digest(name).substring(0, 8);
    }

    static String digest(String text) {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
