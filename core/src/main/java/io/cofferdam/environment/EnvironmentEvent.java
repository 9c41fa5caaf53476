package io.cofferdam.environment;

import io.cofferdam.event.Event;
import java.time.Duration;
import java.time.Instant;

/**
 * Something that happened to an environment, whoever caused it. Events of one environment come in the order in which its
 * engine told them.
 */
public sealed interface EnvironmentEvent extends Event {

    /**
     * The environment's name.
     *
     * @return its name
     */
    String name();

    /**
     * The engine's identifier of the unit it happened to.
     *
     * @return its identifier
     */
    String id();

    /**
     * It was made.
     *
     * @param at when
     * @param name the environment's name
     * @param id the engine's identifier
     */
    record Created(Instant at, String name, String id) implements EnvironmentEvent {}

    /**
     * Its main process was started.
     *
     * @param at when
     * @param name the environment's name
     * @param id the engine's identifier
     */
    record Started(Instant at, String name, String id) implements EnvironmentEvent {}

    /**
     * A start called on this JVM's handle ended with the environment ready.
     *
     * @param at when
     * @param name the environment's name
     * @param id the engine's identifier
     */
    record Ready(Instant at, String name, String id) implements EnvironmentEvent {}

    /**
     * Its main process ended.
     *
     * @param at when
     * @param name the environment's name
     * @param id the engine's identifier
     * @param exitCode 0 to 255; 128 + n for an end by signal n
     * @param outOfMemory whether it was ended for exceeding its memory limit
     */
    record Exited(Instant at, String name, String id, int exitCode, boolean outOfMemory) implements EnvironmentEvent {}

    /**
     * Its processes were frozen.
     *
     * @param at when
     * @param name the environment's name
     * @param id the engine's identifier
     */
    record Paused(Instant at, String name, String id) implements EnvironmentEvent {}

    /**
     * Its processes go on.
     *
     * @param at when
     * @param name the environment's name
     * @param id the engine's identifier
     */
    record Resumed(Instant at, String name, String id) implements EnvironmentEvent {}

    /**
     * Its health check came to another verdict.
     *
     * @param at when
     * @param name the environment's name
     * @param id the engine's identifier
     * @param health the verdict
     * @param detail the last probe's answer; may be empty
     */
    record HealthChanged(Instant at, String name, String id, HealthStatus health, String detail)
            implements EnvironmentEvent {}

    /**
     * It ended by itself, or is unhealthy, and will be started again by its restart policy. Told by the orchestrator that
     * started it, whether the engine keeps the policy or the library.
     *
     * @param at when
     * @param name the environment's name
     * @param id the engine's identifier
     * @param attempt the number of the restart, from 1, since its last stable run
     * @param delay how long until it is started
     */
    record RestartScheduled(Instant at, String name, String id, int attempt, Duration delay)
            implements EnvironmentEvent {}

    /**
     * It ended by itself, or was unhealthy, as often as its restart policy allows, or could not be started again, and is
     * left as it is. Told by the orchestrator that started it, whether the engine keeps the policy or the library.
     *
     * @param at when
     * @param name the environment's name
     * @param id the engine's identifier
     * @param attempts how often it was started again
     * @param reason why it is given up
     */
    record RestartsExhausted(Instant at, String name, String id, int attempts, String reason)
            implements EnvironmentEvent {}

    /**
     * It was replaced by one of another specification under the same name.
     *
     * @param at when
     * @param name the environment's name
     * @param id the identifier of the replacement
     * @param formerId the identifier of what was replaced
     */
    record Updated(Instant at, String name, String id, String formerId) implements EnvironmentEvent {}

    /**
     * It is gone from the engine.
     *
     * @param at when
     * @param name the environment's name
     * @param id the engine's identifier
     */
    record Removed(Instant at, String name, String id) implements EnvironmentEvent {}
}
