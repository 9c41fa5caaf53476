package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.WrongStateException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The named volumes of an engine that this library made. Thread-safe. Every method ends within the configured call timeout
 * with {@link io.cofferdam.error.OperationTimeoutException}, answers an interrupt with
 * {@link io.cofferdam.error.OperationInterruptedException}, and throws {@link io.cofferdam.error.ClosedException} once the
 * orchestrator is closed.
 *
 * <p>The methods with a body in this interface are what a back end may leave out; the volumes that an orchestrator hands
 * out have them all.
 */
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
     * Makes a volume.
     *
     * @param spec what it is to be. A temporary one is removed when the orchestrator is closed, after the environments
     * @return the volume, empty
     * @throws NameTakenException if a volume of that name exists, whoever made it
     */
    default Volume create(VolumeSpec spec) {
        throw new UnsupportedOperationException("this back end cannot make volumes explicitly");
    }

    /**
     * How much is stored in volumes. The engine may have to look at every file, which takes its time.
     *
     * @param selector picks volumes by their labels
     * @return bytes by name, without the configured prefix
     * @throws io.cofferdam.error.UnsupportedCapabilityException without {@code Capability.VOLUME_SIZES}
     */
    default Map<String, Long> sizes(LabelSelector selector) {
        throw new UnsupportedOperationException("this back end cannot tell the sizes of volumes");
    }

    /**
     * Removes volumes that no environment uses, with what is stored in them.
     *
     * @param selector picks them by their labels
     * @param age only those that were made at least that long ago; those whose age the engine does not tell are kept,
     *     unless it is 0
     * @return the names of those that were removed, without the configured prefix
     */
    default List<String> prune(LabelSelector selector, Duration age) {
        throw new UnsupportedOperationException("this back end cannot prune volumes");
    }

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
