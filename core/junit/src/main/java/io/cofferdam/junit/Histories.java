package io.cofferdam.junit;

import io.cofferdam.environment.EnvironmentEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What happened to the environments of the tests, told by the engine's events. */
final class Histories {

    private static final int LONGEST = 100;

    private final Map<String, Deque<String>> byName = new ConcurrentHashMap<>();

    /** From now on, what happens to this environment is remembered. */
    void begin(String name) {
        byName.putIfAbsent(name, new ArrayDeque<>());
    }

    void forget(String name) {
        byName.remove(name);
    }

    void heard(EnvironmentEvent event) {
        Deque<String> history = byName.get(event.name());
        if (history != null) {
            synchronized (history) {
                history.add(event.at() + "  " + text(event));
                if (history.size() > LONGEST) {
                    history.removeFirst();
                }
            }
        }
    }

    /** Oldest first. */
    List<String> of(String name) {
        Deque<String> history = byName.get(name);
        if (history == null) {
            return List.of();
        }
        synchronized (history) {
            return new ArrayList<>(history);
        }
    }

    private static String text(EnvironmentEvent event) {
        if (event instanceof EnvironmentEvent.Exited exited) {
            return "exited with " + exited.exitCode() + (exited.outOfMemory() ? ", out of memory" : "");
        }
        if (event instanceof EnvironmentEvent.HealthChanged changed) {
            return "health: " + changed.health().toString().toLowerCase(java.util.Locale.ROOT)
                    + (changed.detail().isEmpty() ? "" : ", " + changed.detail());
        }
        if (event instanceof EnvironmentEvent.RestartScheduled restart) {
            return "restart " + restart.attempt() + " in " + restart.delay().toMillis() + " ms";
        }
        if (event instanceof EnvironmentEvent.RestartsExhausted given) {
            return "given up after " + given.attempts() + " restarts: " + given.reason();
        }
        return Declarations.hyphenated(event.getClass().getSimpleName()).replace('-', ' ');
    }
}
