package io.cofferdam.process;

import io.cofferdam.concurrent.Threads;
import io.cofferdam.driver.UnitEvent;
import io.cofferdam.driver.Watch;
import io.cofferdam.environment.EnvironmentState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what changes in the state directory, whoever changes it, into events. It remembers how each environment stood and
 * looks again when it is told that something may have changed; what is different makes the events. So being told once too
 * often does no harm, and an end and a start between two looks are both told.
 */
final class Observer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Observer.class);

    /** Asks for a look at which environments there are. */
    private static final String ALL = "";

    /**
     * How often processes are looked at whose shim cannot tell: only if both were killed at once does nothing appear in
     * the directory, and the system notifies nobody but the parent of a process. 100 ms keep the promise of 200 ms.
     */
    private static final long LOOK_MILLIS = 100;

    private final ProcessTable processes;
    private final Units units;
    private final StateDirectory state;
    private final RunFiles runs;
    private final DirectoryWatch directories;
    private final Threads threads;
    private final BiConsumer<String, Run> standing;
    private final LinkedBlockingQueue<String> changed = new LinkedBlockingQueue<>();
    private final List<Consumer<UnitEvent>> sinks = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Seen> seen = new HashMap<>();
    /** Watches of directories that are no environments yet. */
    private final Map<String, Watch> halfMade = new HashMap<>();

    private boolean started;

    /** How an environment stood when it was last looked at. */
    private record Seen(UnitRecord unit, Run run, Watch watch) {}

    /**
     * Makes an observer that does nothing before it is asked to.
     *
     * @param standing told how an environment stands each time it was looked at
     */
    Observer(
            ProcessTable processes,
            Units units,
            StateDirectory state,
            RunFiles runs,
            DirectoryWatch directories,
            Threads threads,
            BiConsumer<String, Run> standing) {
        this.processes = processes;
        this.standing = standing;
        this.units = units;
        this.state = state;
        this.runs = runs;
        this.directories = directories;
        this.threads = threads;
    }

    Watch watch(Consumer<UnitEvent> sink) {
        lock.lock();
        try {
            begin();
            sinks.add(sink);
        } finally {
            lock.unlock();
        }
        return () -> {
            // Waits for a delivery under way, so that none comes after the return.
            lock.lock();
            try {
                sinks.remove(sink);
            } finally {
                lock.unlock();
            }
        };
    }

    private void begin() {
        if (started) {
            return;
        }
        try {
            directories.on(state.environments(), name -> tell(ALL));
        } catch (IOException e) {
            throw Failures.of("watching " + state.environments(), e);
        }
        started = true;
        lookAtAll();
        threads.start("observer", this::observe);
    }

    /** Something about an environment may have changed. */
    void tell(String id) {
        changed.add(id);
    }

    private void observe() {
        try {
            while (true) {
                Set<String> ids = new LinkedHashSet<>();
                String first = changed.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    ids.add(first);
                    changed.drainTo(ids);
                }
                lock.lockInterruptibly();
                try {
                    if (first == null) {
                        ids.addAll(endedSilently());
                    }
                    look(ids);
                } finally {
                    lock.unlock();
                }
            }
        } catch (InterruptedException end) {
            LOG.trace("observer ended", end);
        }
    }

    private List<String> endedSilently() {
        List<String> ids = new ArrayList<>();
        seen.forEach((id, known) -> {
            ProcessKey shim = known.run().shim();
            if (known.run().isAlive() && shim != null && !processes.isAlive(shim)) {
                ids.add(id);
            }
        });
        return ids;
    }

    private void look(Set<String> ids) {
        if (ids.remove(ALL)) {
            lookAtAll();
        }
        for (String id : ids) {
            try {
                lookAt(id);
            } catch (RuntimeException e) {
                LOG.warn("could not look at environment {}", id, e);
            }
        }
    }

    private void lookAtAll() {
        Set<String> all = new HashSet<>(units.ids());
        Set<String> gone = new HashSet<>(seen.keySet());
        gone.addAll(halfMade.keySet());
        gone.removeAll(all);
        gone.forEach(this::lookAt);
        for (String id : all) {
            if (!seen.containsKey(id)) {
                lookAt(id);
            }
        }
    }

    /** Looks at one environment now, on the calling thread, and tells what is new. */
    void look(String id) {
        lock.lock();
        try {
            if (started) {
                lookAt(id);
            }
        } finally {
            lock.unlock();
        }
    }

    private void lookAt(String id) {
        Seen before = seen.get(id);
        if (before == null && !halfMade.containsKey(id)) {
            watching(id).ifPresent(watch -> halfMade.put(id, watch));
        }
        Optional<UnitRecord> now = units.read(id);
        if (now.isEmpty()) {
            if (before != null) {
                seen.remove(id);
                before.watch().close();
                removed(before);
            }
            if (!Files.isDirectory(state.unit(id).path())) {
                Optional.ofNullable(halfMade.remove(id)).ifPresent(Watch::close);
            }
            return;
        }
        Watch watch = before != null ? before.watch() : halfMade.remove(id);
        if (watch == null) {
            return;
        }
        UnitRecord unit = now.get();
        Run run = runs.read(state.unit(id));
        seen.put(id, new Seen(unit, run, watch));
        if (before == null) {
            emit(UnitEvent.Kind.CREATED, unit, unit.created());
            changes(unit, Run.NEVER, run);
        } else {
            changes(unit, before.run(), run);
            if (!before.unit().engineName().equals(unit.engineName())) {
                emit(UnitEvent.Kind.RENAMED, unit, Instant.now());
            }
        }
        standing.accept(id, run);
    }

    private Optional<Watch> watching(String id) {
        Path directory = state.unit(id).path();
        try {
            return Optional.of(directories.on(directory, new UnitListener(id)));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        } catch (IOException e) {
            if (!Files.isDirectory(directory)) {
                return Optional.empty();
            }
            throw Failures.of("watching " + directory, e);
        }
    }

    /** Equal for one environment, so that watching it twice is watching it once. */
    private final class UnitListener implements DirectoryWatch.Listener {
        private final String id;

        UnitListener(String id) {
            this.id = id;
        }

        @Override
        public void changed(String name) {
            switch (name) {
                case "", UnitDirectory.RUN, UnitDirectory.EXIT, UnitDirectory.UNIT, UnitDirectory.PAUSED -> tell(id);
                default -> {
                    // Notes and claims tell nothing that is an event.
                }
            }
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof UnitListener that && id.equals(that.id);
        }

        @Override
        public int hashCode() {
            return id.hashCode();
        }
    }

    private void removed(Seen before) {
        if (before.run().isAlive()) {
            died(before.unit(), before.run(), RunFiles.UNKNOWN_EXIT, Instant.now(), false);
        }
        emit(UnitEvent.Kind.REMOVED, before.unit(), Instant.now());
    }

    private void changes(UnitRecord unit, Run before, Run now) {
        boolean sameRun = before.key().equals(now.key());
        if (!sameRun) {
            if (before.isAlive()) {
                Run last = runs.last(state.unit(unit.id()));
                boolean told = last.key().equals(before.key()) && last.exit() != null && last.finished() != null;
                int exit = told && last.exit() != null ? last.exit() : RunFiles.UNKNOWN_EXIT;
                Instant end = told && last.finished() != null ? last.finished() : Instant.now();
                died(unit, before, exit, end, told && last.outOfMemory());
            }
            if (now.started() == null) {
                return;
            }
            emit(UnitEvent.Kind.STARTED, unit, now.started());
        }
        boolean wasPaused = sameRun && before.state() == EnvironmentState.PAUSED;
        boolean isPaused = now.state() == EnvironmentState.PAUSED;
        if (isPaused && !wasPaused) {
            emit(UnitEvent.Kind.PAUSED, unit, Instant.now());
        } else if (wasPaused && now.state() == EnvironmentState.RUNNING) {
            emit(UnitEvent.Kind.RESUMED, unit, Instant.now());
        }
        boolean wasAlive = !sameRun || before.isAlive();
        if (wasAlive && now.exit() != null && now.finished() != null) {
            died(unit, now, now.exit(), now.finished(), now.outOfMemory());
        }
    }

    private void died(UnitRecord unit, Run run, int exit, Instant at, boolean outOfMemory) {
        LOG.debug("process {} of '{}' ended with {}", run.key(), unit.engineName(), exit);
        deliver(UnitEvent.died(unit.id(), at, unit.labels(), exit, outOfMemory));
    }

    private void emit(UnitEvent.Kind kind, UnitRecord unit, Instant at) {
        deliver(UnitEvent.of(kind, unit.id(), at, unit.labels()));
    }

    private void deliver(UnitEvent event) {
        for (Consumer<UnitEvent> sink : sinks) {
            try {
                sink.accept(event);
            } catch (RuntimeException e) {
                LOG.error("a listener failed on {}", event.kind(), e);
            }
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            sinks.clear();
            seen.clear();
            halfMade.clear();
        } finally {
            lock.unlock();
        }
    }
}
