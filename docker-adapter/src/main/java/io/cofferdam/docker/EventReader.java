package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.driver.UnitEvent;
import io.cofferdam.driver.UnitEvent.Kind;
import io.cofferdam.environment.Labels;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Turns what the engine tells into events of units. Used by one thread at a time. */
final class EventReader {

    private static final String HEALTH = "health_status: ";

    /** What the engine puts among the labels; what is no label of ours is of no use to anybody anyway. */
    private static final Set<String> NO_LABELS =
            Set.of("image", "name", "exitCode", "oldName", "signal", "execDuration", "execID");

    /** Units of which a process was ended for want of memory during the present run. */
    private final Set<String> outOfMemory = new HashSet<>();

    /** Empty for what concerns nobody. */
    Optional<UnitEvent> read(JsonNode event) {
        String id = event.path("Actor").path("ID").asText("");
        Map<String, String> attributes = Json.strings(event.path("Actor").path("Attributes"));
        String exitCode = attributes.getOrDefault("exitCode", "0");
        attributes.keySet().removeAll(NO_LABELS);
        if ("".equals(attributes.get(Labels.ENVIRONMENT))) {
            return Optional.empty(); // A container that only inherited our labels from the image of a snapshot.
        }
        attributes
                .entrySet()
                .removeIf(label -> label.getKey().startsWith(Labels.PREFIX)
                        && label.getValue().isEmpty());
        Instant at = EventCursor.time(event);
        String action = event.path("Action").asText("");
        if (action.startsWith(HEALTH)) {
            return Optional.of(
                    UnitEvent.health(id, at, attributes, ContainerFacts.health(action.substring(HEALTH.length()))));
        }
        switch (action) {
            case "oom" -> outOfMemory.add(id);
            case "start" -> outOfMemory.remove(id);
            case "die" -> {
                return Optional.of(UnitEvent.died(id, at, attributes, number(exitCode), outOfMemory.remove(id)));
            }
            default -> {
                // The others need no memory.
            }
        }
        return kind(action).map(kind -> UnitEvent.of(kind, id, at, attributes));
    }

    private static Optional<Kind> kind(String action) {
        return switch (action) {
            case "create" -> Optional.of(Kind.CREATED);
            case "start" -> Optional.of(Kind.STARTED);
            case "pause" -> Optional.of(Kind.PAUSED);
            case "unpause" -> Optional.of(Kind.RESUMED);
            case "rename" -> Optional.of(Kind.RENAMED);
            case "destroy" -> Optional.of(Kind.REMOVED);
            default -> Optional.empty();
        };
    }

    private static int number(String text) {
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    }
}
