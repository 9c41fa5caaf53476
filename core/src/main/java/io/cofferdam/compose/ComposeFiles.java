package io.cofferdam.compose;

import io.cofferdam.internal.yaml.Place;
import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the files of a load and remembers which they were. */
final class ComposeFiles {

    static final long LARGEST = 4L << 20;

    private final Path directory;
    private final String shownDirectory;
    private final Problems problems;
    private final List<Path> read = new ArrayList<>();
    private int sources;

    /**
     * Begins.
     *
     * @param directory the folder of the first file
     * @param shownDirectory how people call that folder: empty, or a path that ends with a slash
     */
    ComposeFiles(Path directory, String shownDirectory, Problems problems) {
        this.directory = directory;
        this.shownDirectory = shownDirectory;
        this.problems = problems;
    }

    List<Path> read() {
        return List.copyOf(read);
    }

    /** Names a source of something other than a Compose file; relative paths in it mean nothing. */
    Source source(Path file, Map<String, String> variables) {
        return source(shown(file), directory, variables);
    }

    Source source(String shown, Path base, Map<String, String> variables) {
        return new Source(sources++, shown, base, variables);
    }

    /** How people would call a file: from the folder of the first file on, if it is below that. */
    String shown(Path file) {
        return file.startsWith(directory) ? shownDirectory + directory.relativize(file) : file.toString();
    }

    /** Tells that a text is too large. */
    @Nullable
    String tooLarge(Place place) {
        problems.add(place, "the Compose file is larger than " + (LARGEST >> 20) + " MiB");
        return null;
    }

    @Nullable
    String text(Path file, Place asker, String what, boolean required) {
        byte[] bytes = bytes(file, asker, what, required);
        if (bytes == null) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException wrong) {
            problems.add(asker, what + " '" + shown(file) + "' is not text in UTF-8");
            return null;
        }
    }

    byte @Nullable [] bytes(Path file, Place asker, String what, boolean required) {
        String named = what + " '" + shown(file) + "'";
        try {
            if (!Files.exists(file)) {
                throw new NoSuchFileException(file.toString());
            }
            if (!Files.isRegularFile(file)) {
                problems.add(asker, named + " is not a regular file");
                return null;
            }
            if (Files.size(file) > LARGEST) {
                problems.add(asker, named + " is larger than " + (LARGEST >> 20) + " MiB");
                return null;
            }
            byte[] bytes = Files.readAllBytes(file);
            read.add(file);
            return bytes;
        } catch (NoSuchFileException missing) {
            if (required) {
                problems.add(asker, named + " does not exist");
            }
        } catch (AccessDeniedException denied) {
            problems.add(asker, named + " may not be read by this user");
        } catch (IOException broken) {
            problems.add(asker, named + " cannot be read: " + broken.getMessage());
        }
        return null;
    }
}
