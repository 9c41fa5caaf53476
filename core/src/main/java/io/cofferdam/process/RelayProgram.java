package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.StorageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The classes of {@link Relay} as files, and the command that runs them by this JVM's own {@code java}. They are written
 * out because they may lie in a jar within a jar, which no class path can name.
 */
final class RelayProgram {

    private static final List<String> SMALL = List.of(
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-Xmx32m",
            "-Xss512k",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-XX:-UsePerfData");

    private final Path folder;

    /**
     * Writes nothing yet.
     *
     * @param folder where the classes are to lie, in a folder for each version of them
     */
    RelayProgram(Path folder) {
        this.folder = folder;
    }

    /** The words that run a relay, for more arguments to be added. */
    List<String> command(Path environmentDirectory, Deadline startBy, String kind) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        if (!Files.isExecutable(java) && !Files.isExecutable(java.resolveSibling("java.exe"))) {
            throw new EngineException("ports cannot be published on the host: there is no program " + java
                    + " to run a relay; run on a Java runtime that has it, or publish without fixed host ports");
        }
        List<String> words = new ArrayList<>();
        words.add(java.toString());
        words.addAll(SMALL);
        words.addAll(List.of("-cp", classes().toString(), Relay.class.getName()));
        words.addAll(List.of(
                environmentDirectory.toAbsolutePath().toString(),
                Long.toString(startBy.remaining().toMillis()),
                Relay.mark(environmentDirectory),
                kind));
        return words;
    }

    private Path classes() {
        try {
            Map<String, byte[]> classes = new TreeMap<>();
            MessageDigest version = MessageDigest.getInstance("SHA-256");
            for (Class<?> part : Relay.class.getNestMembers()) {
                classes.put(part.getName().replace('.', '/') + ".class", bytes(part));
            }
            classes.values().forEach(version::update);
            Path root = folder.resolve(HexFormat.of().formatHex(version.digest(), 0, 8));
            for (Map.Entry<String, byte[]> part : classes.entrySet()) {
                Path file = root.resolve(part.getKey());
                if (!Files.exists(file)) {
                    write(file, part.getValue());
                }
            }
            return root;
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java runtime has SHA-256", impossible);
        } catch (IOException failure) {
            throw new StorageException("could not write the relay's classes to " + folder + ": " + failure, failure);
        }
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Path parent = Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Path next = Files.createTempFile(parent, "class", ".next");
        Files.write(next, bytes);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static byte[] bytes(Class<?> part) throws IOException {
        String name = part.getName();
        try (InputStream in = part.getResourceAsStream(name.substring(name.lastIndexOf('.') + 1) + ".class")) {
            if (in == null) {
                throw new IOException("the class " + name + " cannot be read as a file");
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            in.transferTo(bytes);
            return bytes.toByteArray();
        }
    }
}
