package io.cofferdam.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** The files that one unit sees: its own, and those of the volumes that are mounted. Directories are there as soon as used. */
final class MemoryFiles {

    /** One file. */
    record File(byte[] content, int mode) {}

    /** A place of a path: in which tree, and where in it. */
    private record Place(Map<String, File> tree, String path) {}

    private final Map<String, File> own = new ConcurrentSkipListMap<>();
    private final Map<String, Map<String, File>> mounted;

    /** @param mounted the trees of volumes by where they are mounted */
    MemoryFiles(Map<String, Map<String, File>> mounted) {
        this.mounted = Map.copyOf(mounted);
    }

    /** Everything below a folder of this host. */
    void copyFrom(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                write(folder.relativize(file).toString(), Files.readAllBytes(file), 0644);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<File> find(String path) {
        Place place = place(path);
        return Optional.ofNullable(place.tree.get(place.path));
    }

    void write(String path, byte[] content, int mode) {
        Place place = place(path);
        place.tree.put(place.path, new File(content, mode));
    }

    /** Adds to a file, which is made if it is not there. */
    void append(String path, byte[] content) {
        Place place = place(path);
        place.tree.merge(place.path, new File(content, 0644), (old, added) -> {
            byte[] whole = java.util.Arrays.copyOf(old.content, old.content.length + content.length);
            System.arraycopy(content, 0, whole, old.content.length, content.length);
            return new File(whole, old.mode);
        });
    }

    boolean delete(String path) {
        Place place = place(path);
        return place.tree.remove(place.path) != null;
    }

    /** What is directly in a directory. */
    List<String> list(String directory) {
        Place place = place(directory);
        String beginning = place.path.isEmpty() ? "" : place.path + "/";
        SortedSet<String> names = new TreeSet<>();
        place.tree.keySet().stream()
                .filter(path -> path.startsWith(beginning))
                .map(path -> path.substring(beginning.length()).replaceFirst("/.*", ""))
                .forEach(names::add);
        return new ArrayList<>(names);
    }

    String text(String path) {
        return find(path)
                .map(file -> new String(file.content, StandardCharsets.UTF_8))
                .orElse("");
    }

    /** The programs begin where absolute paths do. */
    private Place place(String path) {
        String plain = plain(path);
        for (Map.Entry<String, Map<String, File>> mount : mounted.entrySet()) {
            String target = plain(mount.getKey());
            if (plain.equals(target) || plain.startsWith(target + "/")) {
                return new Place(mount.getValue(), plain(plain.substring(target.length())));
            }
        }
        return new Place(own, plain);
    }

    private static String plain(String path) {
        return path.replaceFirst("^/+", "").replaceFirst("/+$", "");
    }
}
