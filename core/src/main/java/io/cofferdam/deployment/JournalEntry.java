package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import java.time.Instant;
import java.util.Objects;

/**
 * One line of the journal of a deployment: what was meant before it is done, and what came of it afterwards.
 *
 * @param deployment the id of the deployment
 * @param sequence its number in the journal of the deployment, from 1; stores give it
 * @param step the id of the step
 * @param phase whether it is meant, done or failed
 * @param detail more about it, without secrets; may be empty
 * @param token the token of the lease under which it was written
 * @param at when
 */
@Experimental
public record JournalEntry(
        String deployment, long sequence, String step, Phase phase, String detail, long token, Instant at) {

    /** How far a step is. */
    public enum Phase {
        /** It is about to be done. */
        INTENT,
        /** It was done. */
        DONE,
        /** It was not done: its guard did not hold any more, or the deployment changed its mind. */
        SKIPPED,
        /** It failed. */
        FAILED
    }

    public JournalEntry {
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(step, "step");
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(at, "at");
    }

    /**
     * The same line with its number: for stores.
     *
     * @param value its number in the journal of the deployment
     * @return the line
     */
    public JournalEntry numbered(long value) {
        return new JournalEntry(deployment, value, step, phase, detail, token, at);
    }
}
