package io.cofferdam.compose;

import io.cofferdam.application.Build;
import io.cofferdam.internal.yaml.Place;
import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Tree;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads how a service's software is made. */
final class BuildReader {

    private static final Pattern REMOTE = Pattern.compile("(?i)(https?|git|ssh)://.*|git@.*|github\\.com/.*");

    private final Loading loading;
    private final Values values;
    private final Problems problems;

    BuildReader(Loading loading) {
        this.loading = loading;
        this.values = loading.values;
        this.problems = loading.problems;
    }

    @Nullable
    Build read(Tree tree) {
        if (!(tree instanceof Tree.Mapping build)) {
            problems.add(tree.place(), "this is " + tree.kind() + ", and a folder or a mapping is expected");
            return null;
        }
        Keys.BUILD.check(build.entries(), problems);
        Tree context = build.get("context");
        String folder = context == null ? "." : values.text(context);
        if (folder == null) {
            return null;
        }
        Place place = context == null ? build.place() : context.place();
        if (REMOTE.matcher(folder).matches()) {
            problems.unsupported(
                    place, "a build from a remote address is not supported", "fetch it into a folder first");
            return null;
        }
        String file = text(build, "dockerfile");
        String inline = text(build, "dockerfile_inline");
        if (file != null && inline != null) {
            problems.add(build.place(), "there are both 'dockerfile' and 'dockerfile_inline'", "keep one of them");
        }
        Tree labels = build.get("labels");
        return new Build(
                loading.paths.resolve(folder, place),
                file,
                inline,
                arguments(build.get("args")),
                text(build, "target"),
                labels == null ? Map.of() : values.pairs(labels),
                text(build, "x-cofferdam-digest"));
    }

    /** An argument without a value has that of the variable of its name, or is not given. */
    private Map<String, String> arguments(@Nullable Tree tree) {
        Map<String, String> arguments = new LinkedHashMap<>();
        if (tree == null) {
            return arguments;
        }
        values.entries(tree).forEach((name, entry) -> {
            boolean nothing = entry.value() instanceof Tree.Scalar scalar && scalar.isNull();
            String value = nothing ? entry.key().source().variables().get(name) : values.text(entry.value());
            if (value != null) {
                arguments.put(name, value);
            }
        });
        return arguments;
    }

    private @Nullable String text(Tree.Mapping mapping, String key) {
        Tree tree = mapping.get(key);
        return tree == null || (tree instanceof Tree.Scalar scalar && scalar.isNull()) ? null : values.text(tree);
    }
}
