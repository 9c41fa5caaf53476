package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import io.cofferdam.pipeline.Shape.Field;
import io.cofferdam.pipeline.Shape.Fields;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON Schema (draft 2020-12) of pipelines' files, for editors. The one of this library's own step types is published as
 * {@code io/cofferdam/pipeline/pipeline.schema.json} in the jar. What no schema can say, such as circles and unknown variables, only
 * {@link PipelineLoader} tells.
 */
@Experimental
public final class PipelineSchema {

    private static final Map<String, Object> EXPRESSION =
            Map.of("type", "string", "pattern", "^\\s*\\{\\{[\\s\\S]*\\}\\}\\s*$");

    private PipelineSchema() {}

    /**
     * The schema of the step types there are: this library's and those found.
     *
     * @return JSON
     */
    public static String json() {
        return json(StepTypes.with(List.of()).all());
    }

    /**
     * The schema of some step types.
     *
     * @param providers the types
     * @return JSON
     */
    public static String json(Collection<StepProvider> providers) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.put("title", "Cofferdam pipeline");
        Map<String, Object> pipeline = new LinkedHashMap<>(fields(PipelineKeys.PIPELINE));
        Map<String, Object> properties = new LinkedHashMap<>(asMap(pipeline.get("properties")));
        properties.put("steps", Map.of("type", "array", "minItems", 1, "items", Map.of("$ref", "#/$defs/step")));
        pipeline.put("properties", properties);
        root.put("type", "object");
        root.put("properties", Map.of("pipeline", pipeline));
        root.put("required", List.of("pipeline"));
        root.put("additionalProperties", false);
        Map<String, Object> definitions = new LinkedHashMap<>();
        StepKeys.COMMON.values().forEach(field -> definitions.put(field.name(), described(field)));
        definitions.put("step", step(providers));
        root.put("$defs", definitions);
        return Data.prettyJson(Data.sorted(root)) + "\n";
    }

    private static Map<String, Object> step(Collection<StepProvider> providers) {
        List<Object> alternatives = new ArrayList<>();
        for (StepProvider provider : providers) {
            alternatives.add(typed(provider));
        }
        Map<String, Object> used = new LinkedHashMap<>();
        used.put("type", "object");
        used.put("properties", Map.of("template", Map.of("type", "string"), "with", Map.of("type", "object")));
        used.put("required", List.of("name", "template"));
        alternatives.add(used);
        return Map.of("anyOf", alternatives);
    }

    private static Map<String, Object> typed(StepProvider provider) {
        Map<String, Object> properties = new LinkedHashMap<>();
        StepKeys.COMMON.keySet().forEach(key -> properties.put(key, Map.of("$ref", "#/$defs/" + key)));
        properties.put("type", Map.of("const", provider.type()));
        Map<String, Object> own = new LinkedHashMap<>();
        List<Object> rules = new ArrayList<>();
        StepSchema schema = provider.schema();
        schema.fields().values().forEach(field -> {
            own.put(field.name(), described(field));
            if (field.isRequired()) {
                List<Object> places = new ArrayList<>();
                places.add(Map.of("required", List.of(field.name())));
                if (!schema.group().isEmpty()) {
                    places.add(Map.of(
                            "required",
                            List.of(schema.group()),
                            "properties",
                            Map.of(schema.group(), Map.of("required", List.of(field.name())))));
                }
                rules.add(Map.of("anyOf", places));
            }
        });
        // A key that every step has keeps its meaning on the step, such as the timeout of a k8s_wait.
        own.forEach(properties::putIfAbsent);
        if (!schema.group().isEmpty()) {
            Map<String, Object> group = new LinkedHashMap<>();
            group.put("type", "object");
            group.put("properties", own);
            group.put("additionalProperties", false);
            properties.put(schema.group(), group);
        }
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("type", "object");
        step.put("properties", properties);
        step.put("required", List.of("name", "type"));
        step.put("additionalProperties", false);
        if (!rules.isEmpty()) {
            step.put("allOf", rules);
        }
        return step;
    }

    private static Map<String, Object> described(Field field) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("description", field.description());
        Map<String, Object> shape = shape(field.shape());
        if (shape.isEmpty()) {
            schema.putAll(shape);
        } else {
            schema.put("anyOf", List.of(shape, EXPRESSION));
        }
        return schema;
    }

    private static Map<String, Object> fields(Fields fields) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        fields.fields().values().forEach(field -> {
            properties.put(field.name(), described(field));
            if (field.isRequired()) {
                required.add(field.name());
            }
        });
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        schema.put("additionalProperties", false);
        return schema;
    }

    private static Map<String, Object> shape(Shape shape) {
        if (shape instanceof Shape.Text) {
            return Map.of("type", List.of("string", "number", "boolean"));
        }
        if (shape instanceof Shape.Word word) {
            return Map.of("enum", word.words());
        }
        if (shape instanceof Shape.Whole whole) {
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put(
                    "anyOf",
                    List.of(
                            Map.of("type", "integer", "minimum", whole.least(), "maximum", whole.most()),
                            Map.of("type", "string", "pattern", "^\\s*-?[0-9]+\\s*$")));
            return schema;
        }
        if (shape instanceof Shape.Truth) {
            return Map.of("enum", List.of(true, false, "true", "false", "yes", "no", "on", "off"));
        }
        if (shape instanceof Shape.Time) {
            return Map.of(
                    "anyOf",
                    List.of(
                            Map.of("type", "number", "minimum", 0),
                            Map.of(
                                    "type",
                                    "string",
                                    "pattern",
                                    "^\\s*([0-9]+|([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+)\\s*$")));
        }
        if (shape instanceof Shape.Command) {
            return Map.of(
                    "anyOf",
                    List.of(
                            Map.of("type", "string", "minLength", 1),
                            Map.of("type", "array", "minItems", 1, "items", shape(Shape.text()))));
        }
        if (shape instanceof Shape.Listing listing) {
            Map<String, Object> list = Map.of("type", "array", "items", item(listing.items()));
            return listing.items() instanceof Shape.Text ? Map.of("anyOf", List.of(list, shape(Shape.text()))) : list;
        }
        if (shape instanceof Shape.Mapping mapping) {
            return Map.of("type", "object", "additionalProperties", item(mapping.values()));
        }
        if (shape instanceof Shape.Either either) {
            return Map.of(
                    "anyOf", either.shapes().stream().map(PipelineSchema::shape).toList());
        }
        return shape instanceof Fields fields ? fields(fields) : Map.of();
    }

    private static Map<String, Object> item(Shape shape) {
        Map<String, Object> schema = shape(shape);
        return schema.isEmpty() ? schema : Map.of("anyOf", List.of(schema, EXPRESSION));
    }

    private static Map<String, Object> asMap(@org.jspecify.annotations.Nullable Object value) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> given) {
            given.forEach((key, item) -> map.put(String.valueOf(key), java.util.Objects.requireNonNull(item)));
        }
        return map;
    }
}
