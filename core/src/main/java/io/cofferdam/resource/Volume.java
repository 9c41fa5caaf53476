package io.cofferdam.resource;

import java.util.Map;
import java.util.Objects;

/**
 * What an engine says of one of its named volumes.
 *
 * @param name its name
 * @param labels its labels
 */
public record Volume(String name, Map<String, String> labels) {

    public Volume {
        Objects.requireNonNull(name, "name");
        labels = Map.copyOf(labels);
    }
}
