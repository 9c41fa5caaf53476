package io.cofferdam.junit;

import io.cofferdam.api.Experimental;

/** How an environment that several tests use one after the other is put back between them. */
@Experimental
public enum Reset {
    /** It is not: what a test leaves behind, the next one finds. An environment of a pool is used once and replaced. */
    NONE,
    /**
     * It goes back to the engine's snapshot of the moment it was ready: files, volumes and specification; its processes are
     * started anew. Works for all software on engines with {@code Capability.SNAPSHOTS}.
     */
    SNAPSHOT,
    /**
     * Its software forgets the data, without a restart: in milliseconds instead of a start. Only for presets that know how:
     * PostgreSQL makes the database anew as a copy of what it was when it was ready, Redis flushes all databases. Roles,
     * settings and other databases are not put back.
     */
    DATA
}
