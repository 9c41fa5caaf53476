package io.cofferdam.workload;

import io.cofferdam.api.Experimental;
import io.cofferdam.application.Application;
import java.util.Map;
import java.util.Objects;

/**
 * A release whose software is at hand.
 *
 * @param application the release with everything resolved that might change later: images are there, built or pulled, and build
 *     folders are copied to where nobody edits them
 * @param revisions the revision of each service by its name: the content of the service and, on engines with images, the image that
 *     its name stands for now
 */
@Experimental
public record Prepared(Application application, Map<String, Revision> revisions) {

    public Prepared {
        Objects.requireNonNull(application, "application");
        revisions = Map.copyOf(revisions);
    }

    /**
     * The revision of a service.
     *
     * @param service the service's name
     * @return its revision
     * @throws IllegalArgumentException if the application has no such service
     */
    public Revision revision(String service) {
        Revision found = revisions.get(service);
        if (found == null) {
            throw new IllegalArgumentException(
                    "there is no service '" + service + "'; there are " + revisions.keySet());
        }
        return found;
    }
}
