package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.Labels;
import io.cofferdam.watcher.Liveness;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Marks what is made for the time of one call, on an engine or on this host, so that it goes with this JVM if not sooner. */
@Experimental
public final class Temporary {

    private static final String FOLDER = ".cofferdam-";
    private static final Pattern NAME = Pattern.compile("\\.cofferdam-([0-9a-f]{8})-(\\d{1,18})-(\\d{1,18})-.*");

    private Temporary() {}

    /**
     * The labels of something temporary.
     *
     * @return whose it is, and that it goes with the session
     */
    public static Map<String, String> labels() {
        return Map.of(Labels.OWNER, Owner.current(), Labels.LIFETIME, "session");
    }

    /**
     * Makes a folder for putting files together before they get into their place. What a JVM that was killed has left beside it
     * is removed, unless the watcher has done that already.
     *
     * @param parent where to make it, on the file system of that place
     * @return an empty folder that only its owner may enter; the caller removes it
     * @throws IOException if it cannot be made
     */
    public static Path folder(Path parent) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(parent, FOLDER + "*")) {
            for (Path path : left) {
                if (isLeft(String.valueOf(path.getFileName()))) {
                    delete(path);
                }
            }
        } catch (IOException | DirectoryIteratorException unreadable) {
            // A folder may be written to without being read; what is left in it stays.
            org.slf4j.LoggerFactory.getLogger(Temporary.class).debug("cannot look through {}", parent, unreadable);
        }
        return Files.createTempDirectory(parent, folderPrefix());
    }

    /** What the names of this JVM's folders begin with. */
    static String folderPrefix() {
        Owner self = Owner.self();
        return FOLDER + place(self) + "-" + self.pid() + "-" + self.start() + "-";
    }

    /** A folder may be shared by hosts, which do not see each other's processes. */
    private static String place(Owner owner) {
        return String.format(Locale.ROOT, "%08x", owner.place().toString().hashCode());
    }

    private static boolean isLeft(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches()
                && matcher.group(1).equals(place(Owner.self()))
                && !Liveness.isAlive(Long.parseLong(matcher.group(2)), matcher.group(3));
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
