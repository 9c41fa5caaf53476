package io.cofferdam.compose;

import java.util.ArrayList;
import java.util.Collection;
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

    static String shorten(String text) {
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }

    /** A name of the form environments have, which may be empty: {@code db_data} is {@code db-data}. */
    static String name(String text) {
        String name = NOT_IN_A_NAME.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("-");
        name = EDGES.matcher(name).replaceAll("");
        return name.length() <= LONGEST_NAME
                ? name
                : EDGES.matcher(name.substring(0, LONGEST_NAME)).replaceAll("");
    }

    /** The known word that is nearest to one that is not known, if any is near. */
    static @Nullable String nearest(String word, Collection<String> known) {
        String best = null;
        int least = Math.max(1, Math.min(3, word.length() / 2));
        for (String candidate : known) {
            int distance = distance(word.toLowerCase(Locale.ROOT), candidate, least);
            if (distance < least || (distance == least && best == null)) {
                best = candidate;
                least = distance;
            }
        }
        return best;
    }

    /** How many characters have to be added, taken away, replaced or swapped; anything above the bound is only told as such. */
    private static int distance(String one, String other, int bound) {
        if (Math.abs(one.length() - other.length()) > bound || one.length() > 100) {
            return bound + 1;
        }
        int[][] steps = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    steps[i][j] = i + j;
                    continue;
                }
                int same = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
                steps[i][j] = Math.min(Math.min(steps[i - 1][j] + 1, steps[i][j - 1] + 1), steps[i - 1][j - 1] + same);
                if (i > 1
                        && j > 1
                        && one.charAt(i - 1) == other.charAt(j - 2)
                        && one.charAt(i - 2) == other.charAt(j - 1)) {
                    steps[i][j] = Math.min(steps[i][j], steps[i - 2][j - 2] + 1);
                }
            }
        }
        return steps[one.length()][other.length()];
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
