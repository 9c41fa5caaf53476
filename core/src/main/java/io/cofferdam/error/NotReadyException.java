package io.cofferdam.error;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** An environment that runs but was not ready in time; carries what is needed to see why. */
public final class NotReadyException extends OperationTimeoutException {

    private static final long serialVersionUID = 1L;

    @Nullable
    private final Integer exitCode;

    @Nullable
    private final String lastProbe;

    private final transient List<String> lastLogLines;

    /**
     * Makes the exception.
     *
     * @param message a sentence with the environment, what was waited for, the last probe's answer and the last log lines
     * @param lastProbe the last probe's answer, or null if none was made
     * @param lastLogLines its last log lines, oldest first; may be empty
     */
    public NotReadyException(String message, @Nullable String lastProbe, List<String> lastLogLines) {
        this(message, null, lastProbe, lastLogLines);
    }

    /**
     * Makes the exception.
     *
     * @param message a sentence with the environment, what was waited for, the last probe's answer and the last log lines
     * @param exitCode how it ended last, if it was started again since, or null
     * @param lastProbe the last probe's answer, or null if none was made
     * @param lastLogLines its last log lines, oldest first; may be empty
     */
    public NotReadyException(
            String message, @Nullable Integer exitCode, @Nullable String lastProbe, List<String> lastLogLines) {
        super(message, null);
        this.exitCode = exitCode;
        this.lastProbe = lastProbe;
        this.lastLogLines = List.copyOf(lastLogLines);
    }

    /**
     * The exit code of the last run that ended while it was waited for, where its restart policy started it again.
     *
     * @return empty if it has been running all the time
     */
    public OptionalInt exitCode() {
        return exitCode == null ? OptionalInt.empty() : OptionalInt.of(exitCode);
    }

    /**
     * What the last probe answered, for example {@code connection refused}.
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
