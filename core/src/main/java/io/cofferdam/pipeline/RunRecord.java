package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run as it is stored. Secrets are masked in all of it.
 *
 * @param id its identifier
 * @param pipeline the pipeline's name
 * @param status where it is
 * @param generation how often it was begun or resumed; who has an older number may not write any more
 * @param definition the pipeline, as JSON in the form of files
 * @param variables the variables it runs with, as JSON
 * @param folder the folder relative paths are taken from
 * @param message what there is to say of it
 * @param created when it was begun
 * @param ended when it ended; null while it has not
 */
@Experimental
public record RunRecord(
        String id,
        String pipeline,
        RunStatus status,
        int generation,
        String definition,
        String variables,
        String folder,
        String message,
        Instant created,
        @Nullable Instant ended) {

    public RunRecord {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(pipeline, "pipeline");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(definition, "definition");
        Objects.requireNonNull(variables, "variables");
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(created, "created");
    }

    /**
     * When it ended.
     *
     * @return empty while it has not
     */
    public Optional<Instant> completed() {
        return Optional.ofNullable(ended);
    }

    RunRecord with(RunStatus newStatus, String newMessage, @Nullable Instant newEnd) {
        return new RunRecord(
                id, pipeline, newStatus, generation, definition, variables, folder, newMessage, created, newEnd);
    }

    RunRecord resumed() {
        return new RunRecord(
                id, pipeline, RunStatus.RUNNING, generation + 1, definition, variables, folder, "", created, null);
    }

    /** Without the variables. */
    @Override
    public String toString() {
        return "RunRecord[" + id + ", " + pipeline + ", " + status + "]";
    }
}
