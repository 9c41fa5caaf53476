package io.cofferdam.pipeline;

import io.cofferdam.internal.yaml.Words;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What names stand for at a step before anything ran: results are left as the expressions they are. */
final class PlanScope implements Scope {

    static final Set<String> OF_STEP = Set.of("name", "attempt");
    static final Set<String> OF_RUN = Set.of("id");
    static final Set<String> OF_PIPELINE = Set.of("name");

    private final Graph graph;
    private final Node node;
    private final Variables variables;
    private final Pipeline pipeline;
    private final @Nullable SecretProvider secrets;

    PlanScope(Graph graph, Node node, Variables variables, Pipeline pipeline, @Nullable SecretProvider secrets) {
        this.graph = graph;
        this.node = node;
        this.variables = variables;
        this.pipeline = pipeline;
        this.secrets = secrets;
    }

    @Override
    public Found find(List<String> path) {
        String first = path.get(0);
        switch (first) {
            case "steps" -> {
                return result(path);
            }
            case "matrix" -> {
                return matrix(path);
            }
            case "secrets" -> {
                return secret(path);
            }
            case "run" -> {
                return known(path, OF_RUN);
            }
            case "step" -> {
                return known(path, OF_STEP);
            }
            case "pipeline" -> {
                Found found = known(path, OF_PIPELINE);
                return found.isThere() ? Found.of(pipeline.name()) : found;
            }
            default -> {
                if (!graph.sources(node, first).isEmpty()) {
                    return left(path);
                }
                if (variables.has(first)) {
                    return variables.find(path);
                }
                return variables.areComplete() ? unknown(first) : left(path);
            }
        }
    }

    private Found unknown(String name) {
        Set<String> names = new TreeSet<>(variables.values().keySet());
        graph.ancestors(node).stream()
                .mapToObj(graph.nodes::get)
                .filter(each -> each.provider != null)
                .forEach(each -> names.addAll(each.provider().schema().flowing()));
        String nearest = Words.nearest(name, names);
        return Found.nothing(
                "there is no variable '" + Words.shorten(name) + "'",
                nearest != null
                        ? "did you mean '" + nearest + "'?"
                        : names.isEmpty()
                                ? "give it a value, or a default"
                                : "give it a value, or a default; there are "
                                        + Words.shorten(String.join(", ", names)));
    }

    private Found known(List<String> path, Set<String> names) {
        return path.size() == 2 && names.contains(path.get(1))
                ? left(path)
                : Found.nothing(
                        "there is no '" + String.join(".", path) + "'",
                        "there is " + path.get(0) + "." + String.join(", " + path.get(0) + ".", new TreeSet<>(names)));
    }

    private Found matrix(List<String> path) {
        if (node.matrix.isEmpty()) {
            return Found.nothing("the step has no matrix", "give it one, or use a variable");
        }
        if (path.size() < 2) {
            return Found.of(node.matrix);
        }
        return Variables.within(node.matrix, path, 1);
    }

    private Found secret(List<String> path) {
        if (path.size() != 2) {
            return Found.nothing("a secret is written 'secrets.NAME'", "");
        }
        if (secrets == null) {
            return Found.of(Secret.of("{{secrets." + path.get(1) + "}}"));
        }
        String value = secrets.find(path.get(1)).orElse(null);
        if (value == null) {
            return Found.nothing(
                    "there is no secret '" + Words.shorten(path.get(1)) + "'", "let the provider of secrets have it");
        }
        if (value.length() < Secret.SHORTEST) {
            return Found.nothing(
                    "the secret '" + path.get(1) + "' has fewer than " + Secret.SHORTEST + " characters",
                    "use a longer one: masking it would mask these letters everywhere, and so give it away");
        }
        return Found.of(Secret.of(value));
    }

    private Found result(List<String> path) {
        if (path.size() < 3) {
            return Found.nothing("a result is written 'steps.NAME.RESULT'", "");
        }
        String name = path.get(1);
        Node other = graph.find(name);
        if (other == null) {
            boolean isMatrix = graph.nodes.stream()
                    .anyMatch(each -> !each.isGate() && each.step().name().equals(name) && !each.matrix.isEmpty());
            if (isMatrix) {
                return Found.nothing(
                        "the step '" + name + "' runs once for each combination",
                        "say which, such as steps[\"" + name + "[…]\"]." + path.get(2));
            }
            Set<String> names = new TreeSet<>();
            graph.names().forEach(names::add);
            String nearest = Words.nearest(name, names);
            return Found.nothing(
                    "there is no step '" + Words.shorten(name) + "'",
                    nearest == null ? "" : "did you mean '" + nearest + "'?");
        }
        if (!graph.ancestors(node).get(other.index)) {
            return Found.nothing(
                    "the step '" + name + "' does not come before this one",
                    other == node ? "" : "let this step need it, or give it a lower order");
        }
        StepSchema schema = other.provider == null ? null : other.provider.schema();
        if (schema != null && !schema.hasAnyResults() && !schema.results().contains(path.get(2))) {
            String nearest = Words.nearest(path.get(2), schema.results());
            return Found.nothing(
                    "the step '" + name + "' has no result '" + Words.shorten(path.get(2)) + "'",
                    nearest == null
                            ? "it has " + String.join(", ", new TreeSet<>(schema.results()))
                            : "did you mean '" + nearest + "'?");
        }
        return left(path);
    }

    /** An expression as it is, for it has no value yet. */
    private static Found left(List<String> path) {
        StringBuilder written = new StringBuilder("{{").append(path.get(0));
        for (String part : path.subList(1, path.size())) {
            boolean isWord = part.matches("[A-Za-z0-9_][A-Za-z0-9_-]*");
            written.append(
                    isWord ? "." + part : "[\"" + part.replace("\\", "\\\\").replace("\"", "\\\"") + "\"]");
        }
        return Found.of(written.append("}}").toString());
    }
}
