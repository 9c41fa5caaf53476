package io.cofferdam.pipeline;

import io.cofferdam.internal.yaml.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Text with expressions in it: {@code {{name}}}, {@code {{steps.build.digest}}}, {@code {{steps["Build it"].digest}}},
 * {@code {{branch | default("main")}}}, {@code {{"a literal"}}}. A backslash before two braces takes their meaning away.
 *
 * @param parts text and references, in turn
 */
record Expression(List<Part> parts) {

    private static final String OPEN = "{{";
    private static final String CLOSE = "}}";
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]*");

    /** A part of a text. */
    sealed interface Part {}

    /** Text as it is. */
    record Literal(@Nullable Object value, boolean isExpression) implements Part {}

    /**
     * Something to look up.
     *
     * @param path its name, in segments
     * @param hasDefault whether there is a value for when it is not there
     * @param fallback that value
     * @param written how it was written, for messages
     */
    record Reference(
            List<String> path, boolean hasDefault, @Nullable Object fallback, String written) implements Part {

        Reference {
            path = List.copyOf(path);
        }
    }

    /** Text that cannot be read. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    /** Whether there is anything in a text to replace, or to take a backslash from. */
    static boolean isIn(String text) {
        return text.contains(OPEN);
    }

    /** Whether a text is exactly one expression, so that its value can be of any type. */
    static boolean isWhole(String text) {
        String stripped = text.strip();
        if (!stripped.startsWith(OPEN) || !stripped.endsWith(CLOSE)) {
            return false;
        }
        try {
            Expression expression = parse(stripped);
            return expression.parts.size() == 1
                    && !(expression.parts.get(0) instanceof Literal literal && !literal.isExpression);
        } catch (Malformed broken) {
            return false;
        }
    }

    static Expression parse(String text) throws Malformed {
        List<Part> parts = new ArrayList<>();
        StringBuilder plain = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf(OPEN, at);
            if (open < 0) {
                plain.append(text, at, text.length());
                break;
            }
            if (open > at && text.charAt(open - 1) == '\\') {
                plain.append(text, at, open - 1).append(OPEN);
                at = open + 2;
                continue;
            }
            plain.append(text, at, open);
            if (plain.length() > 0) {
                parts.add(new Literal(plain.toString(), false));
                plain.setLength(0);
            }
            Reader reader = new Reader(text, open + 2);
            parts.add(reader.expression());
            at = reader.at;
        }
        if (plain.length() > 0) {
            parts.add(new Literal(plain.toString(), false));
        }
        return new Expression(parts);
    }

    /** Reads one expression from behind its braces on. */
    private static final class Reader {
        private final String text;
        private final int begin;
        private int at;

        Reader(String text, int at) {
            this.text = text;
            this.begin = at;
            this.at = at;
        }

        Part expression() throws Malformed {
            space();
            char c = peek();
            if (c == '"' || c == '\'') {
                String literal = quoted();
                close();
                return new Literal(literal, true);
            }
            List<String> path = new ArrayList<>();
            path.add(word());
            while (true) {
                if (peek() == '.') {
                    at++;
                    path.add(word());
                } else if (peek() == '[') {
                    at++;
                    space();
                    path.add(peek() == '"' || peek() == '\'' ? quoted() : word());
                    space();
                    expect(']');
                } else {
                    break;
                }
            }
            String written = text.substring(begin, at).strip();
            space();
            if (peek() != '|') {
                close();
                return new Reference(path, false, null, written);
            }
            at++;
            space();
            String filter = word();
            if (!filter.equals("default")) {
                throw malformed("there is no '" + filter + "', only default(…)");
            }
            space();
            expect('(');
            space();
            Object fallback = literal();
            space();
            expect(')');
            space();
            close();
            return new Reference(path, true, fallback, written);
        }

        private @Nullable Object literal() throws Malformed {
            if (peek() == '"' || peek() == '\'') {
                return quoted();
            }
            int from = at;
            while (at < text.length() && ")} \t\n".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            String word = text.substring(from, at);
            switch (word) {
                case "true", "false" -> {
                    return Boolean.valueOf(word);
                }
                case "null" -> {
                    return null;
                }
                default -> {
                    Long number = Data.whole(word);
                    if (number != null) {
                        return number;
                    }
                    try {
                        return Double.valueOf(word);
                    } catch (NumberFormatException none) {
                        throw malformed("a default is a number, true, false, null or text in quotes");
                    }
                }
            }
        }

        private String quoted() throws Malformed {
            char quote = text.charAt(at++);
            StringBuilder value = new StringBuilder();
            while (at < text.length() && text.charAt(at) != quote) {
                char c = text.charAt(at++);
                value.append(c == '\\' && at < text.length() ? text.charAt(at++) : c);
            }
            expect(quote);
            return value.toString();
        }

        private String word() throws Malformed {
            int from = at;
            while (at < text.length() && isOfWord(text.charAt(at))) {
                at++;
            }
            String word = text.substring(from, at);
            if (!WORD.matcher(word).matches()) {
                throw malformed("a name is expected");
            }
            return word;
        }

        private static boolean isOfWord(char c) {
            return c == '_' || c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        }

        private void close() throws Malformed {
            space();
            if (!text.startsWith(CLOSE, at)) {
                throw malformed(at >= text.length() ? "its '}}' is missing" : "'}}' is expected");
            }
            at += 2;
        }

        private void expect(char c) throws Malformed {
            if (peek() != c) {
                throw malformed("'" + c + "' is expected");
            }
            at++;
        }

        private char peek() {
            return at < text.length() ? text.charAt(at) : 0;
        }

        private void space() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }

        private Malformed malformed(String why) {
            int end = Math.min(text.length(), at + 20);
            return new Malformed("'" + Words.shorten(OPEN + text.substring(begin, end)) + "' is no expression: " + why);
        }
    }
}
