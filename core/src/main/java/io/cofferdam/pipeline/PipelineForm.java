package io.cofferdam.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pipelines as plain data and back: the form of files, and of what is stored. */
final class PipelineForm {

    private PipelineForm() {}

    /** Reads what it can; the shapes were checked before. */
    static Pipeline read(Map<?, ?> data, Places places, Trouble trouble) {
        Pipeline.Builder builder = Pipeline.named(data.get("name") == null ? "" : String.valueOf(data.get("name")))
                .places(places);
        if (data.get("description") != null) {
            builder.description(String.valueOf(data.get("description")));
        }
        if (data.get("parameters") instanceof Map<?, ?> parameters) {
            parameters.forEach((name, facts) -> builder.parameter(parameter(
                    String.valueOf(name), facts instanceof Map<?, ?> map ? map : Map.of(), trouble)));
        }
        if (data.get("variables") instanceof Map<?, ?> variables) {
            variables.forEach((name, value) -> builder.variable(String.valueOf(name), value));
        }
        if (data.get("steps") instanceof List<?> steps) {
            for (int i = 0; i < steps.size(); i++) {
                Object item = steps.get(i);
                // What is no step keeps its number, so that paths go on to be right.
                builder.step(Step.read(item instanceof Map<?, ?> map ? Data.map(map) : Data.none()));
            }
            if (steps.isEmpty()) {
                trouble.at("steps", "there is no step");
            }
        }
        return builder.build();
    }

    private static Parameter parameter(String name, Map<?, ?> facts, Trouble trouble) {
        Object word = facts.get("type");
        Parameter.Type type =
                Parameter.TYPES.getOrDefault(word == null ? "string" : String.valueOf(word), Parameter.Type.STRING);
        boolean isRequired = !facts.containsKey("default");
        List<Object> values = new ArrayList<>();
        Parameter plain = Parameter.required(name, type);
        if (facts.get("values") instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                Object typed = plain.typed(list.get(i));
                if (typed == null) {
                    trouble.at("parameters." + name + ".values[" + i + "]", "this is no " + word);
                } else {
                    values.add(typed);
                }
            }
        }
        Object fallback = facts.get("default");
        Object typed = fallback == null ? null : plain.typed(fallback);
        if (fallback != null && typed == null) {
            trouble.at("parameters." + name + ".default", "this is no " + word);
        } else if (typed != null && !values.isEmpty() && !values.contains(typed)) {
            trouble.at("parameters." + name + ".default", "this is none of its values");
        }
        Object description = facts.get("description");
        return new Parameter(
                name, type, isRequired, typed, values, description == null ? "" : String.valueOf(description));
    }

    /** The form of files, below the key 'pipeline'. */
    static Map<String, @Nullable Object> written(Pipeline pipeline) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("name", pipeline.name());
        if (!pipeline.description().isEmpty()) {
            data.put("description", pipeline.description());
        }
        data.put("execution_mode", "local");
        if (!pipeline.parameters().isEmpty()) {
            Map<String, @Nullable Object> parameters = new LinkedHashMap<>();
            pipeline.parameters().forEach((name, parameter) -> parameters.put(name, parameter.written()));
            data.put("parameters", parameters);
        }
        if (!pipeline.variables().isEmpty()) {
            data.put("variables", pipeline.variables());
        }
        data.put("steps", pipeline.steps().stream().map(Step::settings).toList());
        return data;
    }
}
