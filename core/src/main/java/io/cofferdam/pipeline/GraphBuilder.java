package io.cofferdam.pipeline;

import io.cofferdam.internal.yaml.Words;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes the graph of a pipeline's steps: one node for each, or for each combination of its matrix. */
final class GraphBuilder {

    private static final int MOST_COMBINATIONS = 1000;
    private static final int LONGEST_NAME = 100;

    private final Pipeline pipeline;
    private final StepTypes types;
    private final Scope variables;
    private final Trouble trouble;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, List<Node>> byStep = new HashMap<>();

    GraphBuilder(Pipeline pipeline, StepTypes types, Scope variables, Trouble trouble) {
        this.pipeline = pipeline;
        this.types = types;
        this.variables = variables;
        this.trouble = trouble;
    }

    /** The graph; without its edges if they make a circle, which is told then. */
    Graph build() {
        boolean hasOrder = false;
        boolean hasNeeds = false;
        Map<String, String> first = new HashMap<>();
        for (int i = 0; i < pipeline.steps().size(); i++) {
            Step step = pipeline.steps().get(i);
            String path = "steps[" + i + "]";
            hasOrder |= step.settings().containsKey("order");
            hasNeeds |= step.settings().containsKey("needs");
            name(step, path, first);
            expand(step, path, types.find(step.type()));
        }
        if (hasOrder && hasNeeds) {
            mixed();
        }
        List<Node> steps = List.copyOf(nodes);
        if (hasNeeds) {
            needs(steps);
        } else if (hasOrder) {
            orders(steps);
        } else {
            for (int i = 1; i < pipeline.steps().size(); i++) {
                oneAfterTheOther(
                        byStep.getOrDefault(pipeline.steps().get(i - 1).name(), List.of()),
                        byStep.getOrDefault(pipeline.steps().get(i).name(), List.of()));
            }
        }
        Graph graph = new Graph(nodes);
        List<Node> circle = graph.rank();
        if (!circle.isEmpty()) {
            List<String> names = new ArrayList<>();
            circle.forEach(node -> names.add("'" + node.name + "'"));
            names.add(names.get(0));
            trouble.at(
                    circle.get(0).path + ".needs",
                    "these steps wait for each other: " + String.join(" needs ", names),
                    "take one of these needs away");
            nodes.forEach(node -> node.before = new int[0]);
            graph.rank();
        }
        return graph;
    }

    private void name(Step step, String path, Map<String, String> first) {
        if (!step.settings().containsKey("name")) {
            return;
        }
        String name = step.name();
        boolean isFit = !name.isBlank()
                && name.equals(name.strip())
                && name.length() <= LONGEST_NAME
                && name.chars().noneMatch(Character::isISOControl);
        if (!isFit) {
            trouble.at(
                    path + ".name",
                    "'" + Words.shorten(name) + "' is no name",
                    "use 1 to " + LONGEST_NAME + " characters without line breaks and without spaces at the ends");
        }
        if (first.putIfAbsent(name, path) != null) {
            trouble.at(path + ".name", "there is a step '" + Words.shorten(name) + "' already", "name one otherwise");
        }
    }

    private void mixed() {
        for (int i = 0; i < pipeline.steps().size(); i++) {
            if (pipeline.steps().get(i).settings().containsKey("order")) {
                trouble.at(
                        "steps[" + i + "].order",
                        "steps of a pipeline have either orders or needs, and others have needs",
                        "use one of the two for all steps");
            }
        }
    }

    private void expand(Step step, String path, @Nullable StepProvider provider) {
        List<Node> made = byStep.computeIfAbsent(step.name(), name -> new ArrayList<>());
        if (!(step.settings().get("matrix") instanceof Map<?, ?> matrix) || matrix.isEmpty()) {
            made.add(add(step.name(), step, provider, Data.none(), path));
            return;
        }
        for (Map<String, @Nullable Object> combination : combinations(matrix, path + ".matrix")) {
            List<String> values = new ArrayList<>();
            combination.values().forEach(value -> values.add(String.valueOf(value)));
            made.add(add(step.name() + "[" + String.join(",", values) + "]", step, provider, combination, path));
        }
    }

    private Node add(
            String name,
            @Nullable Step step,
            @Nullable StepProvider provider,
            Map<String, @Nullable Object> matrix,
            String path) {
        Node node = new Node(nodes.size(), name, step, provider, matrix, path);
        nodes.add(node);
        return node;
    }

