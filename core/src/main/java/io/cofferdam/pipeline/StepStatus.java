package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import java.util.Locale;

/** Where a step of a run is. */
@Experimental
public enum StepStatus {
    /** It waits for others, or for its turn. */
    PENDING,
    /** An attempt is under way. */
    RUNNING,
    /** An attempt failed, and another one follows. */
    RETRYING,
    /** It did what it was to do, or its results were taken from an earlier run. */
    SUCCEEDED,
    /** Its last attempt failed. */
    FAILED,
    /** It did not run: its conditions did not hold, what it needs failed, or it was switched off. */
    SKIPPED,
    /** It was cut off, or not begun, because the run was cancelled. */
    CANCELLED;

    /**
     * Whether it has ended.
     *
     * @return false while it waits or runs
     */
    public boolean isTerminal() {
        return this != PENDING && this != RUNNING && this != RETRYING;
    }

    /** In lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
