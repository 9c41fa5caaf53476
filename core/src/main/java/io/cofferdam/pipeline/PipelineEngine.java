package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.StorageException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.event.EventBus;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs pipelines on engines. Safe for use by many threads.
 *
 * <pre>{@code
 * try (Orchestrator docker = Cofferdam.open("docker");
 *         PipelineEngine pipelines = PipelineEngine.builder().engine("docker", docker).build()) {
 *     PipelineRun run = pipelines.run(PipelineLoader.of(file).load(), Map.of("build_number", 42));
 *     RunRecord end = run.await(Duration.ofMinutes(30));
 * }
 * }</pre>
 *
 * <p>A pipeline is checked as a whole before its first step. Every change is stored before anything follows from it; a run that was cut
 * off, by {@link #close()} or by the end of the process, is gone on with by {@link #resume}, which does nothing again that had
 * succeeded. Of two engines that resume the same run the later one goes on with it.
 */
@Experimental
public final class PipelineEngine implements AutoCloseable {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final EngineParts parts;
    private final boolean ownsDirectory;
    private final Path folder;
    private final Map<String, RunExecution> running = new ConcurrentHashMap<>();
    private volatile boolean isClosed;

    private PipelineEngine(EngineParts parts, boolean ownsDirectory, Path folder) {
        this.parts = parts;
        this.ownsDirectory = ownsDirectory;
        this.folder = folder;
    }

    /**
     * A builder of an engine.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Checks a pipeline with the values it would be given, and shows what it comes to. Runs nothing.
     *
     * @param pipeline the pipeline
     * @param variables values of parameters and variables
     * @return the plan
     * @throws InvalidInputException with every problem
     */
    public PipelinePlan plan(Pipeline pipeline, Map<String, ?> variables) {
        return Preparation.of(parts, pipeline, variables).plan();
    }

    /**
     * Begins a run and returns at once. Relative paths are taken from the folder the engine was built with.
     *
     * @param pipeline the pipeline
     * @param variables values of parameters and variables
     * @return the run
     * @throws InvalidInputException with every problem; nothing was run then
     * @throws ClosedException if the engine is closed
     */
    public PipelineRun run(Pipeline pipeline, Map<String, ?> variables) {
        return run(pipeline, variables, folder);
    }

    /**
     * Begins a run and returns at once.
     *
     * @param pipeline the pipeline
     * @param variables values of parameters and variables
     * @param base the folder relative paths are taken from
     * @return the run
     * @throws InvalidInputException with every problem; nothing was run then
     * @throws ClosedException if the engine is closed
     */
    public PipelineRun run(Pipeline pipeline, Map<String, ?> variables, Path base) {
        requireOpen();
        Preparation prepared = Preparation.of(parts, pipeline, variables);
        byte[] random = new byte[8];
        RANDOM.nextBytes(random);
        String id = HexFormat.of().formatHex(random);
        RunFacts facts = prepared.facts(parts, id, pipeline, base);
        RunRecord record = new RunRecord(
                id,
                pipeline.name(),
                RunStatus.RUNNING,
                1,
                facts.mask().mask(Data.json(PipelineForm.written(pipeline))),
                facts.mask().mask(Data.json(prepared.variables().values())),
                facts.folder().toString(),
                "",
                parts.clock().instant(),
                null);
        List<StepRecord> steps = new ArrayList<>();
        prepared.graph().nodes.stream()
                .filter(node -> !node.isGate())
                .forEach(node -> steps.add(StepRecord.pending(id, node)));
        PipelineEvent begun =
                new PipelineEvent(id, 1, "run_started", "", "", parts.clock().instant());
        parts.store().create(record, steps, List.of(begun));
        parts.bus().publish(begun);
        return begin(new RunExecution(parts, facts, prepared.graph(), record, steps, 1));
    }

    /**
     * Goes on with a run that failed, was cancelled or was cut off. Steps that succeeded keep their results and are not done again; all
     * others are. Secrets are asked for anew.
     *
     * @param id the run's identifier
     * @return the run
     * @throws NotFoundException if the store has no such run
     * @throws WrongStateException if it succeeded, or goes on in this engine
     * @throws InvalidInputException if it cannot be run any more, with every reason
     */
    public PipelineRun resume(String id) {
        requireOpen();
        RunRecord record = get(id);
        if (record.status() == RunStatus.SUCCEEDED) {
            throw new WrongStateException("run '" + id + "' succeeded, so there is nothing to resume");
        }
        if (running.containsKey(id)) {
            throw new WrongStateException("run '" + id + "' goes on already; wait for its end, or cancel it");
        }
        Pipeline pipeline =
                PipelineForm.read(Data.parseMap(record.definition()), Places.none(), (path, what, remedy) -> {});
        Preparation prepared = Preparation.ofStored(parts, pipeline, Data.parseMap(record.variables()));
        RunFacts facts = prepared.facts(parts, id, pipeline, Path.of(record.folder()));
        List<StepRecord> steps = new ArrayList<>();
        List<StepRecord> changed = new ArrayList<>();
        for (StepRecord step : parts.store().steps(id)) {
            boolean isDone = step.status() == StepStatus.SUCCEEDED;
            steps.add(isDone ? step : step.again());
            if (!isDone) {
                changed.add(step.again());
            }
        }
        long last = lastEvent(id);
        PipelineEvent resumed = new PipelineEvent(
                id, last + 1, "run_resumed", "", "", parts.clock().instant());
        RunRecord again = record.resumed();
        parts.store().write(again, changed, List.of(resumed), true);
        parts.bus().publish(resumed);
        return begin(new RunExecution(parts, facts, prepared.graph(), again, steps, last + 1));
    }

    private long lastEvent(String id) {
        long last = 0;
        while (true) {
            List<PipelineEvent> page = parts.store().events(id, last, 1000);
            if (page.isEmpty()) {
                return last;
            }
            last = page.get(page.size() - 1).sequence();
        }
    }

    private PipelineRun begin(RunExecution execution) {
        running.put(execution.id(), execution);
        execution.whenOver(() -> running.remove(execution.id(), execution));
        execution.begin();
        return new RunHandle(execution.id(), parts, execution.end(), execution::cancel);
    }

    /**
     * A run.
     *
     * @param id its identifier
     * @return the run as the store has it; one that goes on in this engine can be waited for and cancelled
     * @throws NotFoundException if the store has no such run
     */
    public PipelineRun find(String id) {
        get(id);
        RunExecution execution = running.get(id);
        return execution == null
                ? new RunHandle(id, parts, null, () -> {})
                : new RunHandle(id, parts, execution.end(), execution::cancel);
    }

    private RunRecord get(String id) {
        return parts.store()
                .find(id)
                .orElseThrow(() -> new NotFoundException("there is no run '" + id + "' in the store"));
    }

    /**
     * Cancels a run, wherever it goes on. One of another engine is recorded as cancelled at once; that engine can write nothing of it
     * any more, and stops its steps when it notices, at the latest with the end of the next one.
     *
     * @param id its identifier
     * @throws NotFoundException if the store has no such run
     */
    public void cancel(String id) {
        RunExecution execution = running.get(id);
        if (execution != null) {
            execution.cancel();
            return;
        }
        RunRecord record = get(id);
        if (record.status().isTerminal()) {
            return;
        }
        Instant now = parts.clock().instant();
        List<StepRecord> cancelled = new ArrayList<>();
        for (StepRecord step : parts.store().steps(id)) {
            if (!step.status().isTerminal()) {
                cancelled.add(step.ended(StepStatus.CANCELLED, "{}", "the run was cancelled", null, now));
            }
        }
        PipelineEvent event = new PipelineEvent(
                id, lastEvent(id) + 1, "run_cancelled", "", "it was cancelled by another engine", now);
        parts.store()
                .write(
                        record.resumed().with(RunStatus.CANCELLED, "it was cancelled", now),
                        cancelled,
                        List.of(event),
                        true);
        parts.bus().publish(event);
    }

    /**
     * Runs there are.
     *
     * @param pipeline the name of their pipeline; null for all
     * @param limit how many at the most, more than 0
     * @return the newest first
     */
    public List<RunRecord> list(@Nullable String pipeline, int limit) {
        return parts.store().list(pipeline, limit);
    }

    /**
     * Figures of the last runs of a pipeline, by steps.
     *
     * @param pipeline its name
     * @param runs how many of its last runs count, more than 0
     * @return for each step that ran how often it did, how often it failed, and how long it took on average
     */
    public List<StepFigures> figures(String pipeline, int runs) {
        return StepFigures.of(list(pipeline, runs).stream()
                .flatMap(run -> parts.store().steps(run.id()).stream())
                .toList());
    }

    /**
     * What happens in runs of this engine: {@link PipelineEvent}s and {@link StepOutput}.
     *
     * @return the bus, closed with the engine
     */
    public EventBus events() {
        return parts.bus();
    }

    private void requireOpen() {
        if (isClosed) {
            throw new ClosedException("the pipeline engine is closed; build another one");
        }
    }

    /**
     * Stops what runs, without recording it as cancelled, so that it can be resumed; gives back every thread. The engines and the store
     * it was given stay open. Does nothing the second time.
     */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        Deadline deadline = Deadline.in(CLOSE_TIMEOUT);
        List<RunExecution> all = new ArrayList<>(running.values());
        all.forEach(run -> run.breakOff(new ClosedException(
                "the pipeline engine was closed before run '" + run.id() + "' had ended; resume it by another one")));
        all.forEach(run -> run.awaitQuiet(deadline));
        parts.threads().close();
        parts.bus().close();
        if (ownsDirectory) {
            Artifacts.remove(parts.directory());
        }
    }

    /** Builds an engine. Not safe for use by several threads. */
    public static final class Builder {

        private final Map<String, Orchestrator> engines = new LinkedHashMap<>();
        private final List<StepProvider> providers = new ArrayList<>();
        private SecretProvider secrets = SecretProvider.none();
        private Catalogue catalogue = Catalogue.ofEngine();
        private RunStore store = RunStore.inMemory();
        private @Nullable Path directory;
        private Path folder = Path.of("");
        private int parallelism = 16;
        private long outputLimit = 64L * 1024 * 1024;
        private Clock clock = Clock.systemUTC();

        private Builder() {}

        /**
         * Adds an engine. Steps run on the one that is called like the beginning of their type ({@code docker}, {@code process};
         * {@code kubernetes} for {@code k8s}), else on the first one.
         *
         * @param name what steps call it
         * @param engine the engine, open for longer than the pipeline engine
         * @return this builder
         */
        public Builder engine(String name, Orchestrator engine) {
            engines.put(name, Objects.requireNonNull(engine, "engine"));
            return this;
        }

        /**
         * Sets where secrets come from; none unless set.
         *
         * @param value the provider
         * @return this builder
         */
        public Builder secrets(SecretProvider value) {
            this.secrets = Objects.requireNonNull(value, "secrets");
            return this;
        }

        /**
         * Sets what registries and clusters are called.
         *
         * @param value the catalogue; {@link Catalogue#ofEngine()} unless set
         * @return this builder
         */
        public Builder catalogue(Catalogue value) {
            this.catalogue = Objects.requireNonNull(value, "catalogue");
            return this;
        }

        /**
         * Sets where runs are kept.
         *
         * @param value the store, open for longer than the engine; one in memory unless set
         * @return this builder
         */
        public Builder store(RunStore value) {
            this.store = Objects.requireNonNull(value, "store");
            return this;
        }

        /**
         * Sets where output, artifacts and cached results are kept.
         *
         * @param value a folder that is made if it is not there; one that is removed with the engine unless set
         * @return this builder
         */
        public Builder directory(Path value) {
            this.directory = Objects.requireNonNull(value, "directory");
            return this;
        }

        /**
         * Sets the folder relative paths are taken from.
         *
         * @param value the current one unless set
         * @return this builder
         */
        public Builder folder(Path value) {
            this.folder = Objects.requireNonNull(value, "folder");
            return this;
        }

        /**
         * Sets how many steps of a run are done at the same time.
         *
         * @param steps 1 or more; 16 unless set
         * @return this builder
         */
        public Builder parallelism(int steps) {
            if (steps < 1) {
                throw new IllegalArgumentException("1 or more steps are done at the same time, not " + steps);
            }
            this.parallelism = steps;
            return this;
        }

        /**
         * Sets how much of each of a step's two streams is kept.
         *
         * @param bytes more than 0; 64 MiB unless set. Half of it or more is kept of what exceeds it, the latest
         * @return this builder
         */
        public Builder outputLimit(long bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("1 or more bytes are kept, not " + bytes);
            }
            this.outputLimit = bytes;
            return this;
        }

        /**
         * Adds a type of steps, in place of one of its name.
         *
         * @param provider its provider
         * @return this builder
         */
        public Builder provider(StepProvider provider) {
            providers.add(Objects.requireNonNull(provider, "provider"));
            return this;
        }

        /**
         * Sets the clock.
         *
         * @param value what tells the time of records and events; the system's unless set
         * @return this builder
         */
        public Builder clock(Clock value) {
            this.clock = Objects.requireNonNull(value, "clock");
            return this;
        }

        /**
         * Builds the engine.
         *
         * @return the engine, to be closed
         * @throws StorageException if its directory cannot be made
         */
        public PipelineEngine build() {
            Path place = RunFolder.parent(directory);
            Threads threads = Threads.named("cofferdam-pipelines");
            EngineParts parts = new EngineParts(
                    java.util.Collections.unmodifiableMap(new LinkedHashMap<>(engines)),
                    StepTypes.with(providers),
                    secrets,
                    catalogue,
                    store,
                    place,
                    parallelism,
                    outputLimit,
                    threads,
                    EventBus.create(),
                    clock);
            return new PipelineEngine(parts, directory == null, folder);
        }
    }
}
