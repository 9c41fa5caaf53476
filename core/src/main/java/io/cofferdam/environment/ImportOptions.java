package io.cofferdam.environment;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How an archive becomes a snapshot: an immutable value with {@code with…} copies. */
@Experimental
public final class ImportOptions {

    /** How many bytes an archive may unpack to unless another limit is set: 16 GiB. */
    public static final long DEFAULT_LIMIT = 16L << 30;

    private static final ImportOptions DEFAULTS = new ImportOptions(null, null, DEFAULT_LIMIT);

    @Nullable
    private final String name;

    @Nullable
    private final String image;

    private final long limit;

    private ImportOptions(@Nullable String name, @Nullable String image, long limit) {
        this.name = name;
        this.image = image;
        this.limit = limit;
    }

    /**
     * The name and the image that the archive tells, and {@link #DEFAULT_LIMIT}.
     *
     * @return the options
     */
    public static ImportOptions ofDefaults() {
        return DEFAULTS;
    }

    /**
     * The same with a name for the snapshot.
     *
     * @param value 1 to 63 of {@code a-z}, {@code 0-9} and {@code -}
     * @return a copy
     */
    public ImportOptions withName(String value) {
        return new ImportOptions(Objects.requireNonNull(value, "name"), image, limit);
    }

    /**
     * The same with the image that the environment's files are laid over, for engines with images. An archive of processes
     * holds no system, so there has to be one that has what their command needs.
     *
     * @param value an image the engine has or can pull
     * @return a copy
     */
    public ImportOptions withImage(String value) {
        return new ImportOptions(name, Objects.requireNonNull(value, "image"), limit);
    }

    /**
     * The same with another limit, against archives that unpack to more than is wanted.
     *
     * @param bytes how many bytes of files there may be, more than 0
     * @return a copy
     * @throws InvalidInputException if it is not more than 0
     */
    public ImportOptions withLimit(long bytes) {
        if (bytes <= 0) {
            throw new InvalidInputException(
                    "import options", List.of(Problem.at("limit", bytes + " is not more than 0")));
        }
        return new ImportOptions(name, image, bytes);
    }

    /**
     * The name the snapshot gets.
     *
     * @return empty for the one it had
     */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /**
     * The image its files are laid over.
     *
     * @return empty for the one of its specification
     */
    public Optional<String> image() {
        return Optional.ofNullable(image);
    }

    /**
     * How many bytes of files there may be.
     *
     * @return more than 0
     */
    public long limit() {
        return limit;
    }
}
