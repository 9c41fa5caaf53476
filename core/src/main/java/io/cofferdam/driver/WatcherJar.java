package io.cofferdam.driver;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The jar the watcher runs from, made of the library's own class files. These may lie in a jar within a jar, which no class
 * path can name, so they are read as resources. The jar's name tells its content, so that all JVMs of a user share it; jars of
 * other versions are deleted, all but a few that may be in use.
 */
final class WatcherJar {

    private static final String PREFIX = "watcher-";
    private static final int KEPT = 8;
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);
    private static final Path SELF = Path.of("/proc/self");
    private static final Set<PosixFilePermission> OURS_ALONE = PosixFilePermissions.fromString("rwx------");

    private WatcherJar() {}

    /**
     * Makes sure of the jar.
     *
     * @param classes what is to be in it; nested classes come along
     * @param places where it may lie, the best first
     */
    static Path of(Collection<Class<?>> classes, List<Path> places) throws IOException {
        byte[] jar = jar(classes);
        IOException failure = new IOException("there is no place for it");
        for (Path place : places) {
            try {
                return in(place, jar);
            } catch (IOException | UnsupportedOperationException unfit) {
                failure.addSuppressed(unfit);
            }
        }
        throw failure;
    }

    /** The places of this user: the one the system has for what can be made again, else a folder for temporary files. */
    static List<Path> places() {
        String home = System.getProperty("user.home", ".");
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        Path cache;
        if (system.startsWith("windows")) {
            cache = Path.of(System.getenv().getOrDefault("LOCALAPPDATA", home), "Cofferdam", "Cache");
        } else if (system.startsWith("mac")) {
            cache = Path.of(home, "Library", "Caches", "Cofferdam");
        } else {
            String xdg = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
            cache = (xdg.startsWith("/") ? Path.of(xdg) : Path.of(home, ".cache")).resolve("cofferdam");
        }
        String user = System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9_-]", "_");
        return List.of(cache, Path.of(System.getProperty("java.io.tmpdir", "/tmp"), "cofferdam-" + user));
    }

    private static Path in(Path place, byte[] jar) throws IOException {
        make(place);
        Path file = place.resolve(PREFIX + HexFormat.of().formatHex(sha256(jar), 0, 12) + ".jar");
        // The content is compared, not just the name: what runs is what was meant.
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || !Arrays.equals(Files.readAllBytes(file), jar)) {
            Path next = Files.createTempFile(place, PREFIX, ".next");
            try {
                Files.write(next, jar);
                Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(next);
            }
            forgetOld(place, file);
        }
        return file;
    }

    /** A folder that belongs to this user and that nobody else may write to. */
    private static void make(Path place) throws IOException {
        boolean posix = place.getFileSystem().supportedFileAttributeViews().contains("posix");
        Path parent = place.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        FileAttribute<?>[] attributes = posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OURS_ALONE)}
                : new FileAttribute<?>[0];
        try {
            Files.createDirectory(place, attributes);
        } catch (FileAlreadyExistsException usual) {
            if (posix) {
                Files.setPosixFilePermissions(place, OURS_ALONE);
            }
        }
        boolean foreign = posix
                && Files.exists(SELF)
                && !Files.getAttribute(place, "unix:uid").equals(Files.getAttribute(SELF, "unix:uid"));
        if (foreign) {
            throw new IOException(place + " belongs to another user");
        }
    }

    private static void forgetOld(Path place, Path current) throws IOException {
        try (var entries = Files.list(place)) {
            List<Path> others = entries.filter(
                            path -> String.valueOf(path.getFileName()).startsWith(PREFIX) && !path.equals(current))
                    .sorted(Comparator.comparing(WatcherJar::age))
                    .toList();
            for (Path old : others.subList(Math.min(KEPT, others.size()), others.size())) {
                Files.deleteIfExists(old);
            }
        }
    }

    private static long age(Path file) {
        return -file.toFile().lastModified();
    }

    private static byte[] jar(Collection<Class<?>> classes) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        for (Class<?> named : classes) {
            for (Class<?> part : named.getNestHost().getNestMembers()) {
                files.put(part.getName().replace('.', '/') + ".class", bytes(part));
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            // Stored and without a date, so that the same classes make the same bytes on every runtime.
            zip.setMethod(ZipOutputStream.STORED);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey());
                CRC32 sum = new CRC32();
                sum.update(file.getValue());
                entry.setTimeLocal(NO_TIME);
                entry.setSize(file.getValue().length);
                entry.setCrc(sum.getValue());
                zip.putNextEntry(entry);
                zip.write(file.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] bytes(Class<?> part) throws IOException {
        String name = part.getName();
        try (InputStream in = part.getResourceAsStream(name.substring(name.lastIndexOf('.') + 1) + ".class")) {
            if (in == null) {
                throw new IOException("the class " + name + " cannot be read as a file");
            }
            return in.readAllBytes();
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java runtime has SHA-256", impossible);
        }
    }
}
