package io.cofferdam.docker;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers what containers are called, for messages only: the engine and its callers speak of them by identifiers that
 * tell people nothing. Safe for use by many threads.
 */
final class Names {

    private static final int REMEMBERED = 4096;

    private final Map<String, String> names = new LinkedHashMap<>();

    synchronized void put(String id, String name) {
        names.remove(id);
        names.put(id, name);
        if (names.size() > REMEMBERED) {
            names.remove(names.keySet().iterator().next());
        }
    }

    /** How a container is called in a sentence: {@code 'web'}, or by its identifier where its name is not known. */
    synchronized String of(String id) {
        String name = names.get(id);
        if (name != null) {
            return "'" + name + "'";
        }
        return "container '" + (id.matches("[0-9a-f]{64}") ? id.substring(0, 12) : id) + "'";
    }
}
