package io.cofferdam.workload;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.EnvironmentStatus;
import java.util.Objects;

/**
 * What an engine says of one instance.
 *
 * @param instance the instance as a plan sees it
 * @param project the project it belongs to
 * @param deployment the id of the deployment that started it
 * @param colour the set of networks it was started in; empty for the usual set
 * @param environment the environment it lives in: its name, unit, image, ports, health and times
 */
@Experimental
public record InstanceStatus(
        Instance instance, String project, String deployment, String colour, EnvironmentStatus environment) {

    public InstanceStatus {
        Objects.requireNonNull(instance, "instance");
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(colour, "colour");
        Objects.requireNonNull(environment, "environment");
    }

    /**
     * The name of its environment.
     *
     * @return unique on the engine; the same for the same project, revision and ordinal
     */
    public String name() {
        return environment.name();
    }

    /**
     * Which copy of what it is.
     *
     * @return the revision
     */
    public Revision revision() {
        return instance.revision();
    }
}
