package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.error.NameTakenException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The networks of an engine that this library made. Thread-safe. */
@Experimental
public interface Networks {

    /**
     * Gives the network of a name, making it if there is none. Callers of any thread and any process that ask for the
     * same name at the same time get the same network. Its address range is chosen so that it overlaps neither another
     * network of the engine nor a route of the host.
     *
     * @param name the network's name without the configured prefix
     * @param labels labels for a network that has to be made
     * @return the network
     * @throws NameTakenException if a network of that name exists that this library did not make
     */
    Network ensure(String name, Map<String, String> labels);

    /**
     * Finds a network.
     *
     * @param name its name without the configured prefix
     * @return empty if there is none of that name made by this library
     */
    Optional<Network> find(String name);

    /**
     * All networks that carry some labels.
     *
     * @param selector the labels
     * @return networks made by this library, by name
     */
    List<Network> list(LabelSelector selector);

    /**
     * Removes a network, unless an environment is in it. Does nothing if it is gone already.
     *
     * @param name its name without the configured prefix
     * @return false if it was kept because it is in use
     */
    boolean remove(String name);
}
