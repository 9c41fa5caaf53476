package io.cofferdam.compose;

import io.cofferdam.internal.yaml.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Puts one file, or one service, over another by the rules of the Compose specification: mappings are merged, lists are appended,
 * commands are replaced, and entries of lists that stand for one thing (a port, a mount, a secret) replace each other.
 */
final class Merge {

    private static final Set<String> REPLACED = Set.of("command", "entrypoint", "test");
    private static final Set<String> PAIRS = Set.of("environment", "labels", "args", "annotations", "sysctls");
    private static final Set<String> UNIQUE = Set.of("ports", "volumes", "secrets", "configs");

    private Merge() {}

    /** A whole file with every short form that could not be merged written out. */
    static Tree.Mapping canonical(Tree.Mapping file) {
        Map<String, Tree.Entry> entries = new LinkedHashMap<>(file.entries());
        for (String section : List.of("networks", "volumes", "secrets", "configs")) {
            entries.computeIfPresent(section, (key, entry) -> eachOf(entry, Merge::definition));
        }
        entries.computeIfPresent("services", (key, entry) -> eachOf(entry, Merge::service));
        return Tree.Mapping.of(file.place(), entries, file.mark());
    }

    /** Puts one tree over another at the same place. */
    static Tree over(Tree base, Tree over, String key) {
        if (over.mark() != Tree.Mark.NONE || base.mark() == Tree.Mark.RESET) {
            return over;
        }
        if (over instanceof Tree.Scalar nothing && nothing.isNull()) {
            return base;
        }
        if (base instanceof Tree.Mapping one && over instanceof Tree.Mapping two) {
            return mappings(one, two, key);
        }
        if (base instanceof Tree.Sequence one && over instanceof Tree.Sequence two && !REPLACED.contains(key)) {
            return UNIQUE.contains(key) ? unique(one, two, key) : appended(one, two);
        }
        return over;
    }

    static Tree.Mapping mappings(Tree.Mapping base, Tree.Mapping over, String key) {
        Map<String, Tree.Entry> merged = new LinkedHashMap<>(base.entries());
        over.entries().forEach((name, entry) -> {
            Tree.Entry before = merged.get(name);
            if (before == null || (isNothing(entry.value()) && PAIRS.contains(key))) {
                merged.put(name, entry);
            } else {
                Tree both = over(before.value(), entry.value(), name);
                merged.put(name, new Tree.Entry(both == before.value() ? before.key() : entry.key(), both));
            }
        });
        return Tree.Mapping.of(over.place(), merged, base.mark());
    }

    /** Takes away what was reset, once nothing is merged any more. */
    static Tree settled(Tree tree) {
        if (tree instanceof Tree.Mapping mapping) {
            Map<String, Tree.Entry> kept = new LinkedHashMap<>();
            mapping.entries().forEach((key, entry) -> {
                if (entry.value().mark() != Tree.Mark.RESET) {
                    kept.put(key, new Tree.Entry(entry.key(), settled(entry.value())));
                }
            });
            return Tree.Mapping.of(mapping.place(), kept, Tree.Mark.NONE);
        }
        if (tree instanceof Tree.Sequence sequence) {
            List<Tree> kept = new ArrayList<>();
            sequence.items().stream()
                    .filter(item -> item.mark() != Tree.Mark.RESET)
                    .forEach(item -> kept.add(settled(item)));
            return Tree.Sequence.of(sequence.place(), kept, Tree.Mark.NONE);
        }
        return tree;
    }

    private static Tree.Entry eachOf(Tree.Entry section, UnaryOperator<Tree.Mapping> change) {
        if (!(section.value() instanceof Tree.Mapping mapping)) {
            return section;
        }
        Map<String, Tree.Entry> changed = new LinkedHashMap<>();
        mapping.entries()
                .forEach((name, entry) -> changed.put(
                        name,
                        entry.value() instanceof Tree.Mapping each
                                ? new Tree.Entry(entry.key(), change.apply(each))
                                : entry));
        return new Tree.Entry(section.key(), Tree.Mapping.of(mapping.place(), changed, mapping.mark()));
    }

    private static Tree.Mapping definition(Tree.Mapping definition) {
        return changed(definition, "labels", Merge::pairs);
    }

    private static Tree.Mapping service(Tree.Mapping service) {
        Tree.Mapping changed = service;
        for (String key : List.of("environment", "labels", "annotations", "sysctls")) {
            changed = changed(changed, key, Merge::pairs);
        }
        for (String key : List.of("depends_on", "networks")) {
            changed = changed(changed, key, Merge::names);
        }
        for (String key : List.of("env_file", "tmpfs", "dns", "dns_search", "label_file")) {
            changed = changed(changed, key, Merge::several);
        }
        changed = changed(changed, "extends", tree -> underKey(tree, "service"));
        changed = changed(
                changed,
                "build",
                tree -> underKey(tree, "context") instanceof Tree.Mapping build
                        ? changed(changed(build, "args", Merge::pairs), "labels", Merge::pairs)
                        : tree);
        return changed(
                changed,
                "deploy",
                tree -> tree instanceof Tree.Mapping deploy ? changed(deploy, "labels", Merge::pairs) : tree);
    }

