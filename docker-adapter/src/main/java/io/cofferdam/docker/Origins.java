package io.cofferdam.docker;

import io.cofferdam.environment.Labels;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Remembers which containers began as snapshots, so that nothing has to be asked when others go. Thread-safe. */
final class Origins {

    /** The image of the snapshot that a container began as. */
    static final String LABEL = Labels.PREFIX + "snapshot.origin";

    /** The image that its specification names. */
    static final String IMAGE = Labels.PREFIX + "image";

    private static final int REMEMBERED = 4096;

    private final Map<String, String> images = new LinkedHashMap<>();

    synchronized void put(String container, String image) {
        images.put(container, image);
        if (images.size() > REMEMBERED) {
            images.remove(images.keySet().iterator().next());
        }
    }

    synchronized Optional<String> take(String container) {
        return Optional.ofNullable(images.remove(container));
    }
}
