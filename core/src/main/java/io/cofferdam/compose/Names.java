package io.cofferdam.compose;

import io.cofferdam.internal.yaml.Place;
import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Words;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The names things have in an application, which are host names, by those they have in a file, which allows more. */
final class Names {

    private final String kind;
    private final Map<String, String> names = new LinkedHashMap<>();
    private final Map<String, String> originals = new HashMap<>();

    Names(String kind) {
        this.kind = kind;
    }

    /** Takes a name in. */
    void define(String original, Place place, Problems problems) {
        String name = Text.name(original);
        String other = originals.putIfAbsent(name, original);
        if (name.isEmpty()) {
            problems.add(
                    place,
                    "'" + Words.shorten(original) + "' is no name of a " + kind,
                    "use letters, digits and '-', beginning and ending with a letter or digit");
        } else if (other != null && !other.equals(original)) {
            problems.add(
                    place,
                    "'" + Words.shorten(original) + "' and '" + Words.shorten(other) + "' are the same " + kind + " '"
                            + name + "'",
                    "name one of them otherwise");
        }
        names.put(original, name);
    }

    boolean knows(String original) {
        return names.containsKey(original);
    }

    Set<String> all() {
        return names.keySet();
    }

    /** The name in the application. */
    String of(String original) {
        return names.getOrDefault(original, Text.name(original));
    }

    /** The name in the file. */
    String original(String name) {
        return originals.getOrDefault(name, name);
    }
}
