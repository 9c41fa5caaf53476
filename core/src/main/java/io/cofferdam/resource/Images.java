package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.BuildFailedException;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.RegistryException;
import io.cofferdam.error.UnsupportedCapabilityException;
import io.cofferdam.error.WrongStateException;
import java.util.List;
import java.util.Optional;

/**
 * The images of an engine. Every method throws {@link UnsupportedCapabilityException} on an engine without images, and
 * {@link InvalidInputException} for a name that is none. Names go through the substitution and the default registry of the
 * engine's configuration first. Thread-safe.
 */
@Experimental
public interface Images {

    /**
     * Finds an image the engine has.
     *
     * @param reference a name such as {@code redis:7}, or an identifier
     * @return empty if the engine does not have it
     */
    Optional<Image> find(String reference);

    /**
     * Fetches an image from its registry, within the configured pull timeout.
     *
     * @param reference a name such as {@code redis:7}
     * @return the image as the engine has it now
     * @throws ImageNotFoundException if the registry does not have it
     * @throws RegistryException if the registry cannot be reached, refuses or fails
     */
    default Image pull(String reference) {
        return pull(PullSpec.of(reference));
    }

    /**
     * Fetches an image from its registry, within the configured pull timeout. That it arrived is proven by asking the
     * engine for it. Callers who ask for the same image at the same time, on the same orchestrator, share one request,
     * which goes on until nobody waits for it any more.
     *
     * @param spec which image, and how
     * @return the image as the engine has it now
     * @throws ImageNotFoundException if the registry does not have it, or not for the platform asked for
     * @throws RegistryException if the registry cannot be reached, refuses or fails
     */
    Image pull(PullSpec spec);

    /**
     * Asks a registry what it offers under a name, without fetching it.
     *
     * @param reference a name such as {@code redis:7}
     * @return what it offers
     * @throws ImageNotFoundException if the registry does not have it
     * @throws RegistryException if the registry cannot be reached, refuses or fails
     */
    ImageManifest manifest(String reference);

    /**
     * Builds an image, within the configured build timeout.
     *
     * @param spec from what, and how
     * @return the image as the engine has it now
     * @throws BuildFailedException if an instruction failed, with the instruction and its last lines
     * @throws ImageNotFoundException if an image that the Dockerfile begins with does not exist
     * @throws RegistryException if its registry cannot be reached, refuses or fails
     * @throws io.cofferdam.error.UnsafePathException if the Dockerfile lies outside its context
     */
    Image build(BuildSpec spec);

    /**
     * Gives an image another name, taking the name from the image that had it.
     *
     * @param reference a name or an identifier
     * @param name the new name, for example {@code registry.example/shop/web:2}; without a tag {@code latest}
     * @return the image with the new name
     * @throws ImageNotFoundException if the engine does not have it
     */
    Image tag(String reference, String name);

    /**
     * Sends an image to its registry, within the configured pull timeout.
     *
     * @param reference a name with its registry and tag
     * @return what the registry has now
     * @throws ImageNotFoundException if the engine does not have it
     * @throws RegistryException if the registry cannot be reached, refuses or fails
     */
    default PushedImage push(String reference) {
        return push(PushSpec.of(reference));
    }

    /**
     * Sends an image to its registry, within the configured pull timeout.
     *
     * @param spec which image, and how
     * @return what the registry has now
     * @throws ImageNotFoundException if the engine does not have it
     * @throws RegistryException if the registry cannot be reached, refuses or fails
     */
    PushedImage push(PushSpec spec);

    /**
     * All images the engine has.
     *
     * @return tagged images, newest first
     */
    default List<Image> list() {
        return list(ImageQuery.tagged());
    }

    /**
     * Some of the images the engine has.
     *
     * @param query which ones
     * @return newest first
     */
    List<Image> list(ImageQuery query);

    /**
     * Removes an image: a name, and its content when that was the last name. Does nothing if the engine does not have it.
     *
     * @param reference a name or an identifier
     * @return what the engine has no longer
     * @throws WrongStateException if a container uses it
     */
    default RemovedImages remove(String reference) {
        return remove(reference, false);
    }

    /**
     * Removes an image. Does nothing if the engine does not have it.
     *
     * @param reference a name or an identifier
     * @param force also all its names, if it is given by its identifier, and its name under a stopped container
     * @return what the engine has no longer
     * @throws WrongStateException if a running container uses it, or without force any
     */
    RemovedImages remove(String reference, boolean force);

    /**
     * Removes images that no container uses.
     *
     * @param prune which ones
     * @return what the engine has no longer
     */
    RemovedImages prune(ImagePrune prune);
}
