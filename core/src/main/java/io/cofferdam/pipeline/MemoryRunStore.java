package io.cofferdam.pipeline;

import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.WrongStateException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Runs in memory. */
final class MemoryRunStore implements RunStore {

    private static final class Kept {
        private RunRecord run;
        private final TreeMap<Integer, StepRecord> steps = new TreeMap<>();
        private final List<PipelineEvent> events = new ArrayList<>();

        Kept(RunRecord run) {
            this.run = run;
        }
    }

    private final Map<String, Kept> runs = new LinkedHashMap<>();

    @Override
    public synchronized void create(RunRecord run, List<StepRecord> steps, List<PipelineEvent> events) {
        if (runs.containsKey(run.id())) {
            throw new NameTakenException("there is a run '" + run.id() + "' already");
        }
        Kept kept = new Kept(run);
        steps.forEach(step -> kept.steps.put(step.index(), step));
        kept.events.addAll(events);
        runs.put(run.id(), kept);
    }

    @Override
    public synchronized void write(RunRecord run, List<StepRecord> steps, List<PipelineEvent> events, boolean resumes) {
        Kept kept = runs.get(run.id());
        if (kept == null) {
            throw new NotFoundException("there is no run '" + run.id() + "'");
        }
        if (kept.run.generation() != run.generation() - (resumes ? 1 : 0)) {
            throw taken(run);
        }
        kept.run = run;
        steps.forEach(step -> kept.steps.put(step.index(), step));
        kept.events.addAll(events);
    }

    static WrongStateException taken(RunRecord run) {
        return new WrongStateException("run '" + run.id() + "' was resumed by somebody else, who goes on with it");
    }

    @Override
    public synchronized Optional<RunRecord> find(String id) {
        return Optional.ofNullable(runs.get(id)).map(kept -> kept.run);
    }

    @Override
    public synchronized List<RunRecord> list(@Nullable String pipeline, int limit) {
        List<RunRecord> all = new ArrayList<>();
        Map<String, Integer> position = new HashMap<>();
        runs.values().forEach(kept -> {
            position.put(kept.run.id(), position.size());
            if (pipeline == null || kept.run.pipeline().equals(pipeline)) {
                all.add(kept.run);
            }
        });
        all.sort(Comparator.comparing(RunRecord::created)
                .thenComparing(run -> position.getOrDefault(run.id(), 0))
                .reversed());
        return List.copyOf(all.subList(0, Math.min(limit, all.size())));
    }

    @Override
    public synchronized List<StepRecord> steps(String run) {
        Kept kept = runs.get(run);
        return kept == null ? List.of() : List.copyOf(kept.steps.values());
    }

    @Override
    public synchronized List<PipelineEvent> events(String run, long after, int limit) {
        Kept kept = runs.get(run);
        if (kept == null) {
            return List.of();
        }
        int from = (int) Math.min(after, kept.events.size());
        return List.copyOf(kept.events.subList(from, Math.min(kept.events.size(), from + limit)));
    }

    @Override
    public void close() {}
}
