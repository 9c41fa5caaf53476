package io.cofferdam.pipeline;

import io.cofferdam.internal.yaml.Words;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The variables of a run: those of the pipeline, with what was given over them, and the defaults of its parameters below. */
final class Variables {

    private final Map<String, @Nullable Object> values;
    private final boolean areComplete;

    private Variables(Map<String, @Nullable Object> values, boolean areComplete) {
        this.values = Collections.unmodifiableMap(values);
        this.areComplete = areComplete;
    }

    /** Those of a run. Problems of parameters are told. */
    static Variables of(Pipeline pipeline, Map<String, ?> given, Trouble trouble) {
        return new Variables(values(pipeline, given, true, trouble), true);
    }

    /** Those that are known before anybody says which are given; others may be given still. */
    static Variables open(Pipeline pipeline, Trouble trouble) {
        return new Variables(values(pipeline, Map.of(), false, trouble), false);
    }

    /** As they were stored. */
    static Variables stored(Map<String, @Nullable Object> values) {
        return new Variables(values, true);
    }

    private static Map<String, @Nullable Object> values(
            Pipeline pipeline, Map<String, ?> given, boolean isStrict, Trouble trouble) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        pipeline.parameters().forEach((name, parameter) -> {
            if (!parameter.isRequired()) {
                all.put(name, parameter.fallback());
            }
        });
        all.putAll(pipeline.variables());
        given.forEach((name, value) -> {
            Parameter parameter = pipeline.parameters().get(name);
            Object copy = Data.copy(value);
            if (parameter == null) {
                all.put(name, copy);
                return;
            }
            Object typed = parameter.typed(copy);
            if (typed == null) {
                trouble.at(
                        "parameters." + name,
                        "the value given for '" + name + "' is no "
                                + parameter.written().get("type"),
                        "");
            } else if (!parameter.values().isEmpty() && !parameter.values().contains(typed)) {
                trouble.at(
                        "parameters." + name,
                        "the value given for '" + name + "' is none of " + parameter.values(),
                        "give one of them");
            }
            // An expression fits everything, so that one mistake is told once.
            all.put(name, typed == null ? "{{" + name + "}}" : typed);
        });
        if (isStrict) {
            pipeline.parameters().forEach((name, parameter) -> {
                if (!all.containsKey(name)) {
                    trouble.at("parameters." + name, "the parameter '" + name + "' has no value", "give it one");
                    all.put(name, "{{" + name + "}}");
                }
            });
        }
        return all;
    }

    Map<String, @Nullable Object> values() {
        return values;
    }

    boolean areComplete() {
        return areComplete;
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** Looks a path up, its first part being a variable's name. */
    Scope.Found find(List<String> path) {
        Object value = values.get(path.get(0));
        for (int i = 1; i < path.size(); i++) {
            Scope.Found found = within(value, path, i);
            if (!found.isThere()) {
                return found;
            }
            value = found.value();
        }
        return Scope.Found.of(value);
    }

    /** The next part of a path in a value. */
    static Scope.Found within(@Nullable Object value, List<String> path, int i) {
        String key = path.get(i);
        String shown = String.join(".", path.subList(0, i));
        if (value instanceof Map<?, ?> map) {
            if (map.containsKey(key)) {
                return Scope.Found.of(map.get(key));
            }
            TreeSet<String> names = new TreeSet<>();
            map.keySet().forEach(name -> names.add(String.valueOf(name)));
            String nearest = Words.nearest(key, names);
            return Scope.Found.nothing(
                    "'" + shown + "' has no '" + Words.shorten(key) + "'",
                    nearest == null ? "" : "did you mean '" + nearest + "'?");
        }
        Long number = Data.whole(key);
        if (value instanceof List<?> list && number != null) {
            return number >= 0 && number < list.size()
                    ? Scope.Found.of(list.get(number.intValue()))
                    : Scope.Found.nothing("'" + shown + "' has " + list.size() + " items, and no item " + key, "");
        }
        return Scope.Found.nothing(
                "'" + shown + "' is " + ShapeCheck.kind(value) + " and has no '" + Words.shorten(key) + "'", "");
    }
}
