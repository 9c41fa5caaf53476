package io.cofferdam.environment;

import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.UnsupportedCapabilityException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The environments of one engine that this library made, by whichever JVM. Thread-safe. */
public interface Environments {

    /**
     * Makes an environment without starting it. An image that the engine lacks is pulled, as the specification says.
     *
     * @param spec what it is to be; a missing name is made up
     * @return its handle
     * @throws InvalidInputException if the engine cannot take the specification; with every problem
     * @throws NameTakenException if something on the engine has the name
     * @throws ImageNotFoundException if the image cannot be had
     * @throws UnsupportedCapabilityException if the engine lacks something the specification needs
     */
    IsolatedEnvironment create(EnvironmentSpec spec);

    /**
     * Makes an environment, starts it and waits until it is ready. If it does not get that far it is removed again; the
     * error then carries its last log lines.
     *
     * @param spec what it is to be
     * @return its handle
     * @throws CofferdamException as {@link #create} and {@link IsolatedEnvironment#start()} throw it
     */
    IsolatedEnvironment run(EnvironmentSpec spec);

    /**
     * Finds an environment.
     *
     * @param name its name
     * @return empty if there is none of that name
     */
    Optional<IsolatedEnvironment> find(String name);

    /**
     * Finds an environment that has to be there.
     *
     * @param name its name
     * @return its handle
     * @throws NotFoundException with the nearest names there are
     */
    IsolatedEnvironment get(String name);

    /**
     * All environments that carry some labels.
     *
     * @param selector the labels
     * @return handles, by name
     */
    List<IsolatedEnvironment> list(LabelSelector selector);

    /**
     * How all environments are that carry some labels, with one question to the engine.
     *
     * @param selector the labels
     * @return their status, by name
     */
    List<EnvironmentStatus> statuses(LabelSelector selector);

    /**
     * Chooses several environments by name, to do the same with each.
     *
     * @param names their names
     * @return the batch; a name that does not exist is a failure of its own in the batch's result
     */
    Batch select(Collection<String> names);

    /**
     * Chooses several environments by labels, to do the same with each.
     *
     * @param selector the labels
     * @return the batch, possibly empty
     */
    Batch select(LabelSelector selector);
}
