package io.cofferdam.driver;

import io.cofferdam.application.Service;
import io.cofferdam.application.ServiceBuilder;
import io.cofferdam.environment.PullPolicy;
import java.util.Map;
import java.util.Optional;

/**
 * The image that a service was prepared with. A prepared service names it by its identifier, which never means anything else,
 * and keeps in an extension the name that it was found by.
 *
 * @param asked the name that the service asks for; {@link ImageSoftware#BUILT} if it names none
 * @param name the name that the engine has it by
 * @param id the engine's identifier of the content
 */
record PinnedImage(String asked, String name, String id) {

    private static final String EXTENSION = "x-cofferdam-image";

    /** Empty if the service was not prepared, or was given another image since. */
    static Optional<PinnedImage> of(Service service) {
        return service.extensions().get(EXTENSION) instanceof Map<?, ?> pinned
                        && pinned.get("asked") instanceof String asked
                        && pinned.get("name") instanceof String name
                        && pinned.get("id") instanceof String id
                        && service.template().image().filter(id::equals).isPresent()
                ? Optional.of(new PinnedImage(asked, name, id))
                : Optional.empty();
    }

    /** Makes it the image of a service, which is not fetched any more. */
    void set(ServiceBuilder service) {
        service.instances(
                        template -> template.withImage(id).withoutImageMaxAge().pullPolicy(PullPolicy.NEVER))
                .extension(EXTENSION, Map.of("asked", asked, "name", name, "id", id));
    }
}
