package io.cofferdam.deployment;

import java.time.Instant;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a {@link MemoryStore} keeps of one project. Guarded by the store's lock. */
final class MemoryProject {

    final NavigableMap<Long, DeploymentRecord> deployments = new TreeMap<>();
    final NavigableMap<Long, DeploymentRecord> unfinished = new TreeMap<>();
    final NavigableMap<Long, DeploymentEvent> events = new TreeMap<>();
    final NavigableMap<Long, AuditEntry> audit = new TreeMap<>();

    @Nullable
    ProjectState state;

    @Nullable
    Lease lease;

    long lastToken;
    long lastNumber;
    private long lastEvent;
    private long lastAudit;

    void put(DeploymentRecord record) {
        deployments.put(record.number(), record);
        if (record.status().isTerminal()) {
            unfinished.remove(record.number());
        } else {
            unfinished.put(record.number(), record);
        }
    }

    DeploymentEvent add(DeploymentEvent event) {
        DeploymentEvent numbered = event.numbered(++lastEvent);
        events.put(lastEvent, numbered);
        return numbered;
    }

    void add(AuditEntry entry) {
        audit.put(++lastAudit, entry.numbered(lastAudit));
    }

    /** Whether there is more of it than a lease. */
    boolean isThere() {
        return lastNumber > 0 || state != null;
    }

    /** What may be forgotten. */
    Stream<DeploymentRecord> old(int keep, Instant endedBefore) {
        Set<String> wanted = unfinished.values().stream()
                .flatMap(record -> record.previousId().stream())
                .collect(Collectors.toSet());
        if (state != null) {
            state.stableId().ifPresent(wanted::add);
        }
        return deployments.descendingMap().values().stream()
                .filter(record -> record.status().isTerminal())
                .skip(keep)
                .filter(record -> record.completedAt()
                        .filter(at -> at.isBefore(endedBefore))
                        .isPresent())
                .filter(record -> !wanted.contains(record.id()));
    }

    void forget(DeploymentRecord record) {
        deployments.remove(record.number());
        events.values().removeIf(event -> event.deployment().equals(record.id()));
    }
}
