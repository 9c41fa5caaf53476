package io.cofferdam.event;

import java.time.Instant;

/**
 * Something that has happened. Implementations are immutable, best of all records, and named in the past tense. The same
 * object is handed to all subscribers, on several threads at once.
 */
public interface Event {

    /**
     * When it happened, by the clock of whoever saw it; not when it was published.
     *
     * @return the moment
     */
    Instant at();
}
