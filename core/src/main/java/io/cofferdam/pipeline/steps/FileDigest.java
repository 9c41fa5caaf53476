package io.cofferdam.pipeline.steps;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The content of files in a few letters. */
public final class FileDigest {

    private FileDigest() {}

    /**
     * The digest of a file, or of all files of a folder: names, contents, what can be executed, where links lead.
     *
     * @param root the file or folder
     * @return letters and digits; {@code none} if there is nothing
     * @throws IOException if something cannot be read
     */
    public static String of(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return "none";
        }
        MessageDigest digest = sha256();
        List<Path> all;
        try (Stream<Path> walk = Files.walk(root)) {
            all = walk.sorted().toList();
        }
        byte[] buffer = new byte[64 * 1024];
        for (Path each : all) {
            digest.update(root.relativize(each).toString().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            if (Files.isSymbolicLink(each)) {
                digest.update(("link " + Files.readSymbolicLink(each)).getBytes(StandardCharsets.UTF_8));
            } else if (Files.isRegularFile(each)) {
                digest.update((byte) (Files.isExecutable(each) ? 'x' : 'f'));
                try (InputStream in = Files.newInputStream(each)) {
                    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                        digest.update(buffer, 0, n);
                    }
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
