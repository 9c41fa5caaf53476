package io.cofferdam.error;

import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** An image that could not be built: an instruction of its Dockerfile failed, or the Dockerfile is none. */
public final class BuildFailedException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    private final int step;
    private final String instruction;

    @Nullable
    private final Integer exitCode;

    private final transient List<String> lastLines;

    /**
     * Makes the exception.
     *
     * @param message a sentence with the image, the instruction, the reason and the last lines written
     * @param step the number of the instruction that failed, from 1; 0 if none was begun
     * @param instruction the instruction as the engine shows it; empty if none was begun
     * @param exitCode the exit code of its command, or null if it was not a command that failed
     * @param lastLines the last lines the instruction wrote, oldest first; may be empty
     * @param cause the engine's own error, or null
     */
    public BuildFailedException(
            String message,
            int step,
            String instruction,
            @Nullable Integer exitCode,
            List<String> lastLines,
            @Nullable Throwable cause) {
        super(message, cause);
        this.step = step;
        this.instruction = Objects.requireNonNull(instruction, "instruction");
        this.exitCode = exitCode;
        this.lastLines = List.copyOf(lastLines);
    }

    /**
     * Which instruction failed.
     *
     * @return its number, from 1; 0 if none was begun
     */
    public int step() {
        return step;
    }

    /**
     * The instruction that failed, for example {@code RUN make}.
     *
     * @return as the engine shows it; empty if none was begun
     */
    public String instruction() {
        return instruction;
    }

    /**
     * The exit code of the instruction's command.
     *
     * @return empty if it was not a command that failed
     */
    public OptionalInt exitCode() {
        return exitCode == null ? OptionalInt.empty() : OptionalInt.of(exitCode);
    }

    /**
     * The last lines the instruction wrote.
     *
     * @return oldest first; empty on a deserialized exception, whose message still has them
     */
    public List<String> lastLines() {
        return lastLines == null ? List.of() : lastLines;
    }
}
