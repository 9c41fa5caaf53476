package io.cofferdam.docker;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As much of a Dockerfile as has to be known before the engine reads it: which registries it fetches from, so that the
 * build gets their logins and no others.
 */
final class Dockerfile {

    private static final Pattern FROM =
            Pattern.compile("FROM\\s+(?:--\\S+\\s+)*(\\S+)(?:\\s+AS\\s+(\\S+))?\\s*", Pattern.CASE_INSENSITIVE);
    private static final Pattern COPY_FROM =
            Pattern.compile("(?:COPY|ADD)\\s.*?--from=(\\S+).*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern ARG =
            Pattern.compile("ARG\\s+([A-Za-z0-9_]+)(?:=(\\S*))?.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:([A-Za-z0-9_]+)|\\{([A-Za-z0-9_]+)(?::-([^}]*))?})");

    private Dockerfile() {}

    /** The registries of the images that a Dockerfile begins its stages with or copies from. */
    static Set<String> registries(String text, Map<String, String> buildArgs) {
        Set<String> registries = new LinkedHashSet<>();
        Set<String> stages = new LinkedHashSet<>();
        Map<String, String> variables = new HashMap<>();
        String joined = text.replaceAll("(?m)^\\s*#.*$", "").replaceAll("[\\\\`][ \\t]*\\R", " ");
        for (String line : joined.split("\\R", -1)) {
            String instruction = line.strip();
            Matcher from = FROM.matcher(instruction);
            Matcher arg = ARG.matcher(instruction);
            Matcher copy = COPY_FROM.matcher(instruction);
            if (from.matches()) {
                add(registries, stages, expand(from.group(1), variables));
                if (from.group(2) != null) {
                    stages.add(from.group(2).toLowerCase(Locale.ROOT));
                }
            } else if (arg.matches()) {
                String value = arg.group(2) == null ? "" : arg.group(2).replaceAll("^[\"']|[\"']$", "");
                variables.put(arg.group(1), buildArgs.getOrDefault(arg.group(1), expand(value, variables)));
            } else if (copy.matches() && !copy.group(1).matches("\\d+")) {
                add(registries, stages, copy.group(1));
            }
        }
        return registries;
    }

    private static void add(Set<String> registries, Set<String> stages, String image) {
        if (!image.equals("scratch") && !stages.contains(image.toLowerCase(Locale.ROOT)) && !image.contains("..")) {
            registries.add(new ImageName(image, "").registry());
        }
    }

    private static String expand(String text, Map<String, String> variables) {
        return VARIABLE.matcher(text).replaceAll(found -> {
            String name = found.group(1) == null ? found.group(2) : found.group(1);
            String otherwise = found.group(3) == null ? "" : found.group(3);
            String value = variables.getOrDefault(name, "");
            return Matcher.quoteReplacement(value.isEmpty() ? otherwise : value);
        });
    }
}
