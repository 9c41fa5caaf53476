package io.cofferdam.docker.watcher;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON (RFC 8259) into maps, lists, texts, numbers, booleans and null. */
final class SweepJson {

    private static final int DEEPEST = 100;

    private final String text;
    private int at;

    private SweepJson(String text) {
        this.text = text;
    }

    static @Nullable Object parse(String text) throws IOException {
        try {
            SweepJson json = new SweepJson(text);
            Object value = json.value(0);
            return value;
        } catch (IndexOutOfBoundsException | NumberFormatException cutOff) {
            throw new IOException("the answer is no JSON", cutOff);
        }
    }

    /** The objects of a list; none if it is something else. */
    static List<Map<?, ?>> objects(@Nullable Object list) {
        List<Map<?, ?>> objects = new ArrayList<>();
        if (list instanceof List<?> elements) {
            for (Object element : elements) {
                if (element instanceof Map<?, ?> object) {
                    objects.add(object);
                }
            }
        }
        return objects;
    }

    static String text(Map<?, ?> object, String key) {
        return object.get(key) instanceof String value ? value : "";
    }

    /** Quotes a text. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\' || c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    private @Nullable Object value(int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new IOException("the answer is nested too deeply");
        }
        char first = next();
        return switch (first) {
            case '{' -> object(depth);
            case '[' -> list(depth);
            case '"' -> string();
            default -> literal(first);
        };
    }

    private Map<String, @Nullable Object> object(int depth) throws IOException {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        char c = next();
        while (c != '}') {
            String key = c == '"' ? string() : "";
            expect(':');
            object.put(key, value(depth + 1));
            c = next();
            c = c == ',' ? next() : c;
        }
        return object;
    }

    private List<@Nullable Object> list(int depth) throws IOException {
        List<@Nullable Object> list = new ArrayList<>();
        char c = next();
        while (c != ']') {
            at--;
            list.add(value(depth + 1));
            c = next();
            c = c == ',' ? next() : c;
        }
        return list;
    }

    private String string() {
        StringBuilder string = new StringBuilder();
        for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
            string.append(c == '\\' ? escaped() : c);
        }
        return string.toString();
    }

    private char escaped() {
        char c = text.charAt(at++);
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> {
                at += 4;
                yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
            }
            default -> c;
        };
    }

    private @Nullable Object literal(char first) throws IOException {
        int begin = at - 1;
        while (at < text.length()
                && ("+-.eE".indexOf(text.charAt(at)) >= 0 || Character.isLetterOrDigit(text.charAt(at)))) {
            at++;
        }
        String word = text.substring(begin, at);
        return switch (word) {
            case "true" -> true;
            case "false" -> false;
            case "null" -> null;
            default -> {
                if (first != '-' && !Character.isDigit(first)) {
                    throw new IOException("the answer is no JSON");
                }
                yield Double.valueOf(word);
            }
        };
    }

    private void expect(char wanted) throws IOException {
        if (next() != wanted) {
            throw new IOException("the answer is no JSON");
        }
    }

    private char next() {
        while (Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return text.charAt(at++);
    }
}
