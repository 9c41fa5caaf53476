package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.driver.UnitEvent;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Turns what becomes of records and pods into what becomes of environments. Two watches tell; one hears at a time. */
final class UnitEvents {

    private final Consumer<UnitEvent> sink;
    private final ReentrantLock lock = new ReentrantLock();

    /** The labels of records by identifier. */
    private final Map<String, Map<String, String>> labels = new HashMap<>();

    /** How far each pod was told, by name. */
    private final Map<String, Runs.Phase> told = new HashMap<>();

    /** What is there when the watch begins is known, and no event. */
    private boolean begun;

    UnitEvents(Consumer<UnitEvent> sink) {
        this.sink = sink;
    }

    void begin() {
        lock.lock();
        try {
            begun = true;
        } finally {
            lock.unlock();
        }
    }

    void end() {
        lock.lock();
        try {
            begun = false;
        } finally {
            lock.unlock();
        }
    }

    private void tell(UnitEvent event) {
        if (begun) {
            sink.accept(event);
        }
    }

    void record(@Nullable JsonNode before, @Nullable JsonNode after) {
        lock.lock();
        try {
            if (after == null) {
                String id = Marks.name(Objects.requireNonNull(before));
                Map<String, String> were = labels.remove(id);
                tell(UnitEvent.of(UnitEvent.Kind.REMOVED, id, Instant.now(), were == null ? Map.of() : were));
                return;
            }
            String id = Marks.name(after);
            Map<String, String> full = Marks.read(after);
            labels.put(id, full);
            Instant made = Json.instant(after.path("metadata").path("creationTimestamp"));
            if (before == null) {
                tell(UnitEvent.of(UnitEvent.Kind.CREATED, id, made == null ? Instant.now() : made, full));
            } else if (!Marks.annotation(before, Marks.NAME).equals(Marks.annotation(after, Marks.NAME))) {
                tell(UnitEvent.of(UnitEvent.Kind.RENAMED, id, Instant.now(), full));
            }
        } finally {
            lock.unlock();
        }
    }

    void pod(@Nullable JsonNode before, @Nullable JsonNode after) {
        lock.lock();
        try {
            JsonNode pod = after != null ? after : Objects.requireNonNull(before);
            String name = Marks.name(pod);
            String id = Marks.label(pod, Marks.UNIT);
            Map<String, String> full = labels.getOrDefault(id, Marks.read(pod));
            Runs.Main main = Runs.main(pod);
            Runs.Phase was = told.getOrDefault(name, Runs.Phase.WAITING);
            Runs.Phase is = main.phase();
            if (was == Runs.Phase.WAITING
                    && (is == Runs.Phase.RUNNING
                            || (is == Runs.Phase.ENDED && !main.container().isEmpty()))) {
                Instant started = main.started();
                tell(UnitEvent.of(UnitEvent.Kind.STARTED, id, started == null ? Instant.now() : started, full));
            }
            boolean gone = after == null && was != Runs.Phase.ENDED && is == Runs.Phase.RUNNING;
            if (was != Runs.Phase.ENDED && is == Runs.Phase.ENDED) {
                Instant finished = main.finished();
                died(pod, id, full, finished, main.exitCode(), main.outOfMemory());
            } else if (gone) {
                died(pod, id, full, null, 137, false);
            }
            if (after == null) {
                told.remove(name);
            } else {
                told.put(name, is == Runs.Phase.WAITING ? was : is);
            }
        } finally {
            lock.unlock();
        }
    }

    private void died(
            JsonNode pod,
            String id,
            Map<String, String> full,
            @Nullable Instant at,
            int exitCode,
            boolean outOfMemory) {
        UnitEvent event = UnitEvent.died(id, at == null ? Instant.now() : at, full, exitCode, outOfMemory);
        tell(Marks.annotation(pod, Marks.ASKED).isEmpty() ? event : event.asAsked());
    }
}
