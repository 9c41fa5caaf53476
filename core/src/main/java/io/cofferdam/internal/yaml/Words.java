package io.cofferdam.internal.yaml;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Small works on text. */
public final class Words {

    private Words() {}

    public static String shorten(String text) {
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }

    /** The known word that is nearest to one that is not known, if any is near. */
    public static @Nullable String nearest(String word, Collection<String> known) {
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
}
