package io.cofferdam.pipeline;

import io.cofferdam.internal.yaml.Words;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What names stand for at a step of a run. */
final class RunScope implements Scope {

    private final Graph graph;
    private final Node node;
    private final RunFacts facts;
    private final Function<Node, Map<String, @Nullable Object>> results;
    private int attempt = 1;

    RunScope(Graph graph, Node node, RunFacts facts, Function<Node, Map<String, @Nullable Object>> results) {
        this.graph = graph;
        this.node = node;
        this.facts = facts;
        this.results = results;
    }

    void attempt(int number) {
        this.attempt = number;
    }

    @Override
    public Found find(List<String> path) {
        String first = path.get(0);
        switch (first) {
            case "steps" -> {
                return result(path);
            }
            case "matrix" -> {
                return path.size() < 2 ? Found.of(node.matrix) : Variables.within(node.matrix, path, 1);
            }
            case "secrets" -> {
                String value = facts.secrets().get(path.get(path.size() - 1));
                return value == null ? unknown(String.join(".", path)) : Found.of(Secret.of(value));
            }
            case "run" -> {
                return Found.of(facts.run());
            }
            case "step" -> {
                return Found.of(path.get(path.size() - 1).equals("attempt") ? (Object) (long) attempt : node.name);
            }
            case "pipeline" -> {
                return Found.of(facts.pipeline().name());
            }
            default -> {
                Optional<Object> flowing = flowing(first);
                if (flowing.isPresent()) {
                    return Found.of(flowing.get());
                }
                if (facts.variables().has(first)) {
                    return facts.variables().find(path);
                }
                return graph.sources(node, first).stream()
                        .findFirst()
                        .map(source -> Found.notRun(source.name))
                        .orElseGet(() -> unknown(first));
            }
        }
    }

    Optional<Object> flowing(String name) {
        for (Node source : graph.sources(node, name)) {
            Object value = results.apply(source).get(name);
            if (value != null) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    private Found result(List<String> path) {
        Node other = path.size() < 3 ? null : graph.find(path.get(1));
        if (other == null) {
            return unknown(String.join(".", path));
        }
        Map<String, @Nullable Object> values = results.apply(other);
        if (!values.containsKey(path.get(2))) {
            if (values.isEmpty()) {
                return Found.notRun(other.name);
            }
            return Found.nothing(
                    "the step '" + other.name + "' has no result '" + Words.shorten(path.get(2)) + "'", "");
        }
        Object value = values.get(path.get(2));
        for (int i = 3; i < path.size(); i++) {
            Found found = Variables.within(value, path, i);
            if (!found.isThere()) {
                return found;
            }
            value = found.value();
        }
        return Found.of(value);
    }

    private static Found unknown(String name) {
        return Found.nothing("there is no '" + Words.shorten(name) + "'", "");
    }
}
