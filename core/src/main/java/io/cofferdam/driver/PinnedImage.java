package io.cofferdam.driver;

import io.cofferdam.application.Service;
import io.cofferdam.application.ServiceBuilder;
import io.cofferdam.environment.PullPolicy;
import java.util.Map;
import java.util.Optional;

/**
 * The image that a service was prepared with. A prepared service names it by its identifier, which never means anything else,
 * and keeps the name that it was found by in an extension.
 *
 * @param name the name
 * @param id the engine's identifier of the content
 */
record PinnedImage(String name, String id) {

    private static final String EXTENSION = "x-cofferdam-image";

    static Optional<PinnedImage> of(Service service) {
        return service.extensions().get(EXTENSION) instanceof Map<?, ?> pinned
                        && pinned.get("name") instanceof String name
                        && pinned.get("id") instanceof String id
                ? Optional.of(new PinnedImage(name, id))
                : Optional.empty();
    }

    /** Makes it the image of a service, which is not fetched any more. */
    void set(ServiceBuilder service) {
        service.instances(
                        template -> template.withImage(id).withoutImageMaxAge().pullPolicy(PullPolicy.NEVER))
                .extension(EXTENSION, Map.of("name", name, "id", id));
    }
}
