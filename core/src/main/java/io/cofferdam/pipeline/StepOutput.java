package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import io.cofferdam.event.Event;
import java.time.Instant;
import java.util.Objects;

/**
 * A line that a step wrote, secrets masked. Published as it is written, and not kept among the events: the output itself is kept.
 *
 * @param run the identifier of the run
 * @param step the step's name
 * @param isError whether it was written to the standard error
 * @param line the line without its end, at most 8 KiB of it
 * @param at when it was seen
 */
@Experimental
public record StepOutput(String run, String step, boolean isError, String line, Instant at) implements Event {

    public StepOutput {
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(step, "step");
        Objects.requireNonNull(line, "line");
        Objects.requireNonNull(at, "at");
    }
}
