package io.cofferdam.process;

import io.cofferdam.error.UnsafePathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Paths inside an environment. All of them, absolute ones too, are taken below its directory, and none leads out of it:
 * not by {@code ..}, and not by a link a process inside has made. Mounts, which are links, are the only way out.
 */
final class InsidePaths {

    private static final int MOST_LINKS = 40;

    private final Path root;
    private final List<Path> allowed;
    private final String environment;

    /**
     * Makes the paths of one environment.
     *
     * @param environment its name, for messages
     * @param root its directory
     * @param mounts host paths that are mounted in it
     */
    InsidePaths(String environment, Path root, List<Path> mounts) throws IOException {
        this.environment = environment;
        this.root = root.toRealPath();
        List<Path> all = new ArrayList<>(List.of(this.root));
        for (Path mount : mounts) {
            if (Files.exists(mount)) {
                all.add(mount.toRealPath());
            }
        }
        this.allowed = List.copyOf(all);
    }

    /**
     * The host path of a path inside, with every link in it followed except one at its end.
     *
     * @param inside the path inside
     * @throws UnsafePathException if it leads out
     */
    Path resolve(String inside) throws IOException {
        return walk(inside, false);
    }

    /** The host path of a path inside, with every link in it followed. */
    Path follow(String inside) throws IOException {
        return walk(inside, true);
    }

    private Path walk(String inside, boolean last) throws IOException {
        if (inside.indexOf('\0') >= 0) {
            throw unsafe(inside, "it contains a NUL character");
        }
        Deque<String> left = new ArrayDeque<>(parts(inside));
        Path reached = root;
        int links = 0;
        while (!left.isEmpty()) {
            String part = left.remove();
            Path next = part.equals("..") ? reached.getParent() : reached.resolve(part);
            if (next == null || !isAllowed(next)) {
                throw unsafe(inside, "it leads out of the environment");
            }
            boolean followed = last || !left.isEmpty();
            if (followed && Files.isSymbolicLink(next)) {
                if (++links > MOST_LINKS) {
                    throw unsafe(inside, "there are too many links in it");
                }
                Path target = Files.readSymbolicLink(next);
                if (target.isAbsolute()) {
                    Path real = real(target);
                    if (!isAllowed(real)) {
                        throw unsafe(inside, "the link " + next.getFileName() + " in it leads out of the environment");
                    }
                    reached = real;
                } else {
                    List<String> more = parts(target.toString());
                    for (int i = more.size() - 1; i >= 0; i--) {
                        left.addFirst(more.get(i));
                    }
                }
            } else {
                reached = next;
            }
        }
        return reached;
    }

    /** As far as it exists: a link may point to what is still to be made. */
    private static Path real(Path target) throws IOException {
        Path normal = target.normalize();
        if (Files.exists(normal)) {
            return normal.toRealPath();
        }
        Path parent = normal.getParent();
        Path name = normal.getFileName();
        return parent == null || name == null || Files.isSymbolicLink(normal)
                ? normal
                : real(parent).resolve(name.toString());
    }

    private boolean isAllowed(Path path) {
        return allowed.stream().anyMatch(path::startsWith);
    }

    private static List<String> parts(String path) {
        List<String> parts = new ArrayList<>();
        for (String part : path.split("[/" + (java.io.File.separatorChar == '\\' ? "\\\\" : "") + "]", -1)) {
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return parts;
    }

    /** Whether a path exists; a link that leads nowhere does. */
    static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private UnsafePathException unsafe(String inside, String why) {
        return new UnsafePathException("the path '" + inside + "' cannot be used in '" + environment + "' (process): "
                + why + "; name one below its directory");
    }
}
