package io.cofferdam.pipeline;

import io.cofferdam.error.Problem;
import io.cofferdam.internal.yaml.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Finds everything that is wrong with a pipeline before anything runs, and shows what it comes to. */
final class Planner {

    private final StepTypes types;
    private final Pipeline pipeline;
    private final Variables variables;
    private final @Nullable SecretProvider secrets;
    private final @Nullable Catalogue catalogue;
    private final @Nullable Set<String> engines;
    private final Trouble trouble;
    private final Graph graph;

    Planner(
            StepTypes types,
            Pipeline pipeline,
            Variables variables,
            @Nullable SecretProvider secrets,
            @Nullable Catalogue catalogue,
            @Nullable Set<String> engines,
            Trouble trouble) {
        this.types = types;
        this.pipeline = pipeline;
        this.variables = variables;
        this.secrets = secrets;
        this.catalogue = catalogue;
        this.engines = engines;
        this.trouble = trouble;
        this.graph = new GraphBuilder(pipeline, types, this::variable, trouble).build();
    }

    private Scope.Found variable(List<String> path) {
        if (variables.has(path.get(0))) {
            return variables.find(path);
        }
        return variables.areComplete()
                ? Scope.Found.nothing(
                        "there is no variable '" + Words.shorten(path.get(0)) + "'",
                        "a matrix knows only what is known before the run")
                : Scope.Found.of("?");
    }

    Graph graph() {
        return graph;
    }

    /** Checks everything. */
    PipelinePlan plan() {
        if (pipeline.name().isBlank() || pipeline.name().length() > 100) {
            trouble.at("name", "a pipeline's name has 1 to 100 characters");
        }
        if (pipeline.steps().isEmpty()) {
            trouble.at("steps", "there is no step");
        }
        List<PipelinePlan.PlannedStep> planned = new ArrayList<>();
        Set<String> checked = new LinkedHashSet<>();
        for (Node node : graph.nodes) {
            if (node.isGate()) {
                continue;
            }
            if (checked.add(node.path)) {
                shape(node);
            }
            planned.add(resolve(node));
        }
        planned.sort((one, other) -> Integer.compare(rank(one), rank(other)));
        return new PipelinePlan(pipeline.name(), planned);
    }

    private int rank(PipelinePlan.PlannedStep step) {
        Node node = graph.find(step.name());
        return node == null ? 0 : node.rank;
    }

    /** What can be told without any value. */
    private void shape(Node node) {
        Map<String, @Nullable Object> settings = node.settings();
        ShapeCheck check = new ShapeCheck(trouble);
        StepKeys.COMMON.forEach((key, field) -> {
            if (settings.containsKey(key)) {
                check.check(settings.get(key), field.shape(), Data.path(node.path, key));
            } else if (field.isRequired()) {
                trouble.at(node.path, "the step has no '" + key + "'");
            }
        });
        keysWithoutExpressions(node);
        StepProvider provider = node.provider;
        if (provider == null) {
            if (settings.containsKey("type")) {
                String type = node.step().type();
                String nearest = Words.nearest(type, types.names());
                trouble.at(
                        node.path + ".type",
                        "there is no step type '" + Words.shorten(type) + "'",
                        nearest == null
                                ? "there are " + String.join(", ", new TreeSet<>(types.names()))
                                        + "; others come with jars that provide them"
                                : "did you mean '" + nearest + "'?");
            }
            return;
        }
        StepSchema schema = provider.schema();
        fields(node, schema, settings, node.path, check);
        Object group = settings.get(schema.group());
        if (!schema.group().isEmpty() && settings.containsKey(schema.group())) {
            String path = Data.path(node.path, schema.group());
            if (group instanceof Map<?, ?> map) {
                Map<String, @Nullable Object> gathered = Data.map(map);
                fields(node, schema, gathered, path, check);
                gathered.keySet().forEach(key -> {
                    if (settings.containsKey(key) && schema.fields().containsKey(key)) {
                        trouble.at(
                                Data.path(path, key),
                                "'" + key + "' is also written on the step itself",
                                "keep one of them");
                    }
                });
            } else if (group != null) {
                trouble.at(path, "this is " + ShapeCheck.kind(group) + ", and a mapping is expected");
            }
        }
        StepConfig config = StepConfig.of(settings, schema.group());
        schema.fields().values().forEach(field -> {
            if (field.isRequired() && !config.has(field.name())) {
                trouble.at(node.path, "the step '" + node.step().name() + "' has no '" + field.name() + "'", "");
            }
        });
    }

