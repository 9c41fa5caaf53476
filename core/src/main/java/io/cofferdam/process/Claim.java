package io.cofferdam.process;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Something that one owner at a time may have, against all threads and processes: a directory with one file in it, named
 * after the owner.
 *
 * <p>It is taken by renaming a prepared directory into place, which fails while the one that is there holds a file. What a
 * dead owner left is taken away by deleting the file of exactly that owner, so two who tidy up at once cannot delete the
 * claim a third one made meanwhile. File locks would not do: the system drops all locks of a JVM on a file as soon as the
 * JVM closes any of its handles to that file.
 */
final class Claim {

    private static final int ATTEMPTS = 1000;

    private final Path place;
    private final String owner;

    private Claim(Path place, String owner) {
        this.place = place;
        this.owner = owner;
    }

    /**
     * Takes it, unless somebody alive has it.
     *
     * @param place the directory to be; its parent must exist
     * @param owner who takes it; a plain file name
     * @param alive whether another owner still counts
     * @return empty if it is taken
     */
    static Optional<Claim> take(Path place, String owner, Predicate<String> alive) throws IOException {
        if (holders(place).stream().anyMatch(alive)) {
            return Optional.empty();
        }
        Path prepared = place.resolveSibling("." + place.getFileName() + "." + UUID.randomUUID());
        Files.createDirectory(prepared, Permissions.directory());
        boolean taken = false;
        try {
            Files.createFile(prepared.resolve(owner), Permissions.file());
            for (int attempt = 1; ; attempt++) {
                try {
                    Files.move(prepared, place, StandardCopyOption.ATOMIC_MOVE);
                    taken = true;
                    return Optional.of(new Claim(place, owner));
                } catch (FileSystemException occupied) {
                    if (attempt == ATTEMPTS || !Files.isDirectory(place.resolveSibling("."))) {
                        throw occupied;
                    }
                    if (!evictTheDead(place, alive)) {
                        return Optional.empty();
                    }
                }
            }
        } finally {
            if (!taken) {
                Files.deleteIfExists(prepared.resolve(owner));
                Files.deleteIfExists(prepared);
            }
        }
    }

    /** Takes away what dead owners left; false if an owner is alive. */
    private static boolean evictTheDead(Path place, Predicate<String> alive) throws IOException {
        for (String holder : holders(place)) {
            if (alive.test(holder)) {
                return false;
            }
            Files.deleteIfExists(place.resolve(holder));
        }
        deleteIfEmpty(place);
        return true;
    }

    /** Who has it; at most one, save for moments. */
    static List<String> holders(Path place) throws IOException {
        List<String> holders = new ArrayList<>(1);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(place)) {
            entries.forEach(entry -> holders.add(String.valueOf(entry.getFileName())));
        } catch (NoSuchFileException nobody) {
            return List.of();
        }
        return holders;
    }

    /** Gives it back; does nothing if somebody else has it. */
    static void release(Path place, String owner) throws IOException {
        if (Files.deleteIfExists(place.resolve(owner))) {
            deleteIfEmpty(place);
        }
    }

    /**
     * Gives it back. The directory stays, empty, for the next one who takes it: for places that are used again and again and
     * that go with the directory they are in.
     */
    void release() throws IOException {
        Files.deleteIfExists(place.resolve(owner));
    }

    private static void deleteIfEmpty(Path place) throws IOException {
        try {
            Files.deleteIfExists(place);
        } catch (DirectoryNotEmptyException takenMeanwhile) {
            // Somebody was faster, and it is theirs now.
        }
    }
}
