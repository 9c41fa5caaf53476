package io.cofferdam.examples.cli;

import io.cofferdam.environment.EnvironmentEvent;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events as a line for people, and as the document that CLI.md describes. */
final class EventText {

    private EventText() {}

    static String line(EnvironmentEvent event) {
        String details = details(event);
        return event.at() + " " + Text.visible(event.name()) + " " + type(event)
                + (details.isEmpty() ? "" : ": " + Text.visible(details));
    }

    /** The word of an event's type, for example {@code health-changed}. */
    static String type(EnvironmentEvent event) {
        return event.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
    }

    private static String details(EnvironmentEvent event) {
        if (event instanceof EnvironmentEvent.Exited exited) {
            return "exit code " + exited.exitCode() + (exited.outOfMemory() ? ", out of memory" : "");
        }
        if (event instanceof EnvironmentEvent.HealthChanged changed) {
            return Shown.name(changed.health()) + (changed.detail().isEmpty() ? "" : ", " + changed.detail());
        }
        if (event instanceof EnvironmentEvent.RestartScheduled scheduled) {
            return "restart " + scheduled.attempt() + " in " + scheduled.delay().toMillis() + " ms";
        }
        if (event instanceof EnvironmentEvent.RestartsExhausted exhausted) {
            return "after " + exhausted.attempts() + ": " + exhausted.reason();
        }
        return "";
    }

    static Map<String, @Nullable Object> document(EnvironmentEvent event) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("at", event.at().toString());
        document.put("type", type(event));
        document.put("name", event.name());
        document.put("id", event.id());
        document.put("exitCode", event instanceof EnvironmentEvent.Exited exited ? exited.exitCode() : null);
        document.put("outOfMemory", event instanceof EnvironmentEvent.Exited exited ? exited.outOfMemory() : null);
        document.put(
                "health",
                event instanceof EnvironmentEvent.HealthChanged changed ? Shown.name(changed.health()) : null);
        document.put("attempt", attempt(event));
        document.put(
                "delayMs",
                event instanceof EnvironmentEvent.RestartScheduled scheduled
                        ? scheduled.delay().toMillis()
                        : null);
        document.put("detail", detail(event));
        document.put("formerId", event instanceof EnvironmentEvent.Updated updated ? updated.formerId() : null);
        return document;
    }

    @Nullable
    private static Integer attempt(EnvironmentEvent event) {
        if (event instanceof EnvironmentEvent.RestartScheduled scheduled) {
            return scheduled.attempt();
        }
        return event instanceof EnvironmentEvent.RestartsExhausted exhausted ? (Integer) exhausted.attempts() : null;
    }

    @Nullable
    private static String detail(EnvironmentEvent event) {
        if (event instanceof EnvironmentEvent.HealthChanged changed) {
            return changed.detail();
        }
        return event instanceof EnvironmentEvent.RestartsExhausted exhausted ? exhausted.reason() : null;
    }
}
