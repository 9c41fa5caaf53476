package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Copies directories exactly: permissions, owners, times, links, holes. Where the file system shares blocks between files
 * (Btrfs, XFS, ZFS, bcachefs) nothing is copied but references, through {@code cp --reflink} of GNU and newer busybox;
 * elsewhere the bytes are.
 */
final class Clones {

    private final Optional<String> cp;

    Clones() {
        cp = Programs.find("cp");
    }

    /**
     * Copies a directory.
     *
     * @param source a directory
     * @param target what does not exist yet; whatever a failure leaves of it is the caller's to delete
     */
    void copy(Path source, Path target, Deadline deadline, String what) throws IOException {
        if (cp.isPresent()) {
            Programs.Output output = Programs.run(
                    new ProcessBuilder(List.of(
                            cp.get(), "-a", "--reflink=auto", "-T", "--", source.toString(), target.toString())),
                    what,
                    deadline);
            if (output.exitCode() == 0) {
                return;
            }
            String text = output.text().strip();
            if (!isUnknownOption(text)) {
                throw new IOException(text.isEmpty() ? "cp ended with " + output.exitCode() : firstLine(text));
            }
            Trees.delete(target);
        }
        Trees.copy(source, target, deadline, what);
        times(source, target);
    }

    /** The cp of other systems, and of busybox without reflinks. */
    private static boolean isUnknownOption(String text) {
        return text.contains("unrecognized option")
                || text.contains("illegal option")
                || text.contains("unknown option")
                || text.contains("invalid option");
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse(text);
    }

    private static void times(Path source, Path target) throws IOException {
        try (var paths = Files.walk(source)) {
            List<Path> deepestFirst = new java.util.ArrayList<>(paths.toList());
            java.util.Collections.reverse(deepestFirst);
            for (Path path : deepestFirst) {
                if (!Files.isSymbolicLink(path)) {
                    Path copy = target.resolve(source.relativize(path).toString());
                    Files.setLastModifiedTime(copy, Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS));
                }
            }
        }
    }
}
