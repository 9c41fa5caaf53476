package io.cofferdam.process.watcher;

import io.cofferdam.watcher.Sweeper.Found;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Restorations of volumes that were cut off: each volume gets back what it held, as the environment has stayed what it was. Once
 * that has its other name the restoration counts. The files are described where they are written, in {@code DirectorySwap}.
 */
final class Restorations {

    private static final String FORMER = ".former-";
    private static final String RESTORED = ".restored-";
    private static final int FIRST_DIRECTORY = 2;

    private final Path state;
    private final Path volumes;
    private final String jvm;

    /**
     * Of one JVM.
     *
     * @param jvm what its marks begin with
     */
    Restorations(Path state, Path volumes, String jvm) {
        this.state = state;
        this.volumes = volumes;
        this.jvm = jvm;
    }

    static Set<String> owners(Path restores) throws IOException {
        Set<String> owners = new TreeSet<>();
        for (Path file : Deletion.entries(restores)) {
            lines(file).stream().findFirst().ifPresent(owners::add);
        }
        return owners;
    }

    List<Found> sweep(boolean remove) throws IOException {
        List<Found> found = new ArrayList<>();
        for (Path file : Deletion.entries(state.resolve("restores"))) {
            String mark = Deletion.name(file);
            List<String> lines = lines(file);
            if (mark.startsWith("." + jvm) || (mark.startsWith(jvm) && lines.size() <= FIRST_DIRECTORY)) {
                Files.deleteIfExists(file); // It was being written, so nothing has been exchanged.
            } else if (mark.startsWith(jvm)) {
                found.add(new Found(
                        "files",
                        String.join(", ", lines.subList(FIRST_DIRECTORY, lines.size())),
                        mark,
                        "the JVM that was restoring from a snapshot has ended"));
                if (remove && !isReplaced(lines.get(1))) {
                    for (String directory : lines.subList(FIRST_DIRECTORY, lines.size())) {
                        giveBack(Path.of(directory), mark);
                    }
                }
                if (remove) {
                    Files.deleteIfExists(file);
                }
            }
        }
        if (remove) {
            forget();
        }
        return found;
    }

    private boolean isReplaced(String unit) {
        Optional<UnitFacts> facts =
                UnitFacts.read(state.resolve("environments").resolve(unit).resolve("unit.json"));
        return facts.isEmpty() || facts.get().engineName().endsWith(".old");
    }

    private static void giveBack(Path directory, String mark) throws IOException {
        Path former = directory.resolveSibling(FORMER + mark);
        if (!Files.exists(former)) {
            return; // Its turn had not come.
        }
        if (Files.exists(directory)) {
            Path restored = directory.resolveSibling(RESTORED + mark);
            Deletion.of(restored);
            Files.move(directory, restored, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(former, directory, StandardCopyOption.ATOMIC_MOVE);
    }

    /** What was prepared, and what is not needed any more. */
    private void forget() throws IOException {
        for (Path volume : Deletion.entries(volumes)) {
            if (!Files.isDirectory(volume)) {
                continue;
            }
            for (Path path : Deletion.entries(volume)) {
                String name = Deletion.name(path);
                if (name.startsWith(FORMER + jvm) || name.startsWith(RESTORED + jvm)) {
                    Deletion.of(path);
                }
            }
        }
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException gone) {
            return List.of();
        }
    }
}
