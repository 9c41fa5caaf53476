package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import java.util.List;
import java.util.Objects;

/**
 * What a registry offers under a name, found out without fetching it.
 *
 * @param digest the digest of the manifest, or of the list of manifests
 * @param mediaType what kind of manifest it is
 * @param platforms the platforms it is there for, such as {@code linux/amd64}
 */
@Experimental
public record ImageManifest(String digest, String mediaType, List<String> platforms) {

    public ImageManifest {
        Objects.requireNonNull(digest, "digest");
        Objects.requireNonNull(mediaType, "mediaType");
        platforms = List.copyOf(platforms);
    }
}
