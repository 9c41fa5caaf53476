package io.cofferdam.internal.yaml;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes plain data as YAML. Text is quoted wherever anybody, of whatever version of YAML, could take it for something else. */
public final class Emitter {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z/][A-Za-z0-9_./@-]*");
    private static final Pattern WORD_OF_YAML = Pattern.compile("(?i)true|false|yes|no|on|off|y|n|null|inf|nan");
    private static final String INDENT = "  ";

    private final StringBuilder out = new StringBuilder();

    private final boolean escapeDollars;

    private Emitter(boolean escapeDollars) {
        this.escapeDollars = escapeDollars;
    }

    /** Writes a mapping; dollars of values are doubled if whoever reads it would take them for variables. */
    public static String yaml(Map<String, ? extends @Nullable Object> document, boolean escapeDollars) {
        Emitter emitter = new Emitter(escapeDollars);
        emitter.mapping(document, "");
        return emitter.out.toString();
    }

    private void mapping(Map<?, ?> fields, String indent) {
        fields.forEach((key, value) -> {
            out.append(indent);
            text(String.valueOf(key), false);
            out.append(':');
            value(value, indent + INDENT);
        });
    }

    private void sequence(List<?> items, String indent) {
        for (Object item : items) {
            out.append(indent).append('-');
            value(item, indent + INDENT);
        }
    }

    private void value(@Nullable Object value, String indent) {
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            out.append('\n');
            mapping(map, indent);
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            out.append('\n');
            sequence(list, indent);
        } else {
            out.append(' ');
            if (value instanceof String string) {
                text(string, escapeDollars);
            } else {
                out.append(scalar(value));
            }
            out.append('\n');
        }
    }

    private static String scalar(@Nullable Object value) {
        if (value instanceof Map) {
            return "{}";
        }
        if (value instanceof List) {
            return "[]";
        }
        if (value instanceof Double real && (real.isInfinite() || real.isNaN())) {
            return real.isNaN() ? ".nan" : real > 0 ? ".inf" : "-.inf";
        }
        return String.valueOf(value);
    }

    private void text(String text, boolean doubled) {
        if (text.length() < 200
                && PLAIN.matcher(text).matches()
                && !WORD_OF_YAML.matcher(text).matches()) {
            out.append(text);
            return;
        }
        out.append('"');
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '$' -> out.append(doubled ? "$$" : "$");
                default -> character(c);
            }
        });
        out.append('"');
    }

    private void character(int c) {
        boolean printable =
                (c >= ' ' && c < 0x7f) || (c >= 0xa0 && c <= 0xd7ff && c != 0x2028 && c != 0x2029) || c > 0xffff;
        if (printable) {
            out.appendCodePoint(c);
        } else {
            out.append(String.format("\\u%04X", c));
        }
    }
}
