package io.cofferdam.examples.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cofferdam.engine.EngineInfo;
import io.cofferdam.error.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folder where this program keeps what it knows of deployments: {@code $COFFERDAM_STATE}, or {@code cofferdam} below
 * {@code $XDG_STATE_HOME} or {@code ~/.local/state}. For each project it holds on which engine and behind which router it is, so that
 * nobody has to say so twice.
 */
final class Projects {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path folder;

    /**
     * Where a project is.
     *
     * @param choice the engine
     * @param router the router's name
     */
    record Place(EngineChoice choice, String router) {

        /** The same place of an engine that was found there. */
        Place on(EngineInfo found) {
            return new Place(choice.found(found), router);
        }
    }

    Projects(Map<String, String> variables) {
        String own = variables.getOrDefault("COFFERDAM_STATE", "");
        String state = variables.getOrDefault("XDG_STATE_HOME", "");
        String home = variables.getOrDefault("HOME", System.getProperty("user.home", "."));
        folder = (own.isBlank()
                        ? (state.isBlank() ? Path.of(home, ".local", "state") : Path.of(state)).resolve("cofferdam")
                        : Path.of(own))
                .toAbsolutePath()
                .normalize();
    }

    /** The folder, there and for its owner only. */
    Path folder() {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(Optional.ofNullable(folder.getParent()).orElse(folder));
                if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                    Files.createDirectories(
                            folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                } else {
                    Files.createDirectories(folder);
                }
            }
            return folder;
        } catch (IOException unwritable) {
            throw new StorageException(
                    "could not make the folder " + folder + " for deployments (" + unwritable
                            + "); name another one in the variable COFFERDAM_STATE",
                    unwritable);
        }
    }

    /** Whether something with this name was deployed. */
    boolean has(String name) {
        return find(name).isPresent();
    }

    Optional<Place> find(String name) {
        Path file = file(name);
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.-]*") || !Files.exists(file)) {
            return Optional.empty();
        }
        try {
            JsonNode json = MAPPER.readTree(Files.readString(file));
            Map<String, String> settings = new LinkedHashMap<>();
            json.path("options")
                    .properties()
                    .forEach(entry ->
                            settings.put(entry.getKey(), entry.getValue().asText()));
            return Optional.of(new Place(
                    new EngineChoice(
                            text(json, "engine"),
                            text(json, "host"),
                            text(json, "state") == null
                                    ? null
                                    : Path.of(json.path("state").asText()),
                            settings),
                    json.path("router").asText("none")));
        } catch (IOException unreadable) {
            throw new StorageException("could not read " + file + ": " + unreadable, unreadable);
        }
    }

    void keep(String name, Place place) {
        EngineChoice choice = place.choice();
        Map<String, @Nullable Object> document = Json.object();
        document.put("engine", choice.engine());
        document.put("host", choice.host());
        document.put("state", choice.state());
        document.put("options", choice.settings());
        document.put("router", place.router());
        Path file = file(name);
        try {
            folder();
            Files.createDirectories(Optional.ofNullable(file.getParent()).orElse(file));
            Path fresh = Files.createTempFile(file.getParent(), name, ".new");
            Files.writeString(fresh, Json.pretty(document));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException unwritable) {
            throw new StorageException("could not write " + file + ": " + unwritable, unwritable);
        }
    }

    /** Where the controller of a project writes what goes wrong. */
    Path log(String name) {
        return folder().resolve("controller-" + name + ".log");
    }

    private Path file(String name) {
        return folder.resolve("projects").resolve(name + ".json");
    }

    private static @Nullable String text(JsonNode json, String key) {
        return json.path(key).isTextual() ? json.path(key).asText() : null;
    }
}
