package io.cofferdam.traffic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cofferdam.api.Experimental;
import io.cofferdam.error.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The routes of all projects of one router in a file, for routers that outlive a JVM. The file is replaced as a whole:
 * after a crash it has the old routes or the new ones. Not safe for use by several processes at once; whoever writes holds
 * a lock of its own. Only the owner may read the file.
 */
@Experimental
public final class RouteFile {

    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<TreeMap<String, List<Route>>> PROJECTS = new TypeReference<>() {};
    private static final TypeReference<List<Route>> ROUTES = new TypeReference<>() {};
    private static final Set<OpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private final Path file;

    /**
     * A file that need not exist yet.
     *
     * @param file its path; the folder must exist when something is written
     */
    public RouteFile(Path file) {
        this.file = file;
    }

    /**
     * The routes as they were written last.
     *
     * @return project to routes, in the order of the names; empty if there is no such file
     * @throws StorageException if the file cannot be read or is not one of this class
     */
    public Map<String, List<Route>> read() {
        try {
            return JSON.readValue(Files.readString(file), PROJECTS);
        } catch (NoSuchFileException none) {
            return new TreeMap<>();
        } catch (IOException e) {
            throw new StorageException(
                    "could not read the routes in " + file + ": " + e.getMessage()
                            + "; remove the file to begin without routes",
                    e);
        }
    }

    /**
     * Replaces the file.
     *
     * @param projects project to routes
     * @throws StorageException if it cannot be written; the old content is there then
     */
    public void write(Map<String, List<Route>> projects) {
        try {
            replace(file, JSON.writeValueAsString(projects));
        } catch (IOException e) {
            throw new StorageException("could not write the routes to " + file + ": " + e, e);
        }
    }

    /**
     * Routes as a JSON array, in the form of the file.
     *
     * @param routes the routes
     * @return one line
     */
    public static String toJson(List<Route> routes) {
        try {
            return JSON.writeValueAsString(routes);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @param json the text
     * @return the routes
     * @throws IllegalArgumentException if it is something else
     */
    public static List<Route> fromJson(String json) {
        try {
            return JSON.readValue(json, ROUTES);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("these are no routes: " + e.getOriginalMessage(), e);
        }
    }

    /** Temporary file, fsync, rename: a reader sees the old or the new content, also after a crash. */
    static void replace(Path file, String content) throws IOException {
        Path next = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
        try {
            try (FileChannel channel = FileChannel.open(next, NEW, forOwnerOnly(file, "rw-------"))) {
                ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    /**
     * Makes a folder for the state of a router, readable by its owner only, unless it is there.
     *
     * @param folder the folder
     * @return the folder's absolute path
     * @throws StorageException if it cannot be made, or others may write to it
     */
    public static Path privateFolder(Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        try {
            Path parent = absolute.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            if (!Files.isDirectory(absolute, LinkOption.NOFOLLOW_LINKS)) {
                try {
                    Files.createDirectory(absolute, forOwnerOnly(absolute, "rwx------"));
                } catch (java.nio.file.FileAlreadyExistsException another) {
                    // Another process was faster.
                }
            }
            if (posix(absolute)) {
                Files.setPosixFilePermissions(absolute, PosixFilePermissions.fromString("rwx------"));
            }
            return absolute;
        } catch (IOException e) {
            throw new StorageException(
                    "could not make the folder " + absolute + " for a router's state, for its owner only: " + e, e);
        }
    }

    private static FileAttribute<?>[] forOwnerOnly(Path file, String permissions) {
        return posix(file)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static boolean posix(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
