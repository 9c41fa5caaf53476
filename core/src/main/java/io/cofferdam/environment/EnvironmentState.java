package io.cofferdam.environment;

/** What an environment is doing, as its engine says. */
public enum EnvironmentState {
    /** Made, never started. */
    CREATED,
    /** Its main process runs. */
    RUNNING,
    /** Its processes are frozen. */
    PAUSED,
    /** Its main process ended and is about to be started again by its restart policy. */
    RESTARTING,
    /** Its main process ended, or was stopped. */
    EXITED,
    /** It is gone from the engine. */
    REMOVED;

    /**
     * Whether processes of the environment exist.
     *
     * @return true for {@link #RUNNING} and {@link #PAUSED}
     */
    public boolean isAlive() {
        return this == RUNNING || this == PAUSED;
    }
}
