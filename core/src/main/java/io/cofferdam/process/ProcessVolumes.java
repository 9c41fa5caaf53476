package io.cofferdam.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Mount;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.resource.Volume;
import io.cofferdam.resource.Volumes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Named volumes: directories with a description each, which environments have as links in theirs. */
final class ProcessVolumes implements Volumes {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StateDirectory state;
    private final Units units;
    private final String prefix;

    ProcessVolumes(StateDirectory state, Units units, String prefix) {
        this.state = state;
        this.units = units;
        this.prefix = prefix;
    }

    private Path place(String name) {
        String full = prefix + name;
        if (!NAME.matcher(full).matches()) {
            throw new InvalidInputException(
                    "volume '" + name + "'",
                    List.of(new Problem("name", "it is no name of a volume", "use letters, digits, '-', '_' and '.'")));
        }
        return state.volumes().resolve(full);
    }

    private static Path description(Path place) {
        return place.resolve("volume.json");
    }

    /** The directory that an environment gets. */
    Path data(String name) {
        return place(name).resolve("data");
    }

    @Override
    public Volume ensure(String name, Map<String, String> labels) {
        Optional<Volume> there = find(name);
        if (there.isPresent()) {
            return there.get();
        }
        make(name, labels);
        return find(name)
                .orElseThrow(
                        () -> taken(name, place(name) + " exists and is no volume; remove it or choose another name"));
    }

    /** Makes a volume that must not exist yet. */
    Volume create(String name, Map<String, String> labels) {
        if (!make(name, labels)) {
            throw taken(name, "there is one of that name; remove it or choose another name");
        }
        return find(name).orElseThrow(() -> taken(name, "it was removed at the same time; try again"));
    }

    private static NameTakenException taken(String name, String why) {
        return new NameTakenException("could not make volume '" + name + "' (process): " + why);
    }

    /** False if there was one, whoever made it. */
    private boolean make(String name, Map<String, String> labels) {
        Path place = place(name);
        ObjectNode node = JSON.createObjectNode();
        ObjectNode kept = node.putObject("labels");
        labels.forEach(kept::put);
        // Prepared and renamed into place, so that it is there as a whole and is made once.
        Path prepared = units.prepared(state.volumes(), UUID.randomUUID().toString());
        try {
            Files.createDirectory(prepared, Permissions.directory());
            try {
                Files.createDirectory(prepared.resolve("data"), Permissions.directory());
                AtomicFile.write(description(prepared), node.toString());
                Files.move(prepared, place, StandardCopyOption.ATOMIC_MOVE);
                return true;
            } catch (FileSystemException occupied) {
                if (!Files.exists(place)) {
                    throw occupied;
                }
                return false;
            } finally {
                Trees.delete(prepared);
            }
        } catch (IOException e) {
            throw Failures.of("making volume '" + name + "'", e);
        }
    }

    @Override
    public Optional<Volume> find(String name) {
        Path place = place(name);
        return read(place).map(labels -> new Volume(name, labels, created(place)));
    }

    private static Optional<Map<String, String>> read(Path place) {
        return AtomicFile.read(description(place)).map(json -> {
            try {
                Map<String, String> labels = new LinkedHashMap<>();
                JsonNode kept = JSON.readTree(json).path("labels");
                kept.properties()
                        .forEach(label ->
                                labels.put(label.getKey(), label.getValue().asText()));
                return labels;
            } catch (JsonProcessingException e) {
                throw Failures.of("reading " + description(place), e);
            }
        });
    }

    @Override
    public List<Volume> list(LabelSelector selector) {
        Map<String, Volume> byName = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(state.volumes(), prefix + "*")) {
            for (Path entry : entries) {
                String full = String.valueOf(entry.getFileName());
                if (!full.startsWith(".")) {
                    String name = full.substring(prefix.length());
                    read(entry)
                            .filter(selector::matches)
                            .ifPresent(labels -> byName.put(name, new Volume(name, labels, created(entry))));
                }
            }
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException | DirectoryIteratorException e) {
            throw Failures.of("listing the volumes in " + state.volumes(), e);
        }
        return List.copyOf(byName.values());
    }

    @Override
    public Map<String, Long> sizes(LabelSelector selector) {
        Map<String, Long> sizes = new TreeMap<>();
        for (Volume volume : list(selector)) {
            long size = stored(volume.name());
            if (size >= 0) {
                sizes.put(volume.name(), size);
            }
        }
        return sizes;
    }

    /** Bytes in a volume; negative if it is gone. */
    private long stored(String name) {
        try (Stream<Path> files = Files.walk(data(name))) {
            long size = 0;
            for (Path file : (Iterable<Path>) files::iterator) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new OperationInterruptedException("measuring volume '" + name + "' was interrupted", null);
                }
                size += size(file);
            }
            return size;
        } catch (NoSuchFileException removedMeanwhile) {
            return -1;
        } catch (IOException | UncheckedIOException e) {
            throw Failures.of("measuring volume '" + name + "'", e);
        }
    }

    private static long size(Path file) throws IOException {
        try {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.size(file) : 0;
        } catch (NoSuchFileException removedMeanwhile) {
            return 0;
        }
    }

    private static @Nullable Instant created(Path place) {
        try {
            return Files.getLastModifiedTime(description(place)).toInstant();
        } catch (IOException gone) {
            return null;
        }
    }

    @Override
    public void remove(String name) {
        Path place = place(name);
        if (read(place).isEmpty()) {
            return;
        }
        for (UnitRecord unit : units.all()) {
            for (Mount mount : unit.spec().mounts()) {
                if (mount instanceof Mount.Volume volume && volume.volume().equals(name)) {
                    throw new WrongStateException("could not remove volume '" + name + "' (process): environment '"
                            + unit.name() + "' uses it; remove that first");
                }
            }
        }
        try {
            // Volumes of a configured place may be on another file system than the trash.
            Path doomed = state.volumes().startsWith(state.root())
                    ? units.doomed(String.valueOf(place.getFileName()))
                    : units.prepared(state.volumes(), UUID.randomUUID().toString());
            Files.move(place, doomed, StandardCopyOption.ATOMIC_MOVE);
            Trees.delete(doomed);
        } catch (NoSuchFileException gone) {
            // Somebody else removed it at the same time.
        } catch (IOException e) {
            throw Failures.of("removing volume '" + name + "'", e);
        }
    }
}
