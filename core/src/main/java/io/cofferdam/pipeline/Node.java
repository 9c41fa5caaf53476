package io.cofferdam.pipeline;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A step as it is scheduled: of a matrix one for each combination. A gate stands between steps of one order and the next. */
final class Node {

    final int index;
    final String name;
    final @Nullable Step step;
    final @Nullable StepProvider provider;
    final Map<String, @Nullable Object> matrix;
    final String path;
    int[] before = {};
    int[] after = {};
    /** Its place in an order in which everything comes after what it waits for. */
    int rank;

    private volatile @Nullable Boolean expressions;

    Node(
            int index,
            String name,
            @Nullable Step step,
            @Nullable StepProvider provider,
            Map<String, @Nullable Object> matrix,
            String path) {
        this.index = index;
        this.name = name;
        this.step = step;
        this.provider = provider;
        this.matrix = matrix;
        this.path = path;
    }

    /** Whether anything is to be replaced in it. */
    boolean hasExpressions() {
        Boolean known = expressions;
        if (known == null) {
            known = hasExpressions(settings());
            expressions = known;
        }
        return known;
    }

    private static boolean hasExpressions(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.values().stream().anyMatch(Node::hasExpressions);
        }
        if (value instanceof java.util.List<?> list) {
            return list.stream().anyMatch(Node::hasExpressions);
        }
        return value instanceof String text && Expression.isIn(text);
    }

    boolean isGate() {
        return step == null;
    }

    Step step() {
        if (step == null) {
            throw new IllegalStateException("a gate has no step");
        }
        return step;
    }

    StepProvider provider() {
        if (provider == null) {
            throw new IllegalStateException("'" + name + "' has no known type");
        }
        return provider;
    }

    Map<String, @Nullable Object> settings() {
        return step().settings();
    }

    @Override
    public String toString() {
        return name;
    }
}
