package io.cofferdam.compose;

import io.cofferdam.internal.yaml.Place;
import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Source;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads files of variables, one {@code NAME=VALUE} a line, by Compose's rules: values in double quotes and without quotes may hold
 * other variables, values in single quotes stand for themselves, {@code #} begins a comment. No message shows a value.
 */
final class VariableFile {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

    private final String text;
    private final Source source;
    private final Map<String, String> outer;
    private final Problems problems;
    private final Substitution substitution;
    private final Map<String, String> found = new LinkedHashMap<>();
    private int at;
    private int line = 1;

    private VariableFile(String text, Source source, Map<String, String> outer, Problems problems) {
        this.text = text.startsWith("\uFEFF") ? text.substring(1) : text;
        this.source = source;
        this.outer = outer;
        this.problems = problems;
        this.substitution =
                new Substitution(name -> outer.containsKey(name) ? outer.get(name) : found.get(name), false, problems);
    }

    /**
     * Reads the variables.
     *
     * @param outer variables that values may hold, besides those further up in the file, over which they win
     */
    static Map<String, String> read(String text, Source source, Map<String, String> outer, Problems problems) {
        return new VariableFile(text, source, outer, problems).read();
    }

    /** Reads the variables as Docker itself does: everything behind the equals sign is the value. */
    static Map<String, String> readRaw(String text, Source source, Problems problems) {
        VariableFile file = new VariableFile(text, source, Map.of(), problems);
        for (String each : file.text.split("\r?\n", -1)) {
            String entry = each.stripLeading();
            if (!entry.isEmpty() && !entry.startsWith("#")) {
                int equals = entry.indexOf('=');
                String name = equals < 0 ? entry : entry.substring(0, equals);
                if (!NAME.matcher(name).matches()) {
                    file.noName();
                } else if (equals >= 0) {
                    file.found.put(name, entry.substring(equals + 1));
                }
            }
            file.line++;
        }
        return file.found;
    }

    private Map<String, String> read() {
        while (at < text.length()) {
            entry();
            skipLine();
        }
        return found;
    }

    private void entry() {
        blanks();
        if (end() || text.charAt(at) == '#') {
            return;
        }
        if (text.startsWith("export", at) && at + 6 < text.length() && Character.isWhitespace(text.charAt(at + 6))) {
            at += 6;
            blanks();
        }
        int from = at;
        while (!end() && text.charAt(at) != '=' && text.charAt(at) != ':') {
            at++;
        }
        String name = text.substring(from, at).strip();
        if (!NAME.matcher(name).matches()) {
            noName();
            return;
        }
        if (end()) {
            String inherited = outer.get(name);
            if (inherited != null) {
                found.put(name, inherited);
            }
            return;
        }
        at++;
        blanks();
        value(name);
    }

    private void value(String name) {
        if (!end() && (text.charAt(at) == '"' || text.charAt(at) == '\'')) {
            char quote = text.charAt(at);
            Place place = here();
            String value = quoted(quote);
            if (value == null) {
                problems.add(place, "the value of '" + name + "' has no closing quote");
                return;
            }
            found.put(name, quote == '"' ? substitute(value, place) : value);
            blanks();
            if (!end() && text.charAt(at) != '#') {
                problems.add(here(), "there is something behind the closing quote of '" + name + "'");
            }
            return;
        }
        int from = at;
        while (!end() && !(text.charAt(at) == '#' && (at == from || Character.isWhitespace(text.charAt(at - 1))))) {
            at++;
        }
        found.put(name, substitute(text.substring(from, at).strip(), here()));
    }

    /** The text up to the closing quote, which may be on a later line; null if there is none, with everything read then. */
    private @Nullable String quoted(char quote) {
        StringBuilder value = new StringBuilder();
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == quote) {
                return value.toString();
            }
            if (c == '\n') {
                line++;
            }
            if (c == '\\' && at < text.length()) {
                char next = text.charAt(at);
                String escaped = escaped(quote, next);
                if (escaped != null) {
                    at++;
                    value.append(escaped);
                    continue;
                }
            }
            value.append(c);
        }
        return null;
    }

    private static @Nullable String escaped(char quote, char next) {
        if (next == quote) {
            return String.valueOf(next);
        }
        if (quote == '\'') {
            return null;
        }
        return switch (next) {
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case '\\' -> "\\";
            case '$' -> "$$";
            default -> null;
        };
    }

    private String substitute(String value, Place place) {
        if (value.indexOf('$') < 0) {
            return value;
        }
        return substitution.apply(value, place);
    }

    private void noName() {
        problems.add(
                new Place(source, line, 1),
                "there is no variable in this line",
                "write NAME=VALUE, with a name of letters, digits, '_', '.' and '-'");
    }

    private Place here() {
        return new Place(source, line, at - text.lastIndexOf('\n', Math.max(0, at - 1)));
    }

    private boolean end() {
        return at >= text.length() || text.charAt(at) == '\n' || text.charAt(at) == '\r';
    }

    private void blanks() {
        while (!end() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private void skipLine() {
        int next = text.indexOf('\n', at);
        at = next < 0 ? text.length() : next + 1;
        line++;
    }
}
