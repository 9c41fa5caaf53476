package io.cofferdam.pipeline;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

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
