package io.cofferdam.environment;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Picks by labels: everything that carries all of the given ones.
 *
 * @param required labels and the values they must have; an empty value asks for the label with any value
 */
public record LabelSelector(Map<String, String> required) {

    private static final LabelSelector ALL = new LabelSelector(Map.of());

    public LabelSelector {
        required = Map.copyOf(required);
    }

    /**
     * Picks everything.
     *
     * @return the selector
     */
    public static LabelSelector all() {
        return ALL;
    }

    /**
     * Picks what carries a label with a value.
     *
     * @param label the label
     * @param value its value
     * @return the selector
     */
    public static LabelSelector of(String label, String value) {
        return new LabelSelector(Map.of(label, value));
    }

    /**
     * Picks what carries a label, whatever its value.
     *
     * @param label the label
     * @return the selector
     */
    public static LabelSelector having(String label) {
        return new LabelSelector(Map.of(label, ""));
    }

    /**
     * Reads {@code a=b,c=d,e}, where a label without a value means any value.
     *
     * @param text the labels, separated by commas; blank picks everything
     * @return the selector
     * @throws InvalidInputException if a label is empty
     */
    public static LabelSelector parse(String text) {
        Map<String, String> labels = new LinkedHashMap<>();
        if (!text.isBlank()) {
            for (String part : text.split(",", -1)) {
                int equals = part.indexOf('=');
                String label = (equals < 0 ? part : part.substring(0, equals)).strip();
                if (label.isEmpty()) {
                    throw new InvalidInputException(
                            "label selector '" + text + "'",
                            List.of(Problem.at("labels", "a selector is written LABEL=VALUE[,LABEL=VALUE]")));
                }
                labels.put(label, equals < 0 ? "" : part.substring(equals + 1).strip());
            }
        }
        return new LabelSelector(labels);
    }

    /**
     * This selector with one more label.
     *
     * @param label the label
     * @param value the value it must have
     * @return the narrower selector
     */
    public LabelSelector and(String label, String value) {
        Map<String, String> labels = new LinkedHashMap<>(required);
        labels.put(label, value);
        return new LabelSelector(labels);
    }

    /**
     * Whether a set of labels is picked.
     *
     * @param labels the labels of one thing
     * @return true if all required ones are there
     */
    public boolean matches(Map<String, String> labels) {
        return required.entrySet().stream().allMatch(wanted -> {
            String value = labels.get(wanted.getKey());
            return value != null
                    && (wanted.getValue().isEmpty() || wanted.getValue().equals(value));
        });
    }

    /** The selector as {@link #parse} reads it. */
    @Override
    public String toString() {
        return required.entrySet().stream()
                .map(e -> e.getValue().isEmpty() ? e.getKey() : e.getKey() + "=" + e.getValue())
                .sorted()
                .collect(Collectors.joining(","));
    }
}
