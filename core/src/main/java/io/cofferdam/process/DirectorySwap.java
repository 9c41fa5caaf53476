package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.SnapshotStore;
import io.cofferdam.driver.Temporary;
import io.cofferdam.environment.Labels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Exchanges directories for others that were prepared beside them, and back. While it can be taken back a file in
 * {@code restores/} says so: the owner, the unit whose replacement gets the directories, and one directory a line. Without that
 * file {@code .former-MARK} and {@code .restored-MARK} are worthless; with it {@code .former-MARK} is what the directory held.
 * {@code ProcessSweeper} reads them that way if this JVM is killed.
 */
final class DirectorySwap implements SnapshotStore.VolumeSwap {

    private final Path journal;
    private final String unit;
    private final String mark;
    private final Map<Path, Path> prepared = new LinkedHashMap<>();
    private final Map<Path, Path> former = new LinkedHashMap<>();

    /**
     * Nothing is exchanged yet.
     *
     * @param restores the folder of those files
     * @param mark what tells this exchange from others, beginning with this JVM
     */
    DirectorySwap(Path restores, String mark, String unit) {
        this.journal = restores.resolve(mark);
        this.unit = unit;
        this.mark = mark;
    }

    /** Where the replacement of a directory is to be prepared. */
    Path beside(Path directory) {
        Path place = directory.resolveSibling(".restored-" + mark);
        prepared.put(directory, place);
        return place;
    }

    /** Puts all that is prepared into its place. */
    void exchange() throws IOException {
        if (prepared.isEmpty()) {
            return;
        }
        Files.createDirectories(journal.resolveSibling("."), Permissions.directory());
        StringBuilder text = new StringBuilder()
                .append(Temporary.labels().get(Labels.OWNER))
                .append('\n')
                .append(unit)
                .append('\n');
        prepared.keySet()
                .forEach(directory -> text.append(directory.toAbsolutePath()).append('\n'));
        AtomicFile.write(journal, text.toString());
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
            Files.deleteIfExists(journal);
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
            Files.deleteIfExists(journal);
        } catch (IOException e) {
            throw Failures.of("giving volumes back what they held", e);
        }
    }

    @Override
    public void keep(Deadline deadline) {
        try {
            Files.deleteIfExists(journal);
            for (Path aside : former.values()) {
                Trees.delete(aside);
            }
        } catch (IOException e) {
            throw Failures.of("deleting what volumes held", e);
        }
    }
}
