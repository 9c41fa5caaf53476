package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import java.util.Objects;

/**
 * What a registry has after a push.
 *
 * @param reference the name it was pushed as, with its tag
 * @param digest the digest the registry knows it by, such as {@code sha256:…}
 * @param size bytes of its manifest
 */
@Experimental
public record PushedImage(String reference, String digest, long size) {

    public PushedImage {
        Objects.requireNonNull(reference, "reference");
        Objects.requireNonNull(digest, "digest");
    }
}
