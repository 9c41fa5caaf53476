package io.cofferdam.application;

import io.cofferdam.api.Experimental;
import java.util.List;
import java.util.Objects;

/**
 * What is to be deployed: several services that belong together.
 *
 * @param project the project's name, unique on an engine
 * @param version the version of the whole, as its users call it
 * @param services the services
 */
@Experimental
public record Application(String project, String version, List<Service> services) {

    public Application {
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(version, "version");
        services = List.copyOf(services);
    }
}
