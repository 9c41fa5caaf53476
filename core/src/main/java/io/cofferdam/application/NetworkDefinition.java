package io.cofferdam.application;

import io.cofferdam.api.Experimental;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A network of an application.
 *
 * @param name its name in the application, of the form of an environment's name
 * @param engineName its name on the engine, or null to have one made from the project's name
 * @param external whether it exists already and is neither made nor removed by a deployment
 * @param internal whether its members reach nothing outside it
 * @param subnetRange its address range in CIDR form, or null to have one chosen
 * @param labels the caller's labels
 */
@Experimental
public record NetworkDefinition(
        String name,
        @Nullable String engineName,
        boolean external,
        boolean internal,
        @Nullable String subnetRange,
        Map<String, String> labels) {

    /** The name of the network that services join which name none. */
    public static final String DEFAULT = "default";

    public NetworkDefinition {
        Objects.requireNonNull(name, "name");
        labels = Map.copyOf(labels);
    }

    /**
     * A network that a deployment makes.
     *
     * @param name its name in the application
     * @return the definition
     */
    public static NetworkDefinition of(String name) {
        return new NetworkDefinition(name, null, false, false, null, Map.of());
    }

    /**
     * A network that exists.
     *
     * @param name its name in the application
     * @param engineName its name on the engine
     * @return the definition
     */
    public static NetworkDefinition external(String name, String engineName) {
        return new NetworkDefinition(name, engineName, true, false, null, Map.of());
    }

    /**
     * Its name on the engine, if it was given.
     *
     * @return empty to have one made from the project's name
     */
    public Optional<String> givenName() {
        return Optional.ofNullable(engineName);
    }

    /**
     * Its address range.
     *
     * @return CIDR form, or empty to have one chosen
     */
    public Optional<String> subnet() {
        return Optional.ofNullable(subnetRange);
    }

    /**
     * The same network, closed in both directions.
     *
     * @return the definition
     */
    public NetworkDefinition asInternal() {
        return new NetworkDefinition(name, engineName, external, true, subnetRange, labels);
    }

    /**
     * The same network with an address range of choice.
     *
     * @param cidr for example {@code 10.77.0.0/24}
     * @return the definition
     */
    public NetworkDefinition withSubnet(String cidr) {
        return new NetworkDefinition(
                name, engineName, external, internal, Objects.requireNonNull(cidr, "cidr"), labels);
    }

    void addTo(Fingerprint print) {
        print.add("network", name);
        print.add("engineName", engineName);
        print.add("external", external);
        print.add("internal", internal);
        print.add("subnet", subnetRange);
        print.add("labels", labels);
    }
}
