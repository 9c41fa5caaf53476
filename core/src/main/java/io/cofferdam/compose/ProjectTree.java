package io.cofferdam.compose;

import io.cofferdam.internal.yaml.Place;
import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Source;
import io.cofferdam.internal.yaml.Tree;
import io.cofferdam.internal.yaml.Words;
import io.cofferdam.internal.yaml.YamlParser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One project's files as one tree: substituted, merged, with includes copied in and extended services written out. */
final class ProjectTree {

    private static final int DEEPEST_INCLUDE = 20;
    private static final List<String> SECTIONS = List.of("services", "networks", "volumes", "secrets", "configs");

    private final ComposeFiles files;
    private final Paths paths;
    private final Values values;
    private final Problems problems;

    /** Files others extend services of, by their path. */
    private final Map<Path, Tree.@Nullable Mapping> extended = new HashMap<>();

    ProjectTree(ComposeFiles files, Paths paths, Values values, Problems problems) {
        this.files = files;
        this.paths = paths;
        this.values = values;
        this.problems = problems;
    }

    /** A file's text and where it is from. */
    record Input(String text, Source source) {}

    /**
     * Makes the tree.
     *
     * @param inputs the files, each over those before it
     * @param open the files whose includes led here
     */
    Tree.@Nullable Mapping load(List<Input> inputs, Set<Path> open) {
        Tree.Mapping merged = null;
        for (Input input : inputs) {
            Tree.Mapping file = file(input);
            if (file == null) {
                continue;
            }
            Keys.FILE.check(file.entries(), problems);
            merged = merged == null ? file : Merge.mappings(merged, file, "");
        }
        if (merged == null) {
            return null;
        }
        merged = included(merged, open);
        merged = written(merged);
        return (Tree.Mapping) Merge.settled(merged);
    }

    private Tree.@Nullable Mapping file(Input input) {
        Tree.Mapping tree = YamlParser.parse(
                input.text(), input.source(), "a Compose file is a mapping with keys such as 'services'", problems);
        return tree == null
                ? null
                : Merge.canonical(
                        (Tree.Mapping) new Substitution(input.source().variables()::get, true, problems).apply(tree));
    }

    private Tree.Mapping included(Tree.Mapping project, Set<Path> open) {
        Tree include = project.get("include");
        if (include == null) {
            return project;
        }
        Tree.Mapping all = project;
        for (Tree item : values.list(include)) {
            Tree.Mapping other = include(item, open);
            if (other != null) {
                all = with(all, other, item.place());
            }
        }
        return all.without("include");
    }

    private Tree.@Nullable Mapping include(Tree item, Set<Path> open) {
        Place place = item.place();
        List<Tree> names = List.of(item);
        Tree.Mapping settings = Tree.Mapping.empty(place);
        if (item instanceof Tree.Mapping mapping) {
            Keys.INCLUDE.check(mapping.entries(), problems);
            settings = mapping;
            Tree path = mapping.get("path");
            if (path == null) {
                problems.add(place, "the include has no 'path'", "name a file");
                return null;
            }
            names = values.items(path);
        }
        List<Path> included = new ArrayList<>();
        for (Tree name : names) {
            String text = values.text(name);
            if (text != null) {
                included.add(paths.resolve(text, name.place()));
            }
        }
        if (included.isEmpty()) {
            return null;
        }
        Set<Path> deeper = new LinkedHashSet<>(open);
        if (!deeper.addAll(included) || deeper.size() > DEEPEST_INCLUDE || open.contains(included.get(0))) {
            deeper.add(included.get(0));
            problems.add(
                    place,
                    "files include each other in a circle: "
                            + deeper.stream().map(files::shown).collect(Collectors.joining(" -> ")) + " -> "
                            + files.shown(included.get(0)));
            return null;
        }
        Tree folder = settings.get("project_directory");
        String directory = folder == null ? null : values.text(folder);
        Path parent = included.get(0).getParent();
        Path base = directory == null ? parent == null ? included.get(0) : parent : paths.resolve(directory, place);
        Map<String, String> variables = variables(settings, base, place);
        List<Input> inputs = new ArrayList<>();
        for (Path file : included) {
            String text = files.text(file, place, "the included file", true);
            if (text != null) {
                inputs.add(new Input(text, files.source(files.shown(file), base, variables)));
            }
        }
        return load(inputs, deeper);
    }

    /** The variables of the including project win over those of the included one's own files. */
    private Map<String, String> variables(Tree.Mapping settings, Path base, Place place) {
        Map<String, String> outer = place.source().variables();
        Map<String, String> all = new LinkedHashMap<>();
        Tree named = settings.get("env_file");
        if (named == null) {
            all.putAll(variableFile(base.resolve(".env"), place, false, outer));
        } else {
            for (Tree item : values.items(named)) {
                String text = values.text(item);
                if (text != null) {
                    all.putAll(variableFile(paths.resolve(text, item.place()), item.place(), true, outer));
                }
            }
        }
        all.putAll(outer);
        return all;
    }

