package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Remembers how far a stream of events was read. Used by one thread at a time. */
final class EventCursor {

    /** Events are stamped before they are queued, so an earlier one may come after a later one. */
    private static final Duration DISORDER = Duration.ofSeconds(1);

    /** More than engines keep. */
    private static final int REMEMBERED = 2048;

    private final Instant start;
    private final Set<String> seen = new LinkedHashSet<>();
    private @Nullable Instant latest;
    private String latestFingerprint = "";

    EventCursor(Instant start) {
        this.start = start;
    }

    /** Asks an engine whether it still has an event. */
    interface Memory {
        boolean has(Instant moment, String fingerprint) throws IOException;
    }

    /** From when on to ask for events. */
    Instant since() {
        if (latest == null || latest.minus(DISORDER).isBefore(start)) {
            return start;
        }
        return latest.minus(DISORDER);
    }

    /** Whether the engine remembers the latest event, and so everything since; false if there was none to ask for. */
    boolean isKnownTo(Memory memory) throws IOException {
        return latest != null && memory.has(latest, latestFingerprint);
    }

    /** Whether an event was not told yet; remembers it. */
    boolean isNew(JsonNode event) {
        String fingerprint = fingerprint(event);
        if (!seen.add(fingerprint)) {
            return false;
        }
        if (seen.size() > REMEMBERED) {
            seen.remove(seen.iterator().next());
        }
        Instant at = time(event);
        if (latest == null || !at.isBefore(latest)) {
            latest = at;
            latestFingerprint = fingerprint;
        }
        return true;
    }

    static String fingerprint(JsonNode event) {
        return event.path("timeNano").asText("") + " " + event.path("Action").asText("") + " "
                + event.path("Actor").path("ID").asText("");
    }

    static Instant time(JsonNode event) {
        long nanos = event.path("timeNano").asLong(0);
        return nanos > 0
                ? Instant.ofEpochSecond(0, nanos)
                : Instant.ofEpochSecond(event.path("time").asLong(0));
    }
}
