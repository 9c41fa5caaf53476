package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a step of one type, as its fields, wherever they are written. Immutable. Before the run, values may be text with
 * expressions in it; during the run all of them are replaced, and their shapes were checked. Its text form shows no secret.
 */
@Experimental
public final class StepConfig {

    private final Map<String, @Nullable Object> values;

    StepConfig(Map<String, @Nullable Object> values) {
        this.values = values;
    }

    /** What is written on a step that is no key of every step (but for its engine), with what is gathered in the group. */
    static StepConfig of(Map<String, @Nullable Object> step, String group) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        step.forEach((key, value) -> {
            if ((!StepKeys.COMMON.containsKey(key) || key.equals("engine")) && !key.equals(group)) {
                values.put(key, value);
            }
        });
        if (step.get(group) instanceof Map<?, ?> gathered) {
            gathered.forEach((key, value) -> values.put(String.valueOf(key), value));
        }
        return new StepConfig(values);
    }

    /**
     * Whether a field is there.
     *
     * @param field its name
     * @return false also if its value is nothing
     */
    public boolean has(String field) {
        return values.get(field) != null;
    }

    /**
     * A field as it is.
     *
     * @param field its name
     * @return text, a number, a truth value, a list, a map or a {@link Secret}; empty if it is not there
     */
    public Optional<Object> value(String field) {
        return Optional.ofNullable(values.get(field));
    }

    /**
     * A text, in clear also if it is a secret.
     *
     * @param field its name
     * @return empty if it is not there
     */
    public Optional<String> text(String field) {
        return value(field).map(StepConfig::clear);
    }

    /**
     * A text that has to be there.
     *
     * @param field its name
     * @return the text
     * @throws InvalidInputException if it is not there
     */
    public String required(String field) {
        return text(field)
                .orElseThrow(() -> new InvalidInputException(
                        "the configuration of the step", List.of(Problem.at(field, "it is missing"))));
    }

    /**
     * Texts.
     *
     * @param field its name
     * @return empty if it is not there; one text stands for a list of one
     */
    public List<String> texts(String field) {
        Object value = values.get(field);
        if (value instanceof List<?> list) {
            List<String> texts = new ArrayList<>();
            list.forEach(item -> texts.add(clear(item)));
            return texts;
        }
        return value == null ? List.of() : List.of(clear(value));
    }

    /**
     * A command in words.
     *
     * @param field its name
     * @return empty if it is not there. A line is split as a shell would split it, without a shell
     */
    public List<String> command(String field) {
        Object value = values.get(field);
        if (value instanceof List) {
            return texts(field);
        }
        List<String> words = value == null ? List.of() : CommandLine.words(clear(value));
        return words == null ? List.of(clear(value)) : words;
    }

    /**
     * A whole number.
     *
     * @param field its name
     * @param otherwise what it is when it is not there
     * @return the number
     */
    public long whole(String field, long otherwise) {
        Long value = Data.whole(values.get(field));
        return value == null ? otherwise : value;
    }

    /**
     * A truth value.
     *
     * @param field its name
     * @param otherwise what it is when it is not there
     * @return the truth value
     */
    public boolean truth(String field, boolean otherwise) {
        Boolean value = Data.truth(values.get(field));
        return value == null ? otherwise : value;
    }

    /**
     * A span of time.
     *
     * @param field its name
     * @return empty if it is not there
     */
    public Optional<Duration> time(String field) {
        return Optional.ofNullable(Data.time(values.get(field)));
    }

    /**
     * Names and values.
     *
     * @param field its name
     * @return empty if it is not there; values are text or {@link Secret}s
     */
    public Map<String, Object> pairs(String field) {
        Map<String, Object> pairs = new LinkedHashMap<>();
        if (values.get(field) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> pairs.put(
                    String.valueOf(key), value instanceof Secret ? value : value == null ? "" : String.valueOf(value)));
        }
        return pairs;
    }

    /**
     * A configuration within this one.
     *
     * @param field its name
     * @return an empty one if it is not there
     */
    public StepConfig within(String field) {
        return values.get(field) instanceof Map<?, ?> map ? new StepConfig(Data.map(map)) : new StepConfig(Map.of());
    }

    /**
     * Configurations of a list within this one.
     *
     * @param field its name
     * @return empty if it is not there
     */
    public List<StepConfig> each(String field) {
        List<StepConfig> all = new ArrayList<>();
        if (values.get(field) instanceof List<?> list) {
            for (Object item : list) {
                if (item instanceof Map<?, ?> map) {
                    all.add(new StepConfig(Data.map(map)));
                }
            }
        }
        return all;
    }

    /**
     * All that is there.
     *
     * @return fields and values
     */
    public Map<String, @Nullable Object> all() {
        return java.util.Collections.unmodifiableMap(values);
    }

    private static String clear(@Nullable Object value) {
        return value instanceof Secret secret ? secret.reveal() : String.valueOf(value);
    }

    /** The fields, secrets masked. */
    @Override
    public String toString() {
        return Data.json(values);
    }
}
