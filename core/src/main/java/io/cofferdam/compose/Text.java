package io.cofferdam.compose;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Small works on text. */
final class Text {

    private static final Pattern NOT_IN_A_NAME = Pattern.compile("[^a-z0-9]+");
    private static final Pattern EDGES = Pattern.compile("^-+|-+$");
    private static final int LONGEST_NAME = 63;

    private Text() {}

    /** A name of the form environments have, which may be empty: {@code db_data} is {@code db-data}. */
    static String name(String text) {
        String name = NOT_IN_A_NAME.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("-");
        name = EDGES.matcher(name).replaceAll("");
        return name.length() <= LONGEST_NAME
                ? name
                : EDGES.matcher(name.substring(0, LONGEST_NAME)).replaceAll("");
    }

    /** Splits a command as a shell would, without expanding anything; null if a quote is not closed. */
    static @Nullable List<String> words(String command) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < command.length(); i++) {
            char c = command.charAt(i);
            if (quote == '\'' && c != '\'') {
                word.append(c);
            } else if (c == '\\' && quote != '\'' && i + 1 < command.length()) {
                char next = command.charAt(++i);
                if (quote == '"' && next != '"' && next != '\\' && next != '$' && next != '`') {
                    word.append(c);
                }
                if (next != '\n') {
                    word.append(next);
                }
                inWord = true;
            } else if (quote != 0 && c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
                inWord = true;
            } else if (quote == 0 && Character.isWhitespace(c)) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (quote != 0) {
            return null;
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
