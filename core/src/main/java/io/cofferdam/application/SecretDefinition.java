package io.cofferdam.application;

import io.cofferdam.api.Experimental;
import java.util.Map;
import java.util.Objects;

/**
 * A secret that services of an application are given as a file.
 *
 * @param name its name in the application
 * @param content what is in it
 * @param labels the caller's labels
 */
@Experimental
public record SecretDefinition(String name, Content content, Map<String, String> labels) {

    public SecretDefinition {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(content, "content");
        labels = Map.copyOf(labels);
    }

    /**
     * A secret without labels.
     *
     * @param name its name in the application
     * @param content what is in it
     * @return the definition
     */
    public static SecretDefinition of(String name, Content content) {
        return new SecretDefinition(name, content, Map.of());
    }
}
