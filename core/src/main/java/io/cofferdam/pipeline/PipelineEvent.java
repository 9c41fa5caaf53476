package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import io.cofferdam.event.Event;
import java.time.Instant;
import java.util.Objects;

/**
 * Something that happened in a run. Stored in the same transaction as what it tells of, published after that.
 *
 * @param run the identifier of the run
 * @param sequence its number within the run, from 1, without gaps
 * @param type what happened: {@code run_started}, {@code run_resumed}, {@code run_succeeded}, {@code run_failed},
 *     {@code run_cancelled}, {@code step_started}, {@code step_retrying}, {@code step_succeeded}, {@code step_failed},
 *     {@code step_skipped}, {@code step_cancelled}
 * @param step the step's name; empty for an event of the run
 * @param message why, or what came of it; may be empty
 * @param at when
 */
@Experimental
public record PipelineEvent(String run, long sequence, String type, String step, String message, Instant at)
        implements Event {

    public PipelineEvent {
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(step, "step");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(at, "at");
    }
}
