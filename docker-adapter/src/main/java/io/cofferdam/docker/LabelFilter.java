package io.cofferdam.docker;

import io.cofferdam.environment.LabelSelector;
import java.util.ArrayList;
import java.util.List;

/** Writes selectors as the engine's lists want them. */
final class LabelFilter {

    private LabelFilter() {}

    /** All labels of the selector, and one that marks what is ours. */
    static List<String> of(LabelSelector selector, String mark) {
        List<String> labels = new ArrayList<>();
        labels.add(mark);
        labels.addAll(of(selector));
        return labels;
    }

    /** All labels of the selector. */
    static List<String> of(LabelSelector selector) {
        List<String> labels = new ArrayList<>();
        selector.required().forEach((label, value) -> labels.add(value.isEmpty() ? label : label + "=" + value));
        return labels;
    }
}
