package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.HealthStatus;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * Something that happened to a unit, as its engine tells it.
 *
 * @param kind what happened
 * @param id the engine's identifier of the unit; empty for {@link Kind#RESYNC}
 * @param at when, by the engine's clock
 * @param labels the unit's labels where the engine tells them, at least {@code io.cofferdam.environment}; empty for
 *     {@link Kind#RESYNC}
 * @param exitCode the exit code for {@link Kind#DIED}, else 0
 * @param outOfMemory whether a memory limit ended it, for {@link Kind#DIED}
 * @param asked whether its end was asked for through a driver of any JVM, for {@link Kind#DIED}; drivers of engines that
 *     keep restart policies themselves need not tell
 * @param health the verdict for {@link Kind#HEALTH}, else {@link HealthStatus#NONE}
 * @param detail what the last check answered, for {@link Kind#HEALTH} where the driver knows, else empty
 */
@Experimental
public record UnitEvent(
        Kind kind,
        String id,
        Instant at,
        Map<String, String> labels,
        int exitCode,
        boolean outOfMemory,
        boolean asked,
        HealthStatus health,
        String detail) {

    /** What can happen to a unit. */
    public enum Kind {
        /** It was made. */
        CREATED,
        /** Its main process was started. */
        STARTED,
        /** Its main process ended. */
        DIED,
        /** It was frozen. */
        PAUSED,
        /** It goes on. */
        RESUMED,
        /** It was given another name on the engine. */
        RENAMED,
        /** The engine's own health check came to another verdict. */
        HEALTH,
        /** It is gone. */
        REMOVED,
        /** Events may have been missed: everything has to be asked for again. */
        RESYNC
    }

    public UnitEvent {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(at, "at");
        labels = Map.copyOf(labels);
        Objects.requireNonNull(health, "health");
        Objects.requireNonNull(detail, "detail");
    }

    /**
     * An event that carries nothing but itself.
     *
     * @param kind what happened
     * @param id the unit
     * @param at when
     * @param labels the unit's labels
     * @return the event
     */
    public static UnitEvent of(Kind kind, String id, Instant at, Map<String, String> labels) {
        return new UnitEvent(kind, id, at, labels, 0, false, false, HealthStatus.NONE, "");
    }

    /**
     * The end of a main process.
     *
     * @param id the unit
     * @param at when
     * @param labels the unit's labels
     * @param exitCode 0 to 255
     * @param outOfMemory whether a memory limit ended it
     * @return the event
     */
    public static UnitEvent died(String id, Instant at, Map<String, String> labels, int exitCode, boolean outOfMemory) {
        return new UnitEvent(Kind.DIED, id, at, labels, exitCode, outOfMemory, false, HealthStatus.NONE, "");
    }

    /**
     * This event, as an end that was asked for.
     *
     * @return the changed event
     */
    public UnitEvent asAsked() {
        return new UnitEvent(kind, id, at, labels, exitCode, outOfMemory, true, health, detail);
    }

    /**
     * A verdict of the engine's own health check.
     *
     * @param id the unit
     * @param at when
     * @param labels the unit's labels
     * @param health the verdict
     * @return the event
     */
    public static UnitEvent health(String id, Instant at, Map<String, String> labels, HealthStatus health) {
        return new UnitEvent(Kind.HEALTH, id, at, labels, 0, false, false, health, "");
    }

    /**
     * This event, with what the last check answered.
     *
     * @param answer the answer, for people
     * @return the changed event
     */
    public UnitEvent withDetail(String answer) {
        return new UnitEvent(kind, id, at, labels, exitCode, outOfMemory, asked, health, answer);
    }

    /**
     * Events may have been missed.
     *
     * @param at when
     * @return the event
     */
    public static UnitEvent resync(Instant at) {
        return of(Kind.RESYNC, "", at, Map.of());
    }
}
