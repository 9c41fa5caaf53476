package io.cofferdam.pipeline;

import io.cofferdam.internal.yaml.Place;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the parts of a pipeline are written, by paths such as {@code steps[2].timeout}. */
final class Places {

    /** Behind a path: the place of its key, not of its value. */
    static final String KEY = "@key";

    private static final Places NONE = new Places(Map.of());

    private final Map<String, Place> places;

    private Places(Map<String, Place> places) {
        this.places = places;
    }

    static Places none() {
        return NONE;
    }

    static Places of(Map<String, Place> places) {
        return new Places(new HashMap<>(places));
    }

    /** The place of a part, or of the nearest part around it that has one; null for what was not read from a file. */
    @Nullable
    Place of(String path) {
        String part = path;
        while (true) {
            Place place = places.get(part);
            if (place != null || part.isEmpty()) {
                return place;
            }
            part = part.substring(0, Math.max(0, Math.max(part.lastIndexOf('.'), part.lastIndexOf('['))));
        }
    }
}
