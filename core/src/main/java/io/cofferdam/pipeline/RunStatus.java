package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import java.util.Locale;

/** Where a run is. */
@Experimental
public enum RunStatus {
    /** Steps run, or would if the process that ran them were still there; then the run can be resumed. */
    RUNNING,
    /** Every step succeeded, was skipped, or failed without harm to the rest. */
    SUCCEEDED,
    /** A step failed. */
    FAILED,
    /** It was cancelled. */
    CANCELLED;

    /**
     * Whether it has ended.
     *
     * @return false for {@link #RUNNING}
     */
    public boolean isTerminal() {
        return this != RUNNING;
    }

    /** In lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
