package io.cofferdam.application;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Mount;
import io.cofferdam.error.Problem;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What makes a service impossible, whatever else its application has. */
final class ServiceRules {

    /** A label of a host name (RFC 1123, section 2.1), as environments are named. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private static final Pattern PROFILE = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");

    private ServiceRules() {}

    static void check(ServiceBuilder service, @Nullable EnvironmentSpec template, List<Problem> problems) {
        name("name", service.name, problems);
        if (template != null) {
            template(template, problems);
        }
        if (service.replicas < 0) {
            problems.add(Problem.at("replicas", service.replicas + " is negative"));
        }
        if (service.dependencies.containsKey(service.name)) {
            problems.add(Problem.at("dependsOn." + service.name, "it depends on itself"));
        }
        service.profiles.stream()
                .filter(profile -> !PROFILE.matcher(profile).matches())
                .forEach(profile -> problems.add(new Problem(
                        "profiles",
                        "'" + shorten(profile) + "' is no profile's name",
                        "use letters, digits, '_', '.' and '-', beginning with a letter or digit")));
        labels(service.labels, problems);
        extensions(service.extensions, problems);
        files("secrets", service.secrets, template, problems);
        files("configs", service.configs, template, problems);
    }

    static void name(String where, String name, List<Problem> problems) {
        if (!NAME.matcher(name).matches()) {
            problems.add(new Problem(
                    where,
                    "'" + shorten(name) + "' is no name",
                    "use 1 to 63 of a-z, 0-9 and '-', beginning and ending with a letter or digit"));
        }
    }

    static void labels(Map<String, String> labels, List<Problem> problems) {
        labels.keySet().stream()
                .filter(label -> label.isBlank() || label.startsWith(Labels.PREFIX))
                .forEach(label -> problems.add(new Problem(
                        "labels",
                        "'" + shorten(label) + "' is blank or begins with " + Labels.PREFIX,
                        "choose another label")));
    }

    static void extensions(Map<String, ?> extensions, List<Problem> problems) {
        extensions.keySet().stream()
                .filter(key -> !key.startsWith("x-"))
                .forEach(
                        key -> problems.add(Problem.at("extensions", "'" + shorten(key) + "' does not begin with x-")));
    }

    static String shorten(String text) {
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }

    private static void template(EnvironmentSpec template, List<Problem> problems) {
        if (template.name().isPresent() || template.stack().isPresent()) {
            problems.add(new Problem(
                    "template",
                    "it has a name or a stack of its own",
                    "leave them to the deployment, which names instances"));
        }
        if (!template.networks().isEmpty() || !template.aliases().isEmpty()) {
            problems.add(new Problem(
                    "template", "it joins networks or has aliases by itself", "set them with the service's networks"));
        }
    }

    private static void files(
            String field, List<FileReference> references, @Nullable EnvironmentSpec template, List<Problem> problems) {
        Set<String> targets = new HashSet<>();
        if (template != null) {
            template.mounts().stream().map(Mount::target).forEach(targets::add);
        }
        for (FileReference reference : references) {
            String target = reference.target();
            String where = field + "." + reference.source();
            if (!target.startsWith("/")
                    || target.endsWith("/")
                    || target.indexOf('\0') >= 0
                    || Arrays.asList(target.split("/")).contains("..")) {
                problems.add(new Problem(
                        where,
                        "'" + shorten(target) + "' cannot be a file's path inside",
                        "use an absolute path without '..'"));
            } else if (!targets.add(target)) {
                problems.add(Problem.at(where, "'" + shorten(target) + "' is used twice"));
            }
        }
    }
}
