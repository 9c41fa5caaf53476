package io.cofferdam.driver;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds what somebody may have meant by a name that does not exist. */
final class Nearest {

    private static final int MOST = 3;

    private Nearest() {}

    /** The names that differ from a word by few letters, or contain it; the nearest first. */
    static List<String> to(String word, Collection<String> names) {
        int tolerance = Math.max(1, word.length() / 3);
        return names.stream()
                .filter(name -> name.contains(word) || distance(word, name) <= tolerance)
                .sorted(Comparator.comparingInt((String name) -> distance(word, name))
                        .thenComparing(name -> name))
                .limit(MOST)
                .toList();
    }

    /** How many letters have to be added, removed or replaced (Levenshtein). */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
