package io.cofferdam.application;

import io.cofferdam.api.Experimental;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is in a secret or a config, and where it came from. The bytes are taken once, when the value is made, so that a release
 * keeps what it was deployed with. Immutable; {@code toString} tells the origin and never the bytes.
 */
@Experimental
public final class Content {

    /** Where the bytes came from. */
    public enum Origin {
        /** The program or the application's own file. */
        INLINE,
        /** A file. */
        FILE,
        /** A variable of the process that read the application. */
        VARIABLE,
        /** The engine or a store outside already has it; the bytes are not known here. */
        EXTERNAL
    }

    private final Origin origin;

    @Nullable
    private final String source;

    private final byte[] bytes;

    private Content(Origin origin, @Nullable String source, byte[] bytes) {
        this.origin = origin;
        this.source = source;
        this.bytes = bytes;
    }

    /**
     * Content that is given as text.
     *
     * @param text the text, kept as UTF-8
     * @return the content
     */
    public static Content text(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Content that is given as it is.
     *
     * @param bytes the bytes, which are copied
     * @return the content
     */
    public static Content bytes(byte[] bytes) {
        return new Content(Origin.INLINE, null, bytes.clone());
    }

    /**
     * Content that was read from a file.
     *
     * @param file the file, whose path is made absolute
     * @param bytes what was in it, which is copied
     * @return the content
     */
    public static Content ofFile(Path file, byte[] bytes) {
        return new Content(Origin.FILE, file.toAbsolutePath().normalize().toString(), bytes.clone());
    }

    /**
     * Content that was the value of a variable.
     *
     * @param variable the variable's name
     * @param value its value, kept as UTF-8
     * @return the content
     */
    public static Content ofVariable(String variable, String value) {
        Objects.requireNonNull(variable, "variable");
        return new Content(Origin.VARIABLE, variable, value.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Content that is kept outside.
     *
     * @param name the name it has there
     * @return the content, of which no bytes are known
     */
    public static Content external(String name) {
        return new Content(Origin.EXTERNAL, Objects.requireNonNull(name, "name"), new byte[0]);
    }

    /**
     * Where it came from.
     *
     * @return the origin
     */
    public Origin origin() {
        return origin;
    }

    /**
     * What exactly it came from.
     *
     * @return the file's absolute path, the variable's name or the name outside; empty for inline content
     */
    public Optional<String> source() {
        return Optional.ofNullable(source);
    }

    /**
     * The bytes.
     *
     * @return a copy; empty for external content
     */
    public byte[] bytes() {
        return bytes.clone();
    }

    void addTo(Fingerprint print) {
        print.add("origin", origin == Origin.EXTERNAL ? "external" : "known");
        print.add("name", origin == Origin.EXTERNAL ? source : null);
        print.add("bytes", Fingerprint.of(bytes));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Content that
                && origin == that.origin
                && Objects.equals(source, that.source)
                && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(origin, source, Arrays.hashCode(bytes));
    }

    /** The origin, without the bytes. */
    @Override
    public String toString() {
        return switch (origin) {
            case INLINE -> "inline";
            case FILE -> "file " + source;
            case VARIABLE -> "variable " + source;
            case EXTERNAL -> "external " + source;
        };
    }
}
