package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline comes to with the values it is given: every step in an order in which it could run, every variable replaced but
 * results of steps, which nobody knows yet. Secrets are {@code ***}.
 *
 * @param pipeline the pipeline's name
 * @param steps the steps; of a matrix one for each combination
 */
@Experimental
public record PipelinePlan(String pipeline, List<PlannedStep> steps) {

    public PipelinePlan {
        Objects.requireNonNull(pipeline, "pipeline");
        steps = List.copyOf(steps);
    }

    /**
     * A step.
     *
     * @param name its name, with the values of its combination if it has a matrix
     * @param type its type
     * @param after the steps it waits for
     * @param settings everything it says, variables replaced
     */
    public record PlannedStep(String name, String type, List<String> after, Map<String, @Nullable Object> settings) {

        public PlannedStep {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(type, "type");
            after = List.copyOf(after);
            settings = Data.map(settings);
        }

        /** Name and type. */
        @Override
        public String toString() {
            return "PlannedStep[" + name + ", " + type + "]";
        }
    }

    /**
     * The plan as data.
     *
     * @return {@code pipeline} and {@code steps}, each with {@code name}, {@code type}, {@code after} and {@code settings}
     */
    public Map<String, Object> asMap() {
        List<Object> list = new ArrayList<>();
        for (PlannedStep step : steps) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("name", step.name());
            map.put("type", step.type());
            map.put("after", step.after());
            map.put("settings", Data.parseMap(Data.json(step.settings())));
            list.add(map);
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("pipeline", pipeline);
        map.put("steps", list);
        return map;
    }

    /** The plan for people, over several lines. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("pipeline ").append(pipeline).append('\n');
        for (PlannedStep step : steps) {
            text.append("  ")
                    .append(step.name())
                    .append(" (")
                    .append(step.type())
                    .append(')');
            if (!step.after().isEmpty()) {
                text.append(" after ").append(String.join(", ", step.after()));
            }
            text.append('\n');
            step.settings().forEach((key, value) -> {
                if (!List.of("name", "type", "order", "needs").contains(key)) {
                    text.append("    ")
                            .append(key)
                            .append(": ")
                            .append(Data.json(value))
                            .append('\n');
                }
            });
        }
        return text.toString();
    }
}