    private static Tree.Mapping changed(Tree.Mapping mapping, String key, UnaryOperator<Tree> change) {
        Tree.Entry entry = mapping.entries().get(key);
        if (entry == null) {
            return mapping;
        }
        Tree changed = change.apply(entry.value());
        return changed == entry.value() ? mapping : mapping.with(key, new Tree.Entry(entry.key(), changed));
    }

    /** {@code [A=1, B]} as {@code {A: 1, B: null}}. */
    private static Tree pairs(Tree tree) {
        if (!(tree instanceof Tree.Sequence sequence)) {
            return tree;
        }
        Map<String, Tree.Entry> pairs = new LinkedHashMap<>();
        for (Tree item : sequence.items()) {
            if (!(item instanceof Tree.Scalar scalar)) {
                return tree;
            }
            int equals = scalar.value().indexOf('=');
            String name = equals < 0 ? scalar.value() : scalar.value().substring(0, equals);
            int rawEquals = scalar.raw().indexOf('=');
            String raw = rawEquals < 0 ? scalar.raw() : scalar.raw().substring(rawEquals + 1);
            Tree value = equals < 0
                    ? new Tree.Scalar(item.place(), "", "", true, item.mark())
                    : new Tree.Scalar(item.place(), raw, scalar.value().substring(equals + 1), false, item.mark());
            pairs.put(name, new Tree.Entry(item.place(), value));
        }
        return Tree.Mapping.of(tree.place(), pairs, tree.mark());
    }

    /** {@code [a, b]} as {@code {a: null, b: null}}. */
    private static Tree names(Tree tree) {
        if (!(tree instanceof Tree.Sequence sequence)) {
            return tree;
        }
        Map<String, Tree.Entry> names = new LinkedHashMap<>();
        for (Tree item : sequence.items()) {
            if (!(item instanceof Tree.Scalar scalar)) {
                return tree;
            }
            names.put(
                    scalar.value(),
                    new Tree.Entry(item.place(), new Tree.Scalar(item.place(), "", "", true, item.mark())));
        }
        return Tree.Mapping.of(tree.place(), names, tree.mark());
    }

    private static Tree several(Tree tree) {
        return tree instanceof Tree.Scalar scalar && !scalar.isNull()
                ? Tree.Sequence.of(tree.place(), List.of(tree), tree.mark())
                : tree;
    }

    private static Tree underKey(Tree tree, String key) {
        return tree instanceof Tree.Scalar scalar && !scalar.isNull()
                ? Tree.Mapping.of(tree.place(), Map.of(key, new Tree.Entry(tree.place(), tree)), tree.mark())
                : tree;
    }

    private static Tree appended(Tree.Sequence base, Tree.Sequence over) {
        List<Tree> all = new ArrayList<>(base.items());
        Set<String> known = new HashSet<>();
        base.items().forEach(item -> {
            if (item instanceof Tree.Scalar scalar) {
                known.add(scalar.value());
            }
        });
        over.items().stream()
                .filter(item -> !(item instanceof Tree.Scalar scalar && known.contains(scalar.value())))
                .forEach(all::add);
        return Tree.Sequence.of(over.place(), all, base.mark());
    }

    private static Tree unique(Tree.Sequence base, Tree.Sequence over, String key) {
        Map<Object, Tree> all = new LinkedHashMap<>();
        base.items().forEach(item -> all.put(identity(item, key), item));
        over.items()
                .forEach(item -> all.merge(
                        identity(item, key),
                        item,
                        (before, after) -> before instanceof Tree.Mapping one && after instanceof Tree.Mapping two
                                ? mappings(one, two, key)
                                : after));
        return Tree.Sequence.of(over.place(), new ArrayList<>(all.values()), base.mark());
    }

    /** What an entry stands for: itself where that cannot be told. */
    private static Object identity(Tree item, String key) {
        if (key.equals("ports")) {
            String port = PortForms.identity(item);
            return port == null ? item : port;
        }
        if (item instanceof Tree.Scalar scalar) {
            return key.equals("volumes") ? MountForms.target(scalar.value()) : defaultTarget(scalar.value(), key);
        }
        if (item instanceof Tree.Mapping mapping) {
            String target = scalar(mapping, "target");
            String source = scalar(mapping, "source");
            if (target != null) {
                return key.equals("secrets") && !target.startsWith("/") ? "/run/secrets/" + target : target;
            }
            return source == null || key.equals("volumes") ? item : defaultTarget(source, key);
        }
        return item;
    }

    private static String defaultTarget(String source, String key) {
        return (key.equals("secrets") ? "/run/secrets/" : "/") + source;
    }

    static @Nullable String scalar(Tree.Mapping mapping, String key) {
        return mapping.get(key) instanceof Tree.Scalar scalar && !scalar.isNull() ? scalar.value() : null;
    }

    private static boolean isNothing(Tree tree) {
        return tree instanceof Tree.Scalar scalar && scalar.isNull() && tree.mark() == Tree.Mark.NONE;
    }
}
