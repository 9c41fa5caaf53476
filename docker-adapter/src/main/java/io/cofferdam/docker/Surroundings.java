package io.cofferdam.docker;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What the search for an engine may look at besides its configuration.
 *
 * @param variables the environment variables of the JVM
 * @param home the user's home folder
 * @param windows whether this is Windows
 */
record Surroundings(Map<String, String> variables, Path home, boolean windows) {

    static Surroundings ofThisJvm() {
        return new Surroundings(
                System.getenv(),
                Path.of(System.getProperty("user.home", ".")),
                System.getProperty("os.name", "").startsWith("Windows"));
    }

    /** A variable that is set to something. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
    }

    /** The folder of the Docker client's configuration. */
    Path dockerFolder() {
        return variable("DOCKER_CONFIG").map(Path::of).orElseGet(() -> home.resolve(".docker"));
    }

    @Override
    public String toString() {
        return "Surroundings[" + home + "]";
    }
}
