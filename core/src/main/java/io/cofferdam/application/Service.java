package io.cofferdam.application;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.EnvironmentSpec;
import java.util.Objects;
import java.util.Set;

/**
 * One service of an application.
 *
 * @param name its name, unique in the application, of the form of an environment's name
 * @param template what each of its instances is made from; names are given to them by the deployment
 * @param replicas how many instances are wanted, 0 or more
 * @param dependsOn the services that have to be available before it is started
 */
@Experimental
public record Service(String name, EnvironmentSpec template, int replicas, Set<String> dependsOn) {

    public Service {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(template, "template");
        dependsOn = Set.copyOf(dependsOn);
    }
}
