package io.cofferdam.examples.cli;

import java.util.List;
import java.util.stream.Collectors;

/** Makes text of unknown origin safe to show and to paste. */
final class Text {

    private Text() {}

    /** The text with every control and formatting character written as an escape, so that it cannot steer a terminal. */
    static String visible(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> safe.append("\\n");
                case '\r' -> safe.append("\\r");
                case '\t' -> safe.append("\\t");
                default -> {
                    int type = Character.getType(c);
                    if (type == Character.CONTROL
                            || type == Character.FORMAT
                            || type == Character.SURROGATE
                            || type == Character.LINE_SEPARATOR
                            || type == Character.PARAGRAPH_SEPARATOR) {
                        safe.append(String.format(c < 0x100 ? "\\x%02x" : "\\u%04x", c));
                    } else {
                        safe.appendCodePoint(c);
                    }
                }
            }
        });
        return safe.toString();
    }

    /** As {@link #visible}, but line ends are kept: for messages of several lines. */
    static String visibleLines(String text) {
        return text.lines().map(Text::visible).collect(Collectors.joining("\n"));
    }

    /** The words as a POSIX shell reads them back, on one line. */
    static String shell(List<String> words) {
        return words.stream().map(Text::shell).collect(Collectors.joining(" "));
    }

    /** The word as a POSIX shell reads it back; control characters in the {@code $'…'} form of bash. */
    static String shell(String word) {
        if (word.matches("[A-Za-z0-9_@%+=:,./-]+")) {
            return word;
        }
        String shown = visible(word);
        if (shown.equals(word)) {
            return "'" + word.replace("'", "'\\''") + "'";
        }
        return "$'" + visible(word.replace("\\", "\\\\").replace("'", "\\'")) + "'";
    }
}
