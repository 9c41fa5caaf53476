package io.cofferdam.application;

import io.cofferdam.api.Experimental;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A named volume of an application.
 *
 * @param name its name in the application, of the form of an environment's name; mounts speak of it by this name
 * @param engineName its name on the engine, or null to have one made from the project's name
 * @param external whether it exists already and is neither made nor removed by a deployment
 * @param labels the caller's labels
 */
@Experimental
public record VolumeDefinition(String name, @Nullable String engineName, boolean external, Map<String, String> labels) {

    public VolumeDefinition {
        Objects.requireNonNull(name, "name");
        labels = Map.copyOf(labels);
    }

    /**
     * A volume that a deployment makes.
     *
     * @param name its name in the application
     * @return the definition
     */
    public static VolumeDefinition of(String name) {
        return new VolumeDefinition(name, null, false, Map.of());
    }

    /**
     * A volume that exists.
     *
     * @param name its name in the application
     * @param engineName its name on the engine
     * @return the definition
     */
    public static VolumeDefinition external(String name, String engineName) {
        return new VolumeDefinition(name, engineName, true, Map.of());
    }

    /**
     * Its name on the engine, if it was given.
     *
     * @return empty to have one made from the project's name
     */
    public Optional<String> givenName() {
        return Optional.ofNullable(engineName);
    }

    void addTo(Fingerprint print) {
        print.add("volume", name);
        print.add("engineName", engineName);
        print.add("external", external);
    }
}
