package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.UnsupportedCapabilityException;
import io.cofferdam.error.WrongStateException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The networks of an engine that this library made. Thread-safe. Every method ends within the configured call timeout with
 * {@link io.cofferdam.error.OperationTimeoutException}, answers an interrupt with
 * {@link io.cofferdam.error.OperationInterruptedException}, and throws {@link io.cofferdam.error.ClosedException} once the
 * orchestrator is closed.
 *
 * <p>The methods with a body in this interface are what a back end may leave out; the networks that an orchestrator hands
 * out have them all.
 */
@Experimental
public interface Networks {

    /**
     * Gives the network of a name, making it if there is none. Callers of any thread and any process that ask for the
     * same name at the same time get the same network. Its address range is chosen so that it overlaps neither another
     * network of the engine nor a route of the host.
     *
     * @param name the network's name without the configured prefix
     * @param labels labels for a network that has to be made
     * @return the network, which lives until somebody removes it
     * @throws NameTakenException if a network of that name exists that this library did not make
     */
    Network ensure(String name, Map<String, String> labels);

    /**
     * Makes a network.
     *
     * @param spec what it is to be. One with the session's lifetime is removed when the orchestrator is closed, after the
     *     environments
     * @return the network
     * @throws NameTakenException if a network of that name exists, whoever made it
     * @throws InvalidInputException if its address range overlaps another network's or a route of the host
     * @throws UnsupportedCapabilityException if it asks for an address range or for isolation that the engine does not have
     */
    default Network create(NetworkSpec spec) {
        throw new UnsupportedOperationException("this back end cannot make networks explicitly");
    }

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
     * Who is in a network, running or not.
     *
     * @param name its name without the configured prefix
     * @return environments made by this library, by name
     * @throws NotFoundException if there is no such network
     */
    default List<Network.Member> members(String name) {
        throw new UnsupportedOperationException("this back end cannot tell who is in a network");
    }

    /**
     * Makes an environment a member of a further network, at once if it runs. The members reach it by its own name and by
     * the aliases. Does nothing if it is a member already. It lasts until it is taken back, or until the environment is
     * removed or updated: networks to be kept belong in its specification.
     *
     * @param network the network's name without the configured prefix
     * @param environment the environment's name
     * @param aliases further names by which the members reach it
     * @throws NotFoundException if there is no such network or environment
     * @throws InvalidInputException if an alias is no name
     * @throws UnsupportedCapabilityException without {@code Capability.SEVERAL_NETWORKS}
     */
    default void connect(String network, String environment, String... aliases) {
        throw new UnsupportedOperationException("this back end cannot connect environments to networks");
    }

    /**
     * Takes an environment out of a network, at once if it runs. Does nothing if it is no member.
     *
     * @param network the network's name without the configured prefix
     * @param environment the environment's name
     * @throws NotFoundException if there is no such network or environment
     * @throws UnsupportedCapabilityException without {@code Capability.SEVERAL_NETWORKS}
     */
    default void disconnect(String network, String environment) {
        throw new UnsupportedOperationException("this back end cannot disconnect environments from networks");
    }

    /**
     * Removes a network, unless an environment is in it. Does nothing if it is gone already.
     *
     * @param name its name without the configured prefix
     * @return false if it was kept because it is in use
     */
    boolean remove(String name);

    /**
     * Removes a network whoever is in it: its members are disconnected first and go on. Does nothing if it is gone already.
     *
     * @param name its name without the configured prefix
     * @throws UnsupportedCapabilityException if it has members, without {@code Capability.SEVERAL_NETWORKS}
     * @throws WrongStateException if something that this library did not make is in it
     */
    default void removeByForce(String name) {
        throw new UnsupportedOperationException("this back end cannot remove a network that is in use");
    }

    /**
     * Removes networks that nobody is in.
     *
     * @param selector picks them by their labels
     * @param age only those that were made at least that long ago; those whose age the engine does not tell are kept,
     *     unless it is 0
     * @return the names of those that were removed, without the configured prefix
     */
    default List<String> prune(LabelSelector selector, Duration age) {
        throw new UnsupportedOperationException("this back end cannot prune networks");
    }
}