    private List<Map<String, @Nullable Object>> combinations(Map<?, ?> matrix, String path) {
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        all.add(Data.none());
        List<Object> excluded = List.of();
        for (Map.Entry<?, ?> axis : matrix.entrySet()) {
            String name = String.valueOf(axis.getKey());
            String at = Data.path(path, name);
            Object values = new Substitution(variables, trouble).apply(axis.getValue(), at);
            if (name.equals("exclude")) {
                excluded = values instanceof List<?> list ? new ArrayList<>(list) : List.of();
                continue;
            }
            List<?> list = values instanceof List<?> given ? given : java.util.Collections.singletonList(values);
            if (list.isEmpty() || list.stream().anyMatch(value -> !ShapeCheck.isScalar(value))) {
                trouble.at(at, "a matrix has one or more single values here", "write a list of them");
                continue;
            }
            List<Map<String, @Nullable Object>> more = new ArrayList<>();
            if ((long) all.size() * list.size() > MOST_COMBINATIONS) {
                trouble.at(path, "there are more than " + MOST_COMBINATIONS + " combinations", "use fewer values");
                return List.of(Data.none());
            }
            for (Map<String, @Nullable Object> one : all) {
                for (Object value : list) {
                    Map<String, @Nullable Object> longer = new LinkedHashMap<>(one);
                    longer.put(name, value);
                    more.add(longer);
                }
            }
            all = more;
        }
        List<Map<String, @Nullable Object>> left = new ArrayList<>();
        for (Map<String, @Nullable Object> one : all) {
            if (!isExcluded(one, excluded)) {
                left.add(one);
            }
        }
        if (left.isEmpty()) {
            trouble.at(path, "no combination is left", "exclude fewer");
        }
        return left;
    }

    private static boolean isExcluded(Map<String, @Nullable Object> combination, List<Object> excluded) {
        for (Object each : excluded) {
            if (each instanceof Map<?, ?> map && isIn(map, combination)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isIn(Map<?, ?> part, Map<String, @Nullable Object> whole) {
        return part.entrySet().stream()
                .allMatch(entry -> whole.containsKey(String.valueOf(entry.getKey()))
                        && String.valueOf(whole.get(String.valueOf(entry.getKey())))
                                .equals(String.valueOf(entry.getValue())));
    }

    private void needs(List<Node> steps) {
        for (Node node : steps) {
            Set<Integer> before = new LinkedHashSet<>();
            List<String> needs = node.step().needs();
            for (int i = 0; i < needs.size(); i++) {
                String name = needs.get(i);
                List<Node> needed = byStep.get(name);
                Node combination = needed == null
                        ? steps.stream()
                                .filter(each -> each.name.equals(name))
                                .findFirst()
                                .orElse(null)
                        : null;
                if (needed != null) {
                    needed.forEach(each -> before.add(each.index));
                } else if (combination != null) {
                    before.add(combination.index);
                } else {
                    String nearest = Words.nearest(name, byStep.keySet());
                    trouble.at(
                            node.path + ".needs[" + i + "]",
                            "there is no step '" + Words.shorten(name) + "'",
                            nearest == null ? "" : "did you mean '" + nearest + "'?");
                }
            }
            node.before = before.stream().mapToInt(Integer::intValue).toArray();
        }
    }

    private void orders(List<Node> steps) {
        TreeMap<Integer, List<Node>> groups = new TreeMap<>();
        Set<String> told = new HashSet<>();
        for (Node node : steps) {
            if (node.step().order().isEmpty()) {
                if (told.add(node.path)) {
                    trouble.at(node.path, "the step has no 'order', and others have", "give every step one");
                }
                continue;
            }
            groups.computeIfAbsent(node.step().order().getAsInt(), order -> new ArrayList<>())
                    .add(node);
        }
        List<Node> former = List.of();
        for (List<Node> group : groups.values()) {
            oneAfterTheOther(former, group);
            former = group;
        }
    }

    /** Lets all of one group wait for all of another, by a gate where that would be many edges. */
    private void oneAfterTheOther(List<Node> former, List<Node> latter) {
        if (former.isEmpty()) {
            return;
        }
        int[] before = former.stream().mapToInt(node -> node.index).toArray();
        if (former.size() > 1 && latter.size() > 1) {
            Node gate = add("", null, null, Data.none(), "");
            gate.before = before;
            before = new int[] {gate.index};
        }
        for (Node node : latter) {
            node.before = before;
        }
    }
}