    private void fields(
            Node node, StepSchema schema, Map<String, @Nullable Object> values, String path, ShapeCheck check) {
        boolean isStep = path.equals(node.path);
        values.forEach((key, value) -> {
            if (isStep && (StepKeys.COMMON.containsKey(key) || key.equals(schema.group()))) {
                return;
            }
            Shape.Field field = schema.fields().get(key);
            if (field != null) {
                check.check(value, field.shape(), Data.path(path, key));
                return;
            }
            Set<String> known = new LinkedHashSet<>(schema.fields().keySet());
            if (isStep) {
                known.addAll(StepKeys.COMMON.keySet());
                if (!schema.group().isEmpty()) {
                    known.add(schema.group());
                }
            }
            check.unknownKey(
                    path, key, known, " in a step of type " + node.step().type());
        });
    }

    /** What decides about the graph cannot wait for values. */
    private void keysWithoutExpressions(Node node) {
        for (String key : List.of("name", "type", "order", "needs")) {
            if (Expression.isIn(String.valueOf(node.settings().get(key)))) {
                trouble.at(Data.path(node.path, key), "'" + key + "' cannot have variables in it", "write it as it is");
            }
        }
    }

    /** What can be told with the values that are known. */
    private PipelinePlan.PlannedStep resolve(Node node) {
        PlanScope scope = new PlanScope(graph, node, variables, pipeline, secrets);
        Trouble named = (path, what, remedy) -> trouble.at(path, "step '" + node.name + "': " + what, remedy);
        Map<String, @Nullable Object> resolved = new LinkedHashMap<>();
        Substitution substitution = new Substitution(scope, named);
        node.settings().forEach((key, value) -> {
            String path = Data.path(node.path, key);
            boolean isFixed =
                    List.of("name", "type", "order", "needs", "matrix").contains(key);
            resolved.put(key, isFixed ? value : substitution.apply(value, path));
        });
        keys(node.settings(), node.path, named);
        conditions(node, scope, named);
        artifacts(node, named);
        engine(node, resolved, named);
        StepProvider provider = node.provider;
        if (provider != null) {
            again(node, provider.schema(), resolved);
            Set<String> flowing = new TreeSet<>();
            if (graph.hasFlowing()) {
                graph.ancestors(node).stream()
                        .mapToObj(graph.nodes::get)
                        .filter(each -> each.provider != null)
                        .forEach(each -> flowing.addAll(each.provider().schema().flowing()));
            }
            if (catalogue != null) {
                catalogue.check(
                        StepConfig.of(resolved, provider.schema().group()), path(node, provider.schema(), ""), named);
            }
            for (Problem problem :
                    provider.check(StepConfig.of(resolved, provider.schema().group()), flowing)) {
                named.at(path(node, provider.schema(), problem.where()), problem.what(), problem.remedy());
            }
        }
        List<String> after = new ArrayList<>();
        before(node, after);
        return new PipelinePlan.PlannedStep(node.name, node.step().type(), after, resolved);
    }

    /** Values of variables may be of another shape than the text they were put in place of. */
    private void again(Node node, StepSchema schema, Map<String, @Nullable Object> resolved) {
        ShapeCheck check = new ShapeCheck((path, what, remedy) ->
                trouble.at(path, "step '" + node.name + "': with the values of its variables " + what, remedy));
        Map<String, @Nullable Object> settings = node.settings();
        resolved.forEach((key, value) -> {
            Shape.Field field = StepKeys.COMMON.containsKey(key)
                    ? StepKeys.COMMON.get(key)
                    : schema.fields().get(key);
            if (field != null && hasExpression(settings.get(key))) {
                check.check(value, field.shape(), Data.path(node.path, key));
            }
        });
        Object written = settings.get(schema.group());
        if (resolved.get(schema.group()) instanceof Map<?, ?> group) {
            group.forEach((key, value) -> {
                Shape.Field field = schema.fields().get(String.valueOf(key));
                if (field != null && hasExpression(written)) {
                    check.check(
                            value, field.shape(), Data.path(Data.path(node.path, schema.group()), String.valueOf(key)));
                }
            });
        }
    }

