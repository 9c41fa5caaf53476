package io.cofferdam.pipeline;

import io.cofferdam.internal.redact.SecretMask;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline that was checked as a whole, with what it needs to run.
 *
 * @param plan what it comes to
 * @param graph which step comes after which
 * @param variables their values
 * @param secrets the secrets it refers to
 */
record Preparation(PipelinePlan plan, Graph graph, Variables variables, Map<String, String> secrets) {

    static Preparation of(EngineParts parts, Pipeline pipeline, Map<String, ?> given) {
        Findings findings = new Findings();
        findings.places(pipeline.places());
        return of(parts, pipeline, Variables.of(pipeline, given, findings), findings);
    }

    /** With the values a run was begun with. */
    static Preparation ofStored(EngineParts parts, Pipeline pipeline, Map<String, @Nullable Object> values) {
        return of(parts, pipeline, Variables.stored(values), new Findings());
    }

    private static Preparation of(EngineParts parts, Pipeline pipeline, Variables variables, Findings findings) {
        Map<String, String> secrets = new LinkedHashMap<>();
        SecretProvider collecting = name -> {
            Optional<String> value = Optional.ofNullable(secrets.get(name))
                    .or(() -> parts.secrets().find(name));
            value.ifPresent(text -> secrets.put(name, text));
            return value;
        };
        Planner planner = new Planner(
                parts.types(),
                pipeline,
                variables,
                collecting,
                parts.catalogue(),
                parts.engines().isEmpty() ? null : parts.engines().keySet(),
                findings);
        PipelinePlan plan = planner.plan();
        findings.throwIfAny("pipeline '" + pipeline.name() + "'");
        return new Preparation(plan, planner.graph(), variables, secrets);
    }

    /** What a run of it has for all of its steps. */
    RunFacts facts(EngineParts parts, String id, Pipeline pipeline, Path base) {
        Set<String> masked = new LinkedHashSet<>(secrets.values());
        masked.addAll(parts.catalogue().secrets());
        return new RunFacts(
                id,
                pipeline,
                variables,
                Map.copyOf(secrets),
                SecretMask.of(masked),
                base.toAbsolutePath().normalize(),
                RunFolder.of(parts.directory(), id));
    }
}
