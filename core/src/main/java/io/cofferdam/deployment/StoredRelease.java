package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import java.util.Objects;

/**
 * The content of a release as a store keeps it.
 *
 * @param id unique in the store
 * @param project the project
 * @param version the application's version
 * @param content the application as text, secrets sealed; only the engine reads it
 */
@Experimental
public record StoredRelease(String id, String project, String version, String content) {

    public StoredRelease {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(content, "content");
    }
}
