package io.cofferdam.workload;

import io.cofferdam.api.Experimental;
import java.util.Objects;

/**
 * One content of one service: two specifications with the same content have the same revision.
 *
 * @param service the service's name
 * @param hash the hash of its content
 */
@Experimental
public record Revision(String service, String hash) {

    public Revision {
        Objects.requireNonNull(service, "service");
        Objects.requireNonNull(hash, "hash");
    }

    /** The service's name and the hash, for example {@code web@3f9c}. */
    @Override
    public String toString() {
        return service + "@" + hash;
    }
}
