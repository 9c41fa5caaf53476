package io.cofferdam.examples.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Looks into the state directory of each victim, and for processes that know of it. */
final class ProcessLeftovers implements Leftovers {

    private static final Path PROC = Path.of("/proc");

    private final Path states;

    ProcessLeftovers(Path states) {
        this.states = states;
    }

    Path state(String run) {
        return states.resolve(run);
    }

    @Override
    public List<String> of(String run) throws IOException {
        List<String> left = new ArrayList<>();
        Path state = state(run);
        for (String part : List.of("environments", "volumes", "trash", "names")) {
            entries(state.resolve(part)).forEach(path -> left.add(part + " " + path.getFileName()));
        }
        for (Path path : entries(state.resolve("networks"))) {
            String name = path.getFileName().toString();
            if (!name.startsWith(".") || name.startsWith(".making") || name.startsWith(".going")) {
                left.add("network " + name);
            }
        }
        for (Path process : entries(PROC)) {
            if (process.getFileName().toString().matches("\\d+") && isOurs(process, state)) {
                left.add("process " + text(process.resolve("cmdline")).replace('\0', ' '));
            }
        }
        return left;
    }

    private static boolean isOurs(Path process, Path state) {
        boolean knows = text(process.resolve("environ")).contains(state.toString())
                || text(process.resolve("cmdline")).contains(state.toString());
        return knows && process.toFile().exists();
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    private static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }
}
