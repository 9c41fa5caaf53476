package io.cofferdam.pipeline;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.Orchestrator;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one attempt of one step sees. */
final class AttemptContext implements StepContext {

    private static final Duration GRACE = Duration.ofSeconds(10);

    private final EngineParts parts;
    private final RunFacts facts;
    private final RunScope scope;
    private final Attempt attempt;
    private final StepStreams streams;
    private final Map<String, @Nullable Object> settings;
    private final StepConfig config;
    private final Node node;
    private final int number;
    private final Deadline deadline;
    private final Artifacts artifacts;
    private @Nullable String stack;

    AttemptContext(
            EngineParts parts,
            RunFacts facts,
            RunScope scope,
            Attempt attempt,
            StepStreams streams,
            Map<String, @Nullable Object> settings,
            Node node,
            int number,
            Deadline deadline) {
        this.parts = parts;
        this.facts = facts;
        this.scope = scope;
        this.attempt = attempt;
        this.streams = streams;
        this.settings = settings;
        this.config = StepConfig.of(settings, node.provider().schema().group());
        this.node = node;
        this.number = number;
        this.deadline = deadline;
        this.artifacts = new Artifacts(facts.files(), node.name, settings);
    }

    @Override
    public String run() {
        return facts.run();
    }

    @Override
    public String step() {
        return node.name;
    }

    @Override
    public int attempt() {
        return number;
    }

    @Override
    public StepConfig config() {
        return config;
    }

    @Override
    public Optional<Object> flowing(String name) {
        return scope.flowing(name);
    }

    @Override
    public Orchestrator engine() {
        return parts.engine(node.name, node.step().type(), settings.get("engine"));
    }

    @Override
    public Orchestrator engine(String name) {
        return parts.named(node.name, name);
    }

    @Override
    public Catalogue catalogue() {
        return parts.catalogue();
    }

    @Override
    public Path folder() {
        return facts.folder();
    }

    @Override
    public synchronized Optional<String> services() {
        if (stack == null && !new StepConfig(settings).each("services").isEmpty()) {
            stack = ServicesBeside.start(this, new StepConfig(settings).each("services"));
        }
        return Optional.ofNullable(stack);
    }

    @Override
    public StepArtifacts artifacts() {
        return artifacts;
    }

    @Override
    public OutputStream stdout() {
        return streams.stdout();
    }

    @Override
    public OutputStream stderr() {
        return streams.stderr();
    }

    @Override
    public List<String> lastLines() {
        return streams.lastLines();
    }

    @Override
    public Deadline deadline() {
        return deadline;
    }

    @Override
    public Duration grace() {
        return new StepConfig(settings).time("grace").orElse(GRACE);
    }

    @Override
    public void onExit(String what, Exit exit) {
        attempt.onExit(what, exit);
    }

    @Override
    public String masked(String text) {
        return facts.mask().mask(text);
    }
}
