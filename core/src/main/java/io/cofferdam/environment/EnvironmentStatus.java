package io.cofferdam.environment;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What an engine says of one environment at one moment.
 *
 * @param id the engine's identifier
 * @param name the environment's name
 * @param state what it is doing
 * @param health what its health check last said
 * @param exit the exit code of its main process when it last ended, or null if it never did
 * @param created when it was made
 * @param started when it was last started, or null if never
 * @param finished when it last ended, or null if never
 * @param restarts how often its restart policy started it again
 * @param outOfMemory whether it was last ended for exceeding its memory limit
 * @param image the image or template it was made from, as it was given
 * @param endpoints where its published ports are reached; empty while it does not run
 * @param labels all its labels
 */
public record EnvironmentStatus(
        String id,
        String name,
        EnvironmentState state,
        HealthStatus health,
        @Nullable Integer exit,
        Instant created,
        @Nullable Instant started,
        @Nullable Instant finished,
        int restarts,
        boolean outOfMemory,
        String image,
        List<Endpoint> endpoints,
        Map<String, String> labels) {

    public EnvironmentStatus {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(health, "health");
        Objects.requireNonNull(created, "created");
        Objects.requireNonNull(image, "image");
        endpoints = List.copyOf(endpoints);
        labels = Map.copyOf(labels);
    }

    /**
     * The exit code of the main process when it last ended.
     *
     * @return 0 to 255; 128 + n for an end by signal n; empty if it never ended
     */
    public OptionalInt exitCode() {
        return exit == null ? OptionalInt.empty() : OptionalInt.of(exit);
    }

    /**
     * When it was last started.
     *
     * @return empty if never
     */
    public Optional<Instant> startedAt() {
        return Optional.ofNullable(started);
    }

    /**
     * When it last ended.
     *
     * @return empty if never
     */
    public Optional<Instant> finishedAt() {
        return Optional.ofNullable(finished);
    }

    /**
     * The stack it is a member of.
     *
     * @return empty if it stands alone
     */
    public Optional<String> stack() {
        return Optional.ofNullable(labels.get(Labels.STACK));
    }

    /**
     * The same status with another health, for engines that leave health checks to the library.
     *
     * @param value the health
     * @return the new status
     */
    public EnvironmentStatus withHealth(HealthStatus value) {
        return new EnvironmentStatus(
                id,
                name,
                state,
                value,
                exit,
                created,
                started,
                finished,
                restarts,
                outOfMemory,
                image,
                endpoints,
                labels);
    }

    /**
     * The same status of an environment that is gone: without health and endpoints.
     *
     * @return the new status
     */
    public EnvironmentStatus asRemoved() {
        return new EnvironmentStatus(
                id,
                name,
                EnvironmentState.REMOVED,
                HealthStatus.NONE,
                exit,
                created,
                started,
                finished,
                restarts,
                outOfMemory,
                image,
                List.of(),
                labels);
    }

    /**
     * The same status with another number of restarts, for engines that leave restarts to the library.
     *
     * @param value 0 or more
     * @return the new status
     */
    public EnvironmentStatus withRestarts(int value) {
        return new EnvironmentStatus(
                id,
                name,
                state,
                health,
                exit,
                created,
                started,
                finished,
                value,
                outOfMemory,
                image,
                endpoints,
                labels);
    }

    /**
     * The same status with another state, for what only the library knows of it.
     *
     * @param value the state
     * @return the new status
     */
    public EnvironmentStatus withState(EnvironmentState value) {
        return new EnvironmentStatus(
                id,
                name,
                value,
                health,
                exit,
                created,
                started,
                finished,
                restarts,
                outOfMemory,
                image,
                endpoints,
                labels);
    }
}
