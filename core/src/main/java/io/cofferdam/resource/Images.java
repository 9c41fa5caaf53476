package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.UnsupportedCapabilityException;
import java.util.List;
import java.util.Optional;

/**
 * The images of an engine. Every method throws {@link UnsupportedCapabilityException} on an engine without images.
 * Thread-safe.
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
     * Fetches an image from its registry, within the configured pull timeout. That it arrived is proven by asking the
     * engine for it.
     *
     * @param reference a name such as {@code redis:7}
     * @return the image as the engine has it now
     * @throws ImageNotFoundException if the registry does not have it, or does not give it to us
     * @throws io.cofferdam.error.RegistryException if the registry cannot be reached
     */
    Image pull(String reference);

    /**
     * All images the engine has.
     *
     * @return tagged images, newest first
     */
    List<Image> list();

    /**
     * Removes an image. Does nothing if the engine does not have it.
     *
     * @param reference a name or an identifier
     * @throws io.cofferdam.error.WrongStateException if a container uses it
     */
    void remove(String reference);
}