    private Map<String, String> variableFile(Path file, Place place, boolean required, Map<String, String> outer) {
        String text = files.text(file, place, "the file of variables", required);
        return text == null ? Map.of() : VariableFile.read(text, files.source(file, outer), outer, problems);
    }

    private Tree.Mapping with(Tree.Mapping project, Tree.Mapping other, Place place) {
        Map<String, Tree.Entry> all = new LinkedHashMap<>(project.entries());
        for (String section : SECTIONS) {
            Tree.Entry added = other.entries().get(section);
            if (added == null || !(added.value() instanceof Tree.Mapping things)) {
                continue;
            }
            Tree.Mapping own = project.mapping(section);
            Map<String, Tree.Entry> both = new LinkedHashMap<>(own == null ? Map.of() : own.entries());
            things.entries().forEach((name, entry) -> {
                Tree.Entry known = both.putIfAbsent(name, entry);
                if (known != null && !Tree.same(known.value(), entry.value())) {
                    problems.add(
                            known.key(),
                            "'" + Words.shorten(name) + "' is defined by the included file too, at " + entry.key()
                                    + " (included at " + place + ")",
                            "name one of them otherwise, or make the second file part of the include");
                }
            });
            all.put(section, new Tree.Entry(added.key(), Tree.Mapping.of(things.place(), both, Tree.Mark.NONE)));
        }
        return Tree.Mapping.of(project.place(), all, project.mark());
    }

    /** Writes out what services extend. */
    private Tree.Mapping written(Tree.Mapping project) {
        Tree.Entry section = project.entries().get("services");
        if (section == null || !(section.value() instanceof Tree.Mapping services)) {
            return project;
        }
        if (services.entries().values().stream()
                .noneMatch(entry -> entry.value() instanceof Tree.Mapping each && each.get("extends") != null)) {
            return project;
        }
        Map<String, Tree.Entry> all = new LinkedHashMap<>();
        services.entries().forEach((name, entry) -> {
            Tree service = entry.value() instanceof Tree.Mapping each
                    ? extend(each, name, services, "", new LinkedHashSet<>())
                    : entry.value();
            all.put(name, new Tree.Entry(entry.key(), service));
        });
        return project.with(
                "services", new Tree.Entry(section.key(), Tree.Mapping.of(services.place(), all, services.mark())));
    }

    private Tree.Mapping extend(
            Tree.Mapping service, String name, Tree.Mapping siblings, String file, Set<String> open) {
        Tree extend = service.get("extends");
        if (extend == null || extend.mark() == Tree.Mark.RESET) {
            return service;
        }
        Tree.Mapping alone = service.without("extends");
        String here = file.isEmpty() ? name : name + " (" + file + ")";
        if (!open.add(here)) {
            problems.add(
                    extend.place(),
                    "services extend each other in a circle: " + String.join(" -> ", open) + " -> " + here);
            return alone;
        }
        if (!(extend instanceof Tree.Mapping settings)) {
            problems.add(
                    extend.place(), "this is " + extend.kind() + ", and a service's name or a mapping is expected");
            return alone;
        }
        Keys.EXTENDS.check(settings.entries(), problems);
        Tree wanted = settings.get("service");
        if (wanted == null) {
            problems.add(extend.place(), "there is no 'service' here", "name the service that is extended");
            return alone;
        }
        String base = values.text(wanted);
        Tree.Mapping others = siblings;
        String shown = file;
        Tree path = settings.get("file");
        if (path != null && base != null) {
            String text = values.text(path);
            Path resolved = text == null ? null : paths.resolve(text, path.place());
            others = resolved == null ? null : extended(resolved, path.place());
            shown = resolved == null ? "" : files.shown(resolved);
        }
        if (base == null || others == null) {
            return alone;
        }
        Tree.Entry found = others.entries().get(base);
        if (found == null) {
            String nearest = Words.nearest(base, others.entries().keySet());
            problems.add(
                    wanted.place(),
                    "there is no service '" + Words.shorten(base) + "' to extend"
                            + (shown.isEmpty() ? "" : " in " + shown),
                    nearest == null ? "" : "did you mean '" + nearest + "'?");
            return alone;
        }
        if (!(found.value() instanceof Tree.Mapping parent)) {
            return alone;
        }
        Tree.Mapping whole = extend(parent, base, others, shown, open);
        return Tree.Mapping.of(service.place(), Merge.mappings(whole, alone, "").entries(), service.mark());
    }

    private Tree.@Nullable Mapping extended(Path file, Place asker) {
        if (!extended.containsKey(file)) {
            String text = files.text(file, asker, "the file", true);
            Path parent = file.getParent();
            Tree.Mapping tree = text == null
                    ? null
                    : file(new Input(
                            text,
                            files.source(
                                    files.shown(file),
                                    parent == null ? file : parent,
                                    asker.source().variables())));
            Tree.Mapping services = tree == null ? null : tree.mapping("services");
            if (tree != null && services == null) {
                problems.add(asker, "the file '" + files.shown(file) + "' has no services");
            }
            extended.put(file, services);
        }
        return extended.get(file);
    }
}
