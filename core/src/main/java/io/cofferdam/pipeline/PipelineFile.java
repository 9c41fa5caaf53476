package io.cofferdam.pipeline;

import io.cofferdam.internal.yaml.JsonTree;
import io.cofferdam.internal.yaml.Place;
import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Source;
import io.cofferdam.internal.yaml.Tree;
import io.cofferdam.internal.yaml.YamlParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one file, with those it includes, into a pipeline, as far as that can be done; what is wrong is told. */
final class PipelineFile {

    /** Larger files are refused before they are parsed. */
    static final long LARGEST = 4L * 1024 * 1024;

    private static final String KIND = "a pipeline's file is a mapping with the key 'pipeline'";

    private final Path folder;
    private final Problems problems;
    private final List<Source> sources = new ArrayList<>();

    PipelineFile(Path folder, Problems problems) {
        this.folder = folder;
        this.problems = problems;
    }

    /** The pipeline as far as it could be read, or null if there is nothing of one. */
    @Nullable
    Pipeline read(String text, String shown, boolean isJson, Findings findings) {
        Tree.Mapping file = tree(text, shown, isJson, KIND);
        if (file == null) {
            return null;
        }
        Map<String, Place> places = new HashMap<>();
        places.put("", file.place());
        findings.places(Places.of(places));
        Map<String, Place> ofFile = new HashMap<>();
        Object raw = new TreeData(ofFile).read(file, "");
        findings.places(Places.of(ofFile));
        if (!new ShapeCheck(findings).check(raw, PipelineKeys.FILE, "")) {
            return null;
        }
        Tree.Mapping pipeline = file.mapping("pipeline");
        if (pipeline == null) {
            Tree other = file.get("pipeline");
            problems.add(
                    other == null ? file.place() : other.place(),
                    "'pipeline' is a mapping with a name and steps",
                    "expressions stand inside of it");
            return null;
        }
        Templates templates = new Templates(problems);
        templates.define(pipeline.get("templates"));
        includes(pipeline.get("include"), templates);
        Tree.Mapping expanded = pipeline;
        if (pipeline.get("steps") instanceof Tree.Sequence steps) {
            List<Tree> items = new ArrayList<>();
            for (Tree item : steps.items()) {
                items.add(item instanceof Tree.Mapping step ? templates.expand(step) : item);
            }
            Tree.Entry entry = pipeline.entries().get("steps");
            expanded = pipeline.with(
                    "steps",
                    new Tree.Entry(
                            entry == null ? steps.place() : entry.key(),
                            Tree.Sequence.of(steps.place(), items, steps.mark())));
        }
        Object data = new TreeData(places).read(expanded, "");
        Places known = Places.of(places);
        findings.places(known);
        new ShapeCheck(findings).check(data, PipelineKeys.PIPELINE, "");
        return data instanceof Map<?, ?> map ? PipelineForm.read(map, known, findings) : null;
    }

    private Tree.@Nullable Mapping tree(String text, String shown, boolean isJson, String kind) {
        Source source = new Source(sources.size(), shown, folder, Map.of());
        sources.add(source);
        if (text.length() > LARGEST) {
            problems.add(
                    new Place(source, 1, 1), "it has more than " + LARGEST + " characters", "split it into several");
            return null;
        }
        return isJson
                ? JsonTree.parse(text, source, kind, problems)
                : YamlParser.parseWithBraces(text, source, kind, problems);
    }

    private void includes(@Nullable Tree tree, Templates templates) {
        List<Tree> items =
                tree instanceof Tree.Sequence sequence ? sequence.items() : tree == null ? List.of() : List.of(tree);
        for (Tree item : items) {
            if (item instanceof Tree.Scalar scalar && !scalar.isNull()) {
                include(scalar, templates);
            }
        }
    }

    private void include(Tree.Scalar name, Templates templates) {
        String text;
        try {
            Path file = folder.resolve(name.value()).normalize();
            if (Files.size(file) > LARGEST) {
                problems.add(name.place(), "the file '" + name.value() + "' has more than " + LARGEST + " bytes");
                return;
            }
            text = Files.readString(file);
        } catch (IOException | SecurityException | InvalidPathException unreadable) {
            problems.add(
                    name.place(),
                    "the file '" + name.value() + "' cannot be read: " + unreadable,
                    "paths are taken from the folder of the pipeline's file");
            return;
        }
        Tree.Mapping tree = tree(
                text,
                name.value(),
                name.value().endsWith(".json"),
                "a file that is included is a mapping with the key 'templates'");
        if (tree == null) {
            return;
        }
        Map<String, Place> places = new HashMap<>();
        Object data = new TreeData(places).read(tree, "");
        Places known = Places.of(places);
        new ShapeCheck((path, what, remedy) -> {
                    Place place = known.of(path);
                    problems.add(place == null ? tree.place() : place, what, remedy);
                })
                .check(data, PipelineKeys.INCLUDED, "");
        templates.define(tree.get("templates"));
    }
}
