package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import java.util.List;

/**
 * What an engine has no longer.
 *
 * @param untagged the names it no longer knows
 * @param deleted the identifiers of contents and layers it no longer has
 * @param bytes how much room that gave back; 0 if the engine does not tell
 */
@Experimental
public record RemovedImages(List<String> untagged, List<String> deleted, long bytes) {

    public RemovedImages {
        untagged = List.copyOf(untagged);
        deleted = List.copyOf(deleted);
    }

    /**
     * Whether nothing was removed.
     *
     * @return true if there is neither a name nor a content
     */
    public boolean isEmpty() {
        return untagged.isEmpty() && deleted.isEmpty();
    }
}
