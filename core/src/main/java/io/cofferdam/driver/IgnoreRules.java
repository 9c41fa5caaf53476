package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The rules of a {@code .dockerignore}, as the Docker client reads them: a line is a pattern, {@code #} begins a comment,
 * {@code !} takes back what former lines left out, the last line that fits decides, and a line that fits a folder fits all
 * in it. In a pattern {@code *} and {@code ?} stand for anything but a slash, {@code **} for any number of folders.
 */
@Experimental
public final class IgnoreRules {

    /** Leaves nothing out. */
    public static final IgnoreRules NONE = new IgnoreRules(List.of());

    private final List<Rule> rules;

    private record Rule(Pattern pattern, boolean takesBack) {}

    private IgnoreRules(List<Rule> rules) {
        this.rules = rules;
    }

    /**
     * Reads the rules.
     *
     * @param text what is in the file
     * @return the rules
     * @throws IllegalArgumentException if a pattern is none, with the number of its line
     */
    public static IgnoreRules parse(String text) {
        List<Rule> rules = new ArrayList<>();
        int number = 0;
        String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
        for (String line : content.split("\\R", -1)) {
            number++;
            String pattern = line.startsWith("#") ? "" : line.strip();
            boolean takesBack = pattern.startsWith("!");
            String cleaned = clean(takesBack ? pattern.substring(1).strip() : pattern);
            if (cleaned.isEmpty()) {
                continue;
            }
            try {
                rules.add(new Rule(Pattern.compile(expression(cleaned), Pattern.DOTALL), takesBack));
            } catch (PatternSyntaxException | StringIndexOutOfBoundsException malformed) {
                throw new IllegalArgumentException("line " + number + ": '" + line + "' is no pattern", malformed);
            }
        }
        return rules.isEmpty() ? NONE : new IgnoreRules(rules);
    }

    /**
     * Whether a path of the context is left out.
     *
     * @param path with slashes between its parts, and without one at its ends
     * @return true if it is not sent
     */
    public boolean leavesOut(String path) {
        boolean out = false;
        for (Rule rule : rules) {
            if (out == rule.takesBack() && fits(rule.pattern(), path)) {
                out = !out;
            }
        }
        return out;
    }

    /**
     * Whether something below a folder that is left out may be taken back.
     *
     * @return false if nothing below such a folder need be looked at
     */
    public boolean mayTakeBack() {
        return rules.stream().anyMatch(Rule::takesBack);
    }

    /** The path itself, or a folder it is in. */
    private static boolean fits(Pattern pattern, String path) {
        for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
            if (pattern.matcher(path.substring(0, end)).matches()) {
                return true;
            }
        }
        return false;
    }

    /** Without what says nothing: double slashes, dots, and what a double dot takes back. Nothing lies above the context. */
    private static String clean(String pattern) {
        Deque<String> parts = new ArrayDeque<>();
        for (String part : pattern.split("/", -1)) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return String.join("/", parts);
    }

    private static String expression(String pattern) {
        StringBuilder expression = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '*' && pattern.startsWith("**", i)) {
                i++;
                if (pattern.startsWith("/", i + 1)) {
                    i++;
                }
                expression.append(i == pattern.length() - 1 ? ".*" : "(?:.*/)?");
            } else if (c == '*') {
                expression.append("[^/]*");
            } else if (c == '?') {
                expression.append("[^/]");
            } else if (c == '[') {
                i = range(pattern, i, expression);
            } else if (c == '\\') {
                expression.append(Pattern.quote(String.valueOf(pattern.charAt(++i))));
            } else {
                expression.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return expression.toString();
    }

    /** A range of characters, in which only the minus and a leading circumflex mean something; gives where it ends. */
    private static int range(String pattern, int start, StringBuilder expression) {
        int i = start + 1;
        expression.append('[');
        if (pattern.charAt(i) == '^') {
            expression.append("^/");
            i++;
        }
        int first = i;
        while (pattern.charAt(i) != ']' || i == first) {
            char c = pattern.charAt(i);
            if (c == '\\') {
                c = pattern.charAt(++i);
            }
            expression.append("[]&^\\".indexOf(c) >= 0 ? "\\" + c : String.valueOf(c));
            i++;
        }
        expression.append(']');
        return i;
    }
}
