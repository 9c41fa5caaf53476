package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.WrongStateException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The named volumes of an engine that this library made. Thread-safe. */
@Experimental
public interface Volumes {

    /**
     * Gives the volume of a name, making it if there is none.
     *
     * @param name the volume's name without the configured prefix
     * @param labels labels for a volume that has to be made
     * @return the volume
     * @throws NameTakenException if a volume of that name exists that this library did not make
     */
    Volume ensure(String name, Map<String, String> labels);

    /**
     * Finds a volume.
     *
     * @param name its name without the configured prefix
     * @return empty if there is none of that name made by this library
     */
    Optional<Volume> find(String name);

    /**
     * All volumes that carry some labels.
     *
     * @param selector the labels
     * @return volumes made by this library, by name
     */
    List<Volume> list(LabelSelector selector);

    /**
     * Removes a volume and what is stored in it. Does nothing if it is gone already.
     *
     * @param name its name without the configured prefix
     * @throws WrongStateException if an environment uses it
     */
    void remove(String name);
}
