package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A step of a run as it is stored. Secrets are masked in all of it.
 *
 * @param run the identifier of the run
 * @param index its number in the plan, from 0
 * @param name its name
 * @param type its type
 * @param status where it is
 * @param attempts how many attempts there were
 * @param results its results, as JSON whose keys are in order; {@code {}} if there are none
 * @param message why it failed or was skipped, or what was taken from an earlier run; may be empty
 * @param fault whose fault its last failure was; null if none failed
 * @param begun when its first attempt began; null if there was none
 * @param over when it ended; null while it has not
 */
@Experimental
public record StepRecord(
        String run,
        int index,
        String name,
        String type,
        StepStatus status,
        int attempts,
        String results,
        String message,
        @Nullable FaultClass fault,
        @Nullable Instant begun,
        @Nullable Instant over) {

    public StepRecord {
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(results, "results");
        Objects.requireNonNull(message, "message");
    }

    static StepRecord pending(String run, Node node) {
        return new StepRecord(
                run, node.index, node.name, node.step().type(), StepStatus.PENDING, 0, "{}", "", null, null, null);
    }

    StepRecord started(int attempt, Instant at) {
        return new StepRecord(
                run, index, name, type, StepStatus.RUNNING, attempt, "{}", "", fault, begun == null ? at : begun, null);
    }

    StepRecord ended(
            StepStatus newStatus,
            String newResults,
            String newMessage,
            @Nullable FaultClass newFault,
            @Nullable Instant at) {
        return new StepRecord(run, index, name, type, newStatus, attempts, newResults, newMessage, newFault, begun, at);
    }

    /** As it is before a resumed run does it again. */
    StepRecord again() {
        return new StepRecord(run, index, name, type, StepStatus.PENDING, 0, "{}", "", null, null, null);
    }

    /**
     * Its results.
     *
     * @return names and values
     */
    public Map<String, @Nullable Object> resultValues() {
        return Data.parseMap(results);
    }

    /**
     * How long it took, waits between attempts included.
     *
     * @return empty if it did not run, or has not ended
     */
    public Optional<Duration> duration() {
        return begun == null || over == null ? Optional.empty() : Optional.of(Duration.between(begun, over));
    }
}
