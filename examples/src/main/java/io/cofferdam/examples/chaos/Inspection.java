package io.cofferdam.examples.chaos;

import io.cofferdam.application.Application;
import io.cofferdam.deployment.DeploymentEngine;
import io.cofferdam.deployment.DeploymentEvent;
import io.cofferdam.deployment.DeploymentEventType;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.deployment.JournalEntry;
import io.cofferdam.deployment.ProjectState;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.workload.Condition;
import io.cofferdam.workload.InstanceStatus;
import io.cofferdam.workload.Prepared;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks at what a deployment has left behind, and collects everything that is not as it should be. */
final class Inspection {

    private static final int ALL = 100_000;
    private static final Duration PREPARATION = Duration.ofSeconds(30);

    private static final Set<String> ENDS = Set.of(
            DeploymentEventType.COMPLETED,
            DeploymentEventType.FAILED,
            DeploymentEventType.ROLLBACK_COMPLETED,
            DeploymentEventType.CANCELLED,
            DeploymentEventType.SUPERSEDED);

    private final Trial trial;
    private final DeploymentStore store;
    private final List<String> problems = new ArrayList<>();

    Inspection(Trial trial, DeploymentStore store) {
        this.trial = trial;
        this.store = store;
    }

    /** Everything that is wrong. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    void require(boolean holds, String otherwise) {
        if (!holds) {
            problems.add(otherwise);
        }
    }

    /** The instances are exactly those of a release, each there once and available. */
    Inspection instances(Orchestrator orchestrator, DeploymentEngine engine, Application release) {
        Prepared wanted = orchestrator.workloads().prepare(release, message -> {}, PREPARATION);
        List<InstanceStatus> there = engine.instances(trial.project());
        Set<String> names = new HashSet<>();
        Map<String, Integer> counts = new TreeMap<>();
        for (InstanceStatus instance : there) {
            counts.merge(instance.revision().toString(), 1, Integer::sum);
            require(
                    names.add(instance.revision() + "#" + instance.instance().ordinal()),
                    "twice there: " + instance.name());
            require(
                    instance.instance().condition() == Condition.AVAILABLE,
                    instance.name() + " is " + instance.instance().condition());
        }
        Map<String, Integer> expected = new TreeMap<>();
        release.services()
                .forEach(service -> expected.put(wanted.revision(service.name()).toString(), service.replicas()));
        require(counts.equals(expected), "there are " + counts + " instead of " + expected);
        return this;
    }

    /** Events without a gap, each deployment ending with one that says so; records and journals that agree with it. */
    Inspection books(@Nullable String stable) {
        List<DeploymentEvent> events = store.events(trial.project(), 0, ALL);
        for (int i = 0; i < events.size(); i++) {
            require(
                    events.get(i).sequence() == i + 1L,
                    "event " + (i + 1) + " has number " + events.get(i).sequence());
        }
        require(store.unfinished(trial.project()).isEmpty(), "a deployment has not ended");
        require(store.signals(trial.project()).isEmpty(), "a signal was left");
        for (DeploymentRecord record : store.history(trial.project(), Long.MAX_VALUE, ALL)) {
            require(record.status().isTerminal(), "deployment " + record.number() + " is " + record.status());
            require(record.completedAt().isPresent(), "deployment " + record.number() + " has no end");
            ends(record);
            journal(record);
        }
        ProjectState state = store.project(trial.project()).orElse(new ProjectState(trial.project(), null, ""));
        String known = state.stableId()
                .flatMap(store::find)
                .map(DeploymentRecord::version)
                .orElse(null);
        require(stable == null ? known == null : stable.equals(known), "stable is version " + known);
        return this;
    }

    private void ends(DeploymentRecord record) {
        List<DeploymentEvent> own = store.eventsOf(record.id(), 0, ALL);
        List<String> types = own.stream().map(DeploymentEvent::type).collect(Collectors.toList());
        String name = "deployment " + record.number();
        require(!types.isEmpty() && types.get(0).equals(DeploymentEventType.SUBMITTED), name + " begins with " + types);
        require(!types.isEmpty() && ENDS.contains(types.get(types.size() - 1)), name + " does not end: " + types);
        for (String once : List.of(
                DeploymentEventType.SUBMITTED,
                DeploymentEventType.STARTED,
                DeploymentEventType.FAILED,
                DeploymentEventType.ROLLBACK_STARTED,
                DeploymentEventType.ROLLBACK_COMPLETED,
                DeploymentEventType.COMPLETED)) {
            long times = types.stream().filter(once::equals).count();
            require(times <= 1, name + " has " + times + " events " + once);
        }
    }

    private void journal(DeploymentRecord record) {
        long token = 0;
        long sequence = 0;
        for (JournalEntry line : store.journal(record.id())) {
            String name = "line " + line.sequence() + " of the journal of deployment " + record.number();
            require(line.sequence() == ++sequence, name + " should be " + sequence);
            require(line.token() >= token, name + " was written under the older token " + line.token());
            token = Math.max(token, line.token());
        }
    }

    /** What the engine has beyond the instances that are known. */
    Inspection strangers(DeploymentEngine engine, List<String> things) {
        Set<String> names = engine.instances(trial.project()).stream()
                .flatMap(instance ->
                        Stream.of(instance.name(), instance.environment().id()))
                .collect(Collectors.toSet());
        for (String thing : things) {
            boolean isInstance = thing.startsWith("environments ") || thing.startsWith("container ");
            boolean isKnown = names.stream().anyMatch(thing::endsWith);
            require(!isInstance || isKnown, "nobody knows of " + thing);
        }
        return this;
    }
}
