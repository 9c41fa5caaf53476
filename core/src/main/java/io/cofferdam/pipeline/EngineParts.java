package io.cofferdam.pipeline;

import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.event.EventBus;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a pipeline engine was made of. */
record EngineParts(
        Map<String, Orchestrator> engines,
        StepTypes types,
        SecretProvider secrets,
        Catalogue catalogue,
        RunStore store,
        Path directory,
        int parallelism,
        long outputLimit,
        Threads threads,
        EventBus bus,
        Clock clock) {

    /** The engine a step runs on: the one it names, or the usual one of its type, or the first one. */
    Orchestrator engine(String step, String type, @Nullable Object named) {
        if (named != null) {
            return named(step, String.valueOf(named));
        }
        String usual = type.startsWith("process_") ? "process" : type.startsWith("k8s_") ? "kubernetes" : "docker";
        Orchestrator own = engines.get(usual);
        if (own != null) {
            return own;
        }
        return engines.values().stream()
                .findFirst()
                .orElseThrow(() -> new StepFailedException(
                        "step '" + step + "' needs an engine, and the pipeline engine was given none; give it one",
                        FaultClass.USER,
                        null));
    }

    Orchestrator named(String step, String name) {
        Orchestrator engine = engines.get(name);
        if (engine == null) {
            throw new StepFailedException(
                    "step '" + step + "' wants the engine '" + name + "', and there are " + engines.keySet()
                            + "; give the pipeline engine that one too",
                    FaultClass.USER,
                    null);
        }
        return engine;
    }
}
