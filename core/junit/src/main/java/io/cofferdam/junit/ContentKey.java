package io.cofferdam.junit;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.error.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A digest of what an environment is made from, the contents of a template folder and the values of secrets included; what it is
 * called and how long it lives are not part of it.
 */
final class ContentKey {

    private static final int DIGITS = 12;

    private ContentKey() {}

    static String of(EnvironmentSpec spec) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
        List<Object> parts = List.of(
                spec.image(),
                spec.entrypoint(),
                spec.command(),
                new TreeMap<>(spec.env()),
                spec.ports(),
                spec.mounts(),
                spec.limits(),
                new TreeMap<>(spec.labels()),
                spec.aliases(),
                new TreeMap<>(spec.networks()),
                spec.healthCheck(),
                spec.readiness(),
                spec.restart(),
                spec.workingDirectory(),
                spec.user(),
                spec.stopSignal(),
                spec.hasOpenStdin(),
                spec.hasTerminal());
        for (Object part : parts) {
            add(digest, part.toString());
        }
        spec.template().ifPresent(folder -> addFolder(digest, folder));
        return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
    }

    private static void addFolder(MessageDigest digest, Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted().forEach(file -> addFile(digest, folder, file));
        } catch (IOException e) {
            throw unreadable(folder, e);
        } catch (UncheckedIOException e) {
            throw unreadable(folder, e);
        }
    }

    private static void addFile(MessageDigest digest, Path folder, Path file) {
        try {
            add(digest, folder.relativize(file).toString());
            if (Files.isSymbolicLink(file)) {
                add(digest, Files.readSymbolicLink(file).toString());
            } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                add(digest, Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StorageException unreadable(Path folder, Exception cause) {
        return new StorageException(
                "could not read the template folder " + folder + " to compare its content: " + cause.getMessage(),
                cause);
    }

    private static void add(MessageDigest digest, String text) {
        add(digest, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The length first, so that no two lists of parts are the same bytes. */
    private static void add(MessageDigest digest, byte[] bytes) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        digest.update(bytes);
    }
}
