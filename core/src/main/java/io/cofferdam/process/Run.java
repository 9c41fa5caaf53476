package io.cofferdam.process;

import io.cofferdam.environment.EnvironmentState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One run of an environment's main process, as it stands at one moment.
 *
 * @param state what it is doing; {@code CREATED} if it never ran
 * @param shim the shim that waits for the main process, or null if it never ran
 * @param main the main process, or null if it never ran
 * @param started when it was started, or null if it never was
 * @param finished when it ended, or null if it runs or never ran
 * @param exit its exit code, or null if it runs or never ran
 * @param outOfMemory whether it was ended for exceeding its memory limit
 */
record Run(
        EnvironmentState state,
        @Nullable ProcessKey shim,
        @Nullable ProcessKey main,
        @Nullable Instant started,
        @Nullable Instant finished,
        @Nullable Integer exit,
        boolean outOfMemory) {

    static final Run NEVER = new Run(EnvironmentState.CREATED, null, null, null, null, null, false);

    /** Whether its main process exists. */
    boolean isAlive() {
        return state.isAlive();
    }

    /** Tells this run from others of the same environment; empty if it never ran. */
    String key() {
        return main == null ? "" : main.toString();
    }
}
