package io.cofferdam.compose;

import io.cofferdam.environment.DataSize;
import io.cofferdam.environment.Mount;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Tree;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Mounts in all the forms there are: {@code [SOURCE:]TARGET[:MODE]}, and mappings of the same parts. */
final class MountForms {

    private static final Set<String> WITHOUT_MEANING = Set.of("rw", "cached", "delegated", "consistent");
    private static final Set<String> LEFT_TO_THE_ENGINE = Set.of("z", "Z", "nocopy");

    private final Values values;
    private final Problems problems;
    private final Paths paths;
    private final UnaryOperator<String> volumeNames;

    /**
     * Reads mounts.
     *
     * @param volumeNames the name in the application of a volume by its name in the file
     */
    MountForms(Values values, Problems problems, Paths paths, UnaryOperator<String> volumeNames) {
        this.values = values;
        this.problems = problems;
        this.paths = paths;
        this.volumeNames = volumeNames;
    }

    /** The path inside, of a mount in its short form. */
    static String target(String text) {
        List<String> parts = Arrays.asList(text.split(":", -1));
        return parts.size() < 2 ? text : parts.get(1);
    }

    /** Reads a mount; null if there is none, or nothing has to be done for it. */
    @Nullable
    Mount read(Tree tree) {
        if (tree instanceof Tree.Mapping mapping) {
            return longForm(mapping);
        }
        String text = values.text(tree);
        if (text == null) {
            return null;
        }
        List<String> parts = Arrays.asList(text.split(":", -1));
        if (parts.size() > 3 || parts.contains("")) {
            return values.wrong(tree, "is no mount", "write [SOURCE:]TARGET[:ro]");
        }
        if (parts.size() == 1) {
            return Mount.temporary(text);
        }
        boolean readOnly = parts.size() == 3 && readOnly(tree, parts.get(2));
        return mount(tree, parts.get(0), parts.get(1), readOnly);
    }

    /** A file system in memory: {@code TARGET[:OPTIONS]}. */
    @Nullable
    Mount tmpfs(Tree tree) {
        String text = values.text(tree);
        if (text == null) {
            return null;
        }
        String[] parts = text.split(":", 2);
        Long size = null;
        for (String option : parts.length < 2 ? new String[0] : parts[1].split(",")) {
            if (option.startsWith("size=")) {
                try {
                    size = DataSize.parse(option.substring("size=".length()));
                } catch (InvalidInputException wrong) {
                    return values.wrong(tree, "has a size that is no amount of bytes", "write it like size=64m");
                }
            } else {
                problems.warn(tree.place(), "options other than 'size' of a tmpfs are left to the engine", "");
            }
        }
        return Mount.tmpfs(parts[0], size);
    }

    private @Nullable Mount longForm(Tree.Mapping mapping) {
        Keys.VOLUME_MOUNT.check(mapping.entries(), problems);
        nested(mapping, "bind", Keys.BIND);
        nested(mapping, "volume", Keys.VOLUME_OPTIONS);
        Tree.Mapping inMemory = nested(mapping, "tmpfs", Keys.TMPFS);
        String type = required(mapping, "type", "bind, volume or tmpfs");
        String target = required(mapping, "target", "the path inside");
        if (type == null || target == null) {
            return null;
        }
        Tree readOnly = mapping.get("read_only");
        boolean only = readOnly != null && values.isTrue(readOnly);
        switch (type) {
            case "tmpfs" -> {
                Tree size = inMemory == null ? null : inMemory.get("size");
                return Mount.tmpfs(target, size == null ? null : values.bytes(size));
            }
            case "bind", "volume" -> {
                if (type.equals("volume") && mapping.get("source") == null) {
                    return Mount.temporary(target);
                }
                String source = required(mapping, "source", "what is mounted");
                if (source == null) {
                    return null;
                }
                return type.equals("bind")
                        ? new Mount.Bind(paths.resolve(source, mapping.place()), target, only)
                        : new Mount.Volume(volumeNames.apply(source), target, only);
            }
            default -> {
                Tree wrong = mapping.get("type");
                problems.unsupported(
                        wrong == null ? mapping.place() : wrong.place(),
                        "mounts of this type are not supported",
                        "use bind, volume or tmpfs");
                return null;
            }
        }
    }

    private Mount mount(Tree tree, String source, String target, boolean readOnly) {
        boolean path = source.startsWith(".") || source.startsWith("/") || source.startsWith("~");
        return path
                ? new Mount.Bind(paths.resolve(source, tree.place()), target, readOnly)
                : new Mount.Volume(volumeNames.apply(source), target, readOnly);
    }

    private boolean readOnly(Tree tree, String modes) {
        boolean only = false;
        for (String mode : modes.split(",", -1)) {
            if (mode.equals("ro")) {
                only = true;
            } else if (LEFT_TO_THE_ENGINE.contains(mode)) {
                problems.warn(tree.place(), "the mode '" + mode + "' is left to the engine", "");
            } else if (!WITHOUT_MEANING.contains(mode)) {
                values.wrong(tree, "has a mode that is not known", "write ro or rw");
            }
        }
        return only;
    }

    private Tree.@Nullable Mapping nested(Tree.Mapping mapping, String key, Keys keys) {
        Tree tree = mapping.get(key);
        if (tree == null) {
            return null;
        }
        keys.check(values.entries(tree), problems);
        return tree instanceof Tree.Mapping inner ? inner : null;
    }

    private @Nullable String required(Tree.Mapping mapping, String key, String meaning) {
        Tree tree = mapping.get(key);
        if (tree == null) {
            problems.add(mapping.place(), "the mount has no '" + key + "'", "name " + meaning);
            return null;
        }
        return values.text(tree);
    }
}
