package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import io.cofferdam.event.Event;
import java.time.Instant;

/** Something that an orchestrator did with an image. What others do with the engine's images is not told. */
@Experimental
public sealed interface ImageEvent extends Event {

    /**
     * The image, as the engine was asked for it.
     *
     * @return its name; an identifier where there is no name
     */
    String image();

    /**
     * A layer came further on its way to or from a registry.
     *
     * @param at when
     * @param image the image
     * @param progress how far
     */
    record LayerProgressed(Instant at, String image, LayerProgress progress) implements ImageEvent {}

    /**
     * It was fetched from its registry.
     *
     * @param at when
     * @param image the image
     * @param id the engine's identifier
     */
    record Pulled(Instant at, String image, String id) implements ImageEvent {}

    /**
     * It could not be fetched.
     *
     * @param at when
     * @param image the image
     * @param reason a sentence
     */
    record PullFailed(Instant at, String image, String reason) implements ImageEvent {}

    /**
     * It was built.
     *
     * @param at when
     * @param image its first name, or its identifier
     * @param id the engine's identifier
     */
    record Built(Instant at, String image, String id) implements ImageEvent {}

    /**
     * It was sent to its registry.
     *
     * @param at when
     * @param image the image
     * @param digest what the registry knows it by
     */
    record Pushed(Instant at, String image, String digest) implements ImageEvent {}

    /**
     * It got another name.
     *
     * @param at when
     * @param image the new name
     * @param id the engine's identifier
     */
    record Tagged(Instant at, String image, String id) implements ImageEvent {}

    /**
     * It was removed.
     *
     * @param at when
     * @param image the name or identifier that was asked for
     * @param removed what the engine has no longer
     */
    record Removed(Instant at, String image, RemovedImages removed) implements ImageEvent {}
}
