package io.cofferdam.error;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** An environment that did not come up: it could not be started, or it ended before it was ready. */
public final class StartFailedException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    @Nullable
    private final Integer exitCode;

    @Nullable
    private final String lastProbe;

    private final transient List<String> lastLogLines;

    /**
     * Makes the exception.
     *
     * @param message a sentence with the environment, the reason and its last log lines
     * @param exitCode the exit code of its main process, or null if that never ran
     * @param lastLogLines its last log lines, oldest first; may be empty
     * @param cause the engine's own error, or null
     */
    public StartFailedException(
            String message, @Nullable Integer exitCode, List<String> lastLogLines, @Nullable Throwable cause) {
        this(message, exitCode, null, lastLogLines, cause);
    }

    /**
     * Makes the exception.
     *
     * @param message a sentence with the environment, the reason and its last log lines
     * @param exitCode the exit code of its main process, or null if that never ran
     * @param lastProbe what the last probe answered, or null if none was made
     * @param lastLogLines its last log lines, oldest first; may be empty
     * @param cause the engine's own error, or null
     */
    public StartFailedException(
            String message,
            @Nullable Integer exitCode,
            @Nullable String lastProbe,
            List<String> lastLogLines,
            @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
        this.lastProbe = lastProbe;
        this.lastLogLines = List.copyOf(lastLogLines);
    }

    /**
     * The exit code of the main process.
     *
     * @return empty if it never ran
     */
    public OptionalInt exitCode() {
        return exitCode == null ? OptionalInt.empty() : OptionalInt.of(exitCode);
    }

    /**
     * What the last probe answered before it ended, for example {@code connection refused}.
     *
     * @return empty if no probe was made
     */
    public Optional<String> lastProbe() {
        return Optional.ofNullable(lastProbe);
    }

    /**
     * The last lines the environment wrote.
     *
     * @return oldest first; empty on a deserialized exception, whose message still has them
     */
    public List<String> lastLogLines() {
        return lastLogLines == null ? List.of() : lastLogLines;
    }
}
