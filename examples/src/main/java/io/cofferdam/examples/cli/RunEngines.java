package io.cofferdam.examples.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.pipeline.Catalogue;
import io.cofferdam.pipeline.Pipeline;
import io.cofferdam.pipeline.RunRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The engines a run works with: the one at hand, and those that its steps need besides, which are opened here. A step of type
 * {@code docker_…} needs Docker, {@code k8s_…} the engine its cluster is, {@code process_…} processes, and any step the engine it names.
 */
final class RunEngines implements AutoCloseable {

    private static final String KUBERNETES = "kubernetes";
    private static final Set<String> KNOWN = Set.of(Cofferdam.DOCKER, Cofferdam.PROCESS, KUBERNETES);

    private final Map<String, Orchestrator> all = new LinkedHashMap<>();
    private final List<Orchestrator> opened = new ArrayList<>();

    private RunEngines() {}

    /** What of a step decides about its engine. */
    private record Need(
            String type, @Nullable String engine, @Nullable String cluster) {}

    static RunEngines of(
            Orchestrator atHand, Pipeline pipeline, Catalogue catalogue, Function<String, Orchestrator> opener) {
        List<Need> needs = new ArrayList<>();
        pipeline.steps()
                .forEach(step -> needs.add(
                        new Need(step.type(), text(step.settings().get("engine")), cluster(step.settings()))));
        return open(atHand, needs, catalogue, opener);
    }

    /** For a run that is gone on with. */
    static RunEngines of(
            Orchestrator atHand, RunRecord run, Catalogue catalogue, Function<String, Orchestrator> opener) {
        List<Need> needs = new ArrayList<>();
        try {
            for (JsonNode step : new ObjectMapper().readTree(run.definition()).path("steps")) {
                JsonNode cluster = step.has("k8s_cluster")
                        ? step.path("k8s_cluster")
                        : step.path("k8s_config").path("k8s_cluster");
                needs.add(new Need(
                        step.path("type").asText(""),
                        step.hasNonNull("engine") ? step.path("engine").asText() : null,
                        cluster.isValueNode() && !cluster.isNull() ? cluster.asText() : null));
            }
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("the store has a run that is no JSON", impossible);
        }
        return open(atHand, needs, catalogue, opener);
    }

    private static @Nullable String cluster(Map<String, ?> settings) {
        Object gathered = settings.get("k8s_config") instanceof Map<?, ?> group ? group.get("k8s_cluster") : null;
        Object own = settings.get("k8s_cluster");
        return text(own == null ? gathered : own);
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : String.valueOf(value);
    }

    private static RunEngines open(
            Orchestrator atHand, List<Need> needs, Catalogue catalogue, Function<String, Orchestrator> opener) {
        RunEngines engines = new RunEngines();
        engines.all.put(atHand.info().engine(), atHand);
        Set<String> wanted = new TreeSet<>(Set.of(Cofferdam.PROCESS));
        needs.forEach(need -> wanted.add(name(need, catalogue)));
        wanted.retainAll(KNOWN);
        wanted.removeAll(engines.all.keySet());
        try {
            for (String name : wanted) {
                Orchestrator engine = opener.apply(name);
                engines.opened.add(engine);
                engines.all.put(name, engine);
            }
        } catch (RuntimeException unavailable) {
            engines.close();
            throw unavailable;
        }
        return engines;
    }

    private static String name(Need need, Catalogue catalogue) {
        if (need.engine() != null) {
            return need.engine();
        }
        if (need.type().startsWith("docker_")) {
            return Cofferdam.DOCKER;
        }
        if (need.type().startsWith("k8s_")) {
            String reference = need.cluster() == null ? "1" : need.cluster();
            return catalogue
                    .clusterEngine(reference)
                    .filter(name -> !name.isEmpty())
                    .orElse(KUBERNETES);
        }
        return Cofferdam.PROCESS;
    }

    /** All of them, the one at hand first. */
    Map<String, Orchestrator> all() {
        return all;
    }

    /** Closes those that were opened here. */
    @Override
    public void close() {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }
}
