package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Exchanges directories for others that were prepared beside them, and back. */
final class DirectorySwap implements SnapshotStore.VolumeSwap {

    private final String mark = UUID.randomUUID().toString();
    private final Map<Path, Path> prepared = new LinkedHashMap<>();
    private final Map<Path, Path> former = new LinkedHashMap<>();

    /** Where the replacement of a directory is to be prepared. */
    Path beside(Path directory) {
        Path place = directory.resolveSibling(".restored-" + mark);
        prepared.put(directory, place);
        return place;
    }

    /** Puts all that is prepared into its place. */
    void exchange() throws IOException {
        for (Map.Entry<Path, Path> entry : prepared.entrySet()) {
            Path directory = entry.getKey();
            Path aside = directory.resolveSibling(".former-" + mark);
            Files.move(directory, aside, StandardCopyOption.ATOMIC_MOVE);
            former.put(directory, aside);
            Files.move(entry.getValue(), directory, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** After a failure on the way: everything as it was. */
    void abandon(Exception cause) {
        try {
            goBack();
            for (Path place : prepared.values()) {
                Trees.delete(place);
            }
        } catch (IOException second) {
            cause.addSuppressed(second);
        }
    }

    private void goBack() throws IOException {
        for (Map.Entry<Path, Path> entry : former.entrySet()) {
            Path directory = entry.getKey();
            if (Files.exists(directory)) {
                Path doomed = directory.resolveSibling(".restored-" + mark);
                Files.move(directory, doomed, StandardCopyOption.ATOMIC_MOVE);
                Files.move(entry.getValue(), directory, StandardCopyOption.ATOMIC_MOVE);
                Trees.delete(doomed);
            } else {
                Files.move(entry.getValue(), directory, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        former.clear();
    }

    @Override
    public void undo(Deadline deadline) {
        try {
            goBack();
        } catch (IOException e) {
            throw Failures.of("giving volumes back what they held", e);
        }
    }

    @Override
    public void keep(Deadline deadline) {
        try {
            for (Path aside : former.values()) {
                Trees.delete(aside);
            }
        } catch (IOException e) {
            throw Failures.of("deleting what volumes held", e);
        }
    }
}
