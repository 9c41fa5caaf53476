package io.cofferdam.docker;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.error.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of one volume in the configured place. The engine neither makes nor removes folders that it is told to use.
 *
 * @param path the folder
 */
record VolumeFolder(Path path) {

    /** Makes the folder and has the engine use it. */
    void make(Operation operation, ObjectNode body) {
        try {
            Files.createDirectories(path);
        } catch (IOException failure) {
            throw new StorageException(
                    operation.failed("its folder " + path + " cannot be made: " + failure
                            + "; choose another volume directory, or let this user write there"),
                    failure);
        }
        body.putObject("DriverOpts").put("type", "none").put("o", "bind").put("device", path.toString());
    }

    /** Removes the folder with what is in it. */
    void delete(Operation operation) {
        try (Stream<Path> files = Files.walk(path)) {
            List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : all) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException gone) {
            return;
        } catch (IOException | UncheckedIOException failure) {
            throw new StorageException(
                    operation.failed("the engine has let go of it, but its folder " + path + " cannot be removed: "
                            + failure + "; remove it as a user who may"),
                    failure);
        }
    }
}
