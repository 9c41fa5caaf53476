package io.cofferdam.pipeline;

import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Tree;
import io.cofferdam.internal.yaml.Words;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Puts templates in place of their uses, in trees, so that every part keeps its place. */
final class Templates {

    private static final Pattern PARAMETER = Pattern.compile("(?<!\\\\)\\{\\{\\s*params\\.([A-Za-z0-9_-]+)\\s*\\}\\}");

    private final Problems problems;
    private final Map<String, Tree.Mapping> templates = new LinkedHashMap<>();

    Templates(Problems problems) {
        this.problems = problems;
    }

    /** Takes in what a file has under 'templates'. */
    void define(@Nullable Tree tree) {
        if (!(tree instanceof Tree.Mapping mapping)) {
            return;
        }
        mapping.entries().forEach((name, entry) -> {
            if (!(entry.value() instanceof Tree.Mapping template)) {
                return;
            }
            if (templates.putIfAbsent(name, template) != null) {
                problems.add(entry.key(), "there is a template '" + Words.shorten(name) + "' already", "rename one");
            }
        });
    }

    /** The step itself if it uses no template. */
    Tree.Mapping expand(Tree.Mapping use) {
        Tree named = use.get("template");
        if (!(named instanceof Tree.Scalar name)) {
            if (use.entries().containsKey("with")) {
                problems.add(use.place(), "there is a 'with' without a 'template'", "name the template, or remove it");
            }
            return use;
        }
        Tree.Mapping own = use.without("template").without("with");
        Tree.Mapping template = templates.get(name.value());
        if (template == null) {
            String nearest = Words.nearest(name.value(), templates.keySet());
            problems.add(
                    name.place(),
                    "there is no template '" + Words.shorten(name.value()) + "'",
                    nearest == null
                            ? "define it under 'templates', or include its file"
                            : "did you mean '" + nearest + "'?");
            return own;
        }
        Tree.Mapping step = template.mapping("step");
        if (step == null) {
            return own;
        }
        return merge((Tree.Mapping) replace(step, values(use, template, name)), own);
    }

    private Map<String, Tree> values(Tree.Mapping use, Tree.Mapping template, Tree.Scalar name) {
        Map<String, Tree> values = new HashMap<>();
        Tree.Mapping with = use.mapping("with");
        Tree.Mapping parameters = template.mapping("parameters");
        Map<String, Tree.Entry> declared = parameters == null ? Map.of() : parameters.entries();
        if (with != null) {
            with.entries().forEach((key, entry) -> {
                if (!declared.containsKey(key)) {
                    String nearest = Words.nearest(key, declared.keySet());
                    problems.add(
                            entry.key(),
                            "the template '" + name.value() + "' has no parameter '" + Words.shorten(key) + "'",
                            nearest == null ? "" : "did you mean '" + nearest + "'?");
                }
            });
        }
        declared.forEach((key, entry) -> {
            Tree given = with == null ? null : with.get(key);
            Tree.Mapping facts = entry.value() instanceof Tree.Mapping mapping ? mapping : null;
            Tree fallback = facts == null ? null : facts.get("default");
            Tree value = given == null ? fallback : given;
            if (value == null) {
                problems.add(
                        use.place(),
                        "the template '" + name.value() + "' wants a '" + key + "'",
                        "say it under 'with'");
                return;
            }
            check(key, value, facts);
            values.put(key, value);
        });
        return values;
    }

    private void check(String name, Tree value, Tree.@Nullable Mapping facts) {
        Tree type = facts == null ? null : facts.get("type");
        Parameter.Type wanted =
                type instanceof Tree.Scalar word ? Parameter.TYPES.get(word.value()) : Parameter.Type.STRING;
        Object data = new TreeData(new HashMap<>()).read(value, "");
        boolean isOpen = data instanceof String text && Expression.isIn(text);
        if (wanted != null && !isOpen && Parameter.required(name, wanted).typed(data) == null) {
            problems.add(
                    value.place(),
                    "'" + name + "' is " + ShapeCheck.kind(data) + ", and the template wants "
                            + (wanted == Parameter.Type.INTEGER ? "an " : "a ")
                            + wanted.name().toLowerCase(java.util.Locale.ROOT));
        }
    }

    private Tree replace(Tree tree, Map<String, Tree> values) {
        if (tree instanceof Tree.Mapping mapping) {
            Map<String, Tree.Entry> entries = new LinkedHashMap<>();
            mapping.entries()
                    .forEach((key, entry) ->
                            entries.put(key, new Tree.Entry(entry.key(), replace(entry.value(), values))));
            return Tree.Mapping.of(mapping.place(), entries, mapping.mark());
        }
        if (tree instanceof Tree.Sequence sequence) {
            List<Tree> items = new ArrayList<>();
            sequence.items().forEach(item -> items.add(replace(item, values)));
            return Tree.Sequence.of(sequence.place(), items, sequence.mark());
        }
        Tree.Scalar scalar = (Tree.Scalar) tree;
        Matcher parameter = PARAMETER.matcher(scalar.value());
        if (parameter.matches()) {
            Tree value = values.get(parameter.group(1));
            return value == null ? unknown(scalar, parameter.group(1), values) : value;
        }
        parameter.reset();
        StringBuilder text = new StringBuilder();
        while (parameter.find()) {
            Tree value = values.get(parameter.group(1));
            if (value == null) {
                unknown(scalar, parameter.group(1), values);
            } else if (!(value instanceof Tree.Scalar inserted)) {
                problems.add(
                        scalar.place(),
                        "'" + parameter.group(1) + "' is " + value.kind() + " and cannot be a part of a text",
                        "let it be the whole value");
            } else {
                parameter.appendReplacement(text, Matcher.quoteReplacement(inserted.value()));
            }
        }
        parameter.appendTail(text);
        String result = text.toString();
        return result.equals(scalar.value())
                ? scalar
                : new Tree.Scalar(scalar.place(), scalar.raw(), result, false, scalar.mark());
    }

    private Tree unknown(Tree.Scalar scalar, String name, Map<String, Tree> values) {
        String nearest = Words.nearest(name, values.keySet());
        problems.add(
                scalar.place(),
                "the template has no parameter '" + Words.shorten(name) + "'",
                nearest == null ? "declare it under its 'parameters'" : "did you mean '" + nearest + "'?");
        return scalar;
    }

    /** Keys of the other win; mappings are merged. */
    private static Tree.Mapping merge(Tree.Mapping one, Tree.Mapping other) {
        Map<String, Tree.Entry> entries = new LinkedHashMap<>(one.entries());
        other.entries().forEach((key, entry) -> {
            Tree.Entry present = entries.get(key);
            boolean both =
                    present != null && present.value() instanceof Tree.Mapping && entry.value() instanceof Tree.Mapping;
            entries.put(
                    key,
                    both && present != null
                            ? new Tree.Entry(
                                    entry.key(), merge((Tree.Mapping) present.value(), (Tree.Mapping) entry.value()))
                            : entry);
        });
        return Tree.Mapping.of(other.place(), entries, other.mark());
    }
}