    private static boolean hasExpression(@Nullable Object value) {
        return value != null && Expression.isIn(value instanceof String text ? text : String.valueOf(value));
    }

    private static String path(Node node, StepSchema schema, String where) {
        String first = where.split("[.\\[]", 2)[0];
        boolean isGathered = node.settings().get(schema.group()) instanceof Map<?, ?> group && group.containsKey(first);
        return (isGathered ? Data.path(node.path, schema.group()) : node.path) + (where.isEmpty() ? "" : "." + where);
    }

    private void before(Node node, List<String> names) {
        for (int index : node.before) {
            Node before = graph.nodes.get(index);
            if (before.isGate()) {
                before(before, names);
            } else {
                names.add(before.name);
            }
        }
    }

    private static void keys(@Nullable Object value, String path, Trouble trouble) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, item) -> {
                String name = String.valueOf(key);
                if (Expression.isIn(name)) {
                    trouble.at(Data.path(path, name), "variables in keys are not replaced", "use them in values");
                }
                keys(item, Data.path(path, name), trouble);
            });
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                keys(list.get(i), path + "[" + i + "]", trouble);
            }
        }
    }

    private void conditions(Node node, PlanScope scope, Trouble named) {
        if (!(node.settings().get("conditions") instanceof Map<?, ?> conditions)) {
            return;
        }
        String path = node.path + ".conditions";
        for (String key : List.of("branch_equals", "branch_not_equals")) {
            if (conditions.containsKey(key) && !scope.find(List.of("branch")).isThere()) {
                named.at(
                        path + "." + key,
                        "'" + key + "' reads the variable 'branch', which has no value",
                        "give it one");
            }
        }
        for (String key : List.of("variable_equals", "variable_not_equals", "variable_matches")) {
            if (!(conditions.get(key) instanceof Map<?, ?> map)) {
                continue;
            }
            map.forEach((name, value) -> {
                String at = Data.path(path + "." + key, String.valueOf(name));
                Scope.Found found = scope.find(Conditions.path(String.valueOf(name)));
                if (!found.isThere()) {
                    named.at(at, found.problem(), found.remedy());
                }
                if (key.equals("variable_matches") && !hasExpression(value)) {
                    try {
                        Pattern.compile(String.valueOf(value));
                    } catch (PatternSyntaxException broken) {
                        named.at(at, "this is no regular expression: " + broken.getDescription(), "");
                    }
                }
            });
        }
    }

    private void artifacts(Node node, Trouble named) {
        if (!(node.settings().get("artifacts") instanceof Map<?, ?> artifacts)
                || !(artifacts.get("in") instanceof List<?> list)) {
            return;
        }
        for (int i = 0; i < list.size(); i++) {
            if (!(list.get(i) instanceof Map<?, ?> wanted)) {
                continue;
            }
            String path = node.path + ".artifacts.in[" + i + "]";
            String name = String.valueOf(wanted.get("step"));
            Node other = graph.find(name);
            if (other == null || !graph.ancestors(node).get(other.index)) {
                named.at(
                        path + ".step",
                        "there is no step '" + Words.shorten(name) + "' before this one",
                        "name a step that this one waits for");
                continue;
            }
            Object kept = other.settings().get("artifacts") instanceof Map<?, ?> of ? of.get("out") : null;
            if (!(kept instanceof Map<?, ?> names) || !names.containsKey(String.valueOf(wanted.get("name")))) {
                named.at(
                        path + ".name",
                        "the step '" + name + "' keeps nothing called '" + wanted.get("name") + "'",
                        "list it under its 'artifacts.out'");
            }
        }
    }

    private void engine(Node node, Map<String, @Nullable Object> resolved, Trouble named) {
        if (engines != null
                && resolved.get("engine") instanceof String name
                && !Expression.isIn(name)
                && !engines.contains(name)) {
            String nearest = Words.nearest(name, engines);
            named.at(
                    node.path + ".engine",
                    "there is no engine '" + Words.shorten(name) + "'",
                    nearest == null
                            ? "there are " + String.join(", ", new TreeSet<>(engines))
                            : "did you mean '" + nearest + "'?");
        }
    }
}
