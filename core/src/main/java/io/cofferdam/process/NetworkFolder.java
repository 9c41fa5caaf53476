package io.cofferdam.process;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.resource.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one network. It comes and goes by being renamed, so that a reader without the lock sees all of it or
 * nothing. Changed under the {@link StateLock}.
 */
final class NetworkFolder {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}");
    private static final String ISOLATED = "isolated";
    private static final String LABEL = "label.";

    private final Path path;

    NetworkFolder(Path path) {
        this.path = path;
    }

    /** A name that is fit for a folder. */
    static String checked(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidInputException(
                    "network '" + name + "'",
                    List.of(new Problem(
                            "name",
                            "'" + name + "' cannot be the name of a network",
                            "use at most 128 letters, digits, '-', '_' and '.', beginning with a letter or digit")));
        }
        return name;
    }

    Path path() {
        return path;
    }

    String name() {
        return Objects.requireNonNull(path.getFileName(), "a network's folder has a name")
                .toString();
    }

    Path hosts() {
        return path.resolve("hosts");
    }

    /** The hosts file of one member that does not know all of them. */
    Path hosts(Path memberDirectory) {
        return path.resolve(
                "hosts." + Objects.requireNonNull(memberDirectory.getFileName(), "a unit's directory has a name"));
    }

    boolean exists() {
        return Files.isRegularFile(facts());
    }

    boolean isOccupied() {
        return Files.exists(path);
    }

    boolean isIsolated() throws IOException {
        return load().map(facts -> Boolean.parseBoolean(facts.getProperty(ISOLATED)))
                .orElse(false);
    }

    /** What it says of itself under the name that it has without the prefix. */
    Optional<Network> read(String prefixless) throws IOException {
        return load().map(facts -> {
            Map<String, String> labels = new LinkedHashMap<>();
            facts.stringPropertyNames().stream()
                    .filter(key -> key.startsWith(LABEL))
                    .forEach(key -> labels.put(key.substring(LABEL.length()), facts.getProperty(key)));
            boolean isolated = Boolean.parseBoolean(facts.getProperty(ISOLATED));
            // The namespace of an isolated network has no link to the outside.
            return new Network(name(), prefixless, null, isolated, labels, isolated, created());
        });
    }

    void create(boolean isolated, Map<String, String> labels) throws IOException {
        Path making = path.resolveSibling(".making-" + name());
        deleteTree(making);
        Files.createDirectory(making);
        Properties facts = new Properties();
        facts.setProperty(ISOLATED, Boolean.toString(isolated));
        labels.forEach((label, value) -> facts.setProperty(LABEL + label, value));
        NetworkFolder made = new NetworkFolder(making);
        try (var out = Files.newBufferedWriter(made.facts(), StandardCharsets.UTF_8)) {
            facts.store(out, null);
        }
        HostsFile.create(made.hosts());
        Files.move(making, path, StandardCopyOption.ATOMIC_MOVE);
    }

    void delete() throws IOException {
        Path going = path.resolveSibling(".going-" + name());
        deleteTree(going);
        Files.move(path, going, StandardCopyOption.ATOMIC_MOVE);
        deleteTree(going);
    }

    /** The process that was started last to keep the network's namespace. */
    Optional<Namespaces.Holder> holder() throws IOException {
        try {
            return Optional.of(Namespaces.Holder.parse(
                    Files.readString(path.resolve("holder")).trim()));
        } catch (NoSuchFileException noneYet) {
            return Optional.empty();
        }
    }

    void holder(Namespaces.Holder holder) throws IOException {
        Path next = path.resolve("holder.next");
        Files.writeString(next, holder.toString());
        Files.move(next, path.resolve("holder"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private @Nullable Instant created() {
        try {
            return Files.getLastModifiedTime(facts()).toInstant();
        } catch (IOException gone) {
            return null;
        }
    }

    private Path facts() {
        return path.resolve("network.properties");
    }

    private Optional<Properties> load() throws IOException {
        try (var in = Files.newBufferedReader(facts(), StandardCharsets.UTF_8)) {
            Properties facts = new Properties();
            facts.load(in);
            return name().startsWith(".") ? Optional.empty() : Optional.of(facts);
        } catch (NoSuchFileException | NotDirectoryException noNetwork) {
            return Optional.empty();
        } catch (java.nio.file.FileSystemException failure) {
            // Linux says "Not a directory" by the general exception when the path leads through a file.
            if (!Files.isDirectory(path)) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }
}
