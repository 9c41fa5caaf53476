package io.cofferdam.compose;

import io.cofferdam.internal.yaml.Place;
import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Tree;
import io.cofferdam.internal.yaml.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Puts the values of variables into text: {@code $V}, <code>${V}</code>, and with {@code :- - :? ? :+ +} and a word, which may hold
 * variables itself. {@code $$} is a dollar sign.
 */
final class Substitution {

    private static final int DEEPEST = 20;
    private static final long MOST_CHARACTERS = 16L << 20;

    private final Function<String, @Nullable String> variables;
    private final Problems problems;
    private final boolean shown;
    private long produced;
    private boolean exhausted;

    /**
     * Makes a substitution.
     *
     * @param shown whether messages may show the text
     */
    Substitution(Function<String, @Nullable String> variables, boolean shown, Problems problems) {
        this.variables = variables;
        this.shown = shown;
        this.problems = problems;
    }

    /** Substitutes in all text below a node, keys excepted. */
    Tree apply(Tree tree) {
        if (tree instanceof Tree.Scalar scalar) {
            return scalar.value().indexOf('$') < 0 ? scalar : scalar.with(apply(scalar.value(), scalar.place()));
        }
        if (tree instanceof Tree.Sequence sequence) {
            List<Tree> items = new ArrayList<>(sequence.items().size());
            sequence.items().forEach(item -> items.add(apply(item)));
            return Tree.Sequence.of(sequence.place(), items, sequence.mark());
        }
        Tree.Mapping mapping = (Tree.Mapping) tree;
        Map<String, Tree.Entry> entries = new LinkedHashMap<>();
        mapping.entries().forEach((key, entry) -> entries.put(key, new Tree.Entry(entry.key(), apply(entry.value()))));
        return Tree.Mapping.of(mapping.place(), entries, mapping.mark());
    }

    String apply(String text, Place place) {
        StringBuilder out = new StringBuilder();
        substitute(text, place, 0, out);
        produced += out.length();
        if (produced > MOST_CHARACTERS) {
            if (!exhausted) {
                problems.add(place, "the variables make more than " + (MOST_CHARACTERS >> 20) + " MiB of text");
            }
            exhausted = true;
            return "";
        }
        return out.toString();
    }

    private void substitute(String text, Place place, int depth, StringBuilder out) {
        if (depth > DEEPEST) {
            problems.add(place, "variables are nested more than " + DEEPEST + " levels deep");
            return;
        }
        int at = 0;
        while (at < text.length() && !exhausted) {
            int dollar = text.indexOf('$', at);
            if (dollar < 0 || dollar + 1 == text.length()) {
                out.append(text, at, dollar < 0 ? text.length() : dollar);
                if (dollar >= 0) {
                    malformed(place, "$");
                }
                return;
            }
            out.append(text, at, dollar);
            char next = text.charAt(dollar + 1);
            if (next == '$') {
                out.append('$');
                at = dollar + 2;
            } else if (next == '{') {
                int end = closing(text, dollar + 2);
                if (end < 0) {
                    malformed(place, text.substring(dollar));
                    return;
                }
                braced(text.substring(dollar + 2, end), place, depth, out);
                at = end + 1;
            } else if (isFirst(next)) {
                int end = nameEnd(text, dollar + 1);
                out.append(value(text.substring(dollar + 1, end), place));
                at = end;
            } else {
                malformed(place, text.substring(dollar, dollar + 2));
                at = dollar + 2;
            }
        }
    }

    private void braced(String inner, Place place, int depth, StringBuilder out) {
        int end = inner.isEmpty() || !isFirst(inner.charAt(0)) ? 0 : nameEnd(inner, 0);
        String name = inner.substring(0, end);
        String rest = inner.substring(end);
        if (name.isEmpty() || !(rest.isEmpty() || "-?+".indexOf(rest.charAt(0)) >= 0 || isColon(rest))) {
            malformed(place, "${" + inner + "}");
            return;
        }
        if (rest.isEmpty()) {
            out.append(value(name, place));
            return;
        }
        boolean colon = rest.charAt(0) == ':';
        char operator = rest.charAt(colon ? 1 : 0);
        String word = rest.substring(colon ? 2 : 1);
        String value = variables.apply(name);
        boolean given = value != null && !(colon && value.isEmpty());
        switch (operator) {
            case '-' -> {
                if (given && value != null) {
                    out.append(value);
                } else {
                    substitute(word, place, depth + 1, out);
                }
            }
            case '+' -> {
                if (given) {
                    substitute(word, place, depth + 1, out);
                }
            }
            default -> {
                if (given && value != null) {
                    out.append(value);
                } else {
                    problems.add(
                            place,
                            "the variable '" + name + "' is required and is not set"
                                    + (colon && value != null ? " to anything" : "")
                                    + (word.isEmpty() || !shown ? "" : ": " + Words.shorten(word)),
                            "set it in the environment or in .env");
                }
            }
        }
    }

    private static boolean isColon(String rest) {
        return rest.length() > 1 && rest.charAt(0) == ':' && "-?+".indexOf(rest.charAt(1)) >= 0;
    }

    private String value(String name, Place place) {
        @Nullable String value = variables.apply(name);
        if (value == null) {
            problems.warn(
                    place,
                    "the variable '" + name + "' is not set and taken as empty",
                    "write ${" + name + ":-} if that is meant");
            return "";
        }
        return value;
    }

    private void malformed(Place place, String what) {
        problems.add(
                place,
                (shown ? "'" + Words.shorten(what) + "'" : "what follows a dollar sign") + " is no variable",
                "write $NAME, ${NAME}, one of ${NAME:-x} ${NAME-x} ${NAME:?x} ${NAME?x} ${NAME:+x} ${NAME+x}, or $$"
                        + " for a dollar sign");
    }

    /** The brace that ends a variable, those of variables in it passed over; -1 if there is none. */
    private static int closing(String text, int from) {
        int depth = 1;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '$' && i + 1 < text.length() && text.charAt(i + 1) == '$') {
                i++;
            } else if (c == '$' && i + 1 < text.length() && text.charAt(i + 1) == '{') {
                depth++;
                i++;
            } else if (c == '}' && --depth == 0) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isFirst(char c) {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static int nameEnd(String text, int from) {
        int end = from;
        while (end < text.length()
                && (isFirst(text.charAt(end)) || (text.charAt(end) >= '0' && text.charAt(end) <= '9'))) {
            end++;
        }
        return end;
    }
}
