package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A value a pipeline wants to be given: a variable with a type.
 *
 * @param name its name
 * @param type what it has to be
 * @param isRequired whether it has to be given
 * @param fallback what it is if it is not given; null unless there is a default
 * @param values the only values there may be; empty for any
 * @param description what it is for; may be empty
 */
@Experimental
public record Parameter(
        String name,
        Type type,
        boolean isRequired,
        @Nullable Object fallback,
        List<Object> values,
        String description) {

    /** What a parameter can be. */
    public enum Type {
        /** Text. */
        STRING,
        /** A whole number. */
        INTEGER,
        /** True or false. */
        BOOLEAN,
        /** A list. */
        LIST,
        /** Names and values. */
        MAP
    }

    /** The words files have for types. */
    static final Map<String, Type> TYPES = Map.of(
            "string",
            Type.STRING,
            "integer",
            Type.INTEGER,
            "boolean",
            Type.BOOLEAN,
            "list",
            Type.LIST,
            "map",
            Type.MAP);

    public Parameter {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        values = List.copyOf(values);
        Objects.requireNonNull(description, "description");
    }

    /**
     * A parameter that has to be given.
     *
     * @param name its name
     * @param type what it has to be
     * @return the parameter
     */
    public static Parameter required(String name, Type type) {
        return new Parameter(name, type, true, null, List.of(), "");
    }

    /**
     * A parameter with a default.
     *
     * @param name its name
     * @param type what it has to be
     * @param fallback what it is if it is not given
     * @return the parameter
     */
    public static Parameter optional(String name, Type type, @Nullable Object fallback) {
        return new Parameter(name, type, false, Data.copy(fallback), List.of(), "");
    }

    /** A value as this type has it, text of a command line included; null if it is none. */
    @Nullable
    Object typed(@Nullable Object value) {
        Object typed = value;
        if (value instanceof String text && (type == Type.LIST || type == Type.MAP)) {
            try {
                typed = Data.parse(text);
            } catch (IllegalArgumentException none) {
                return null;
            }
        }
        return switch (type) {
            case STRING -> ShapeCheck.isScalar(typed) ? String.valueOf(typed) : null;
            case INTEGER -> Data.whole(typed);
            case BOOLEAN -> Data.truth(typed);
            case LIST -> typed instanceof List ? typed : null;
            case MAP -> typed instanceof Map ? typed : null;
        };
    }

    /** As files write it, without its name. */
    Map<String, @Nullable Object> written() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("type", type.name().toLowerCase(java.util.Locale.ROOT));
        if (!isRequired) {
            map.put("default", fallback);
        }
        if (!values.isEmpty()) {
            map.put("values", values);
        }
        if (!description.isEmpty()) {
            map.put("description", description);
        }
        return map;
    }
}
