package io.cofferdam.resource;

import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.error.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What makes a network or a volume impossible on every engine. */
final class ResourceRules {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private ResourceRules() {}

    static List<Problem> problems(String name, Map<String, String> labels, Lifetime lifetime) {
        List<Problem> problems = new ArrayList<>();
        if (!NAME.matcher(name).matches()) {
            problems.add(new Problem(
                    "name",
                    "it is no name",
                    "use 1 to 63 of a-z, 0-9 and '-', beginning and ending with a letter or digit"));
        }
        labels.keySet().stream()
                .filter(label -> label.isBlank() || label.startsWith(Labels.PREFIX))
                .sorted()
                .forEach(label -> problems.add(new Problem(
                        "labels", "'" + label + "' is blank or begins with " + Labels.PREFIX, "choose another label")));
        if (lifetime instanceof Lifetime.Child) {
            problems.add(new Problem(
                    "lifetime", "only environments have parents", "let it end with the session, or keep it"));
        }
        if (lifetime instanceof Lifetime.Ttl) {
            problems.add(new Problem(
                    "lifetime",
                    "only environments end by a clock",
                    "let it end with the session, or prune it by its age"));
        }
        return problems;
    }
}
