package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * How an image wants to be run where nothing else is said.
 *
 * @param entrypoint what its command is handed to; may be empty
 * @param command its command; may be empty
 * @param env its variables
 * @param ports the ports its software listens on, such as {@code 80/tcp}
 * @param volumes the paths whose content it wants kept
 * @param user whom it runs as; empty for the engine's default
 * @param workingDirectory where it runs; empty for the root
 * @param stopSignal the signal that ends it; empty for {@code SIGTERM}
 * @param healthCheck the command of its health check, as {@code CMD …} or {@code CMD-SHELL …}; empty without one
 */
@Experimental
public record ImageDefaults(
        List<String> entrypoint,
        List<String> command,
        Map<String, String> env,
        Set<String> ports,
        Set<String> volumes,
        String user,
        String workingDirectory,
        String stopSignal,
        List<String> healthCheck) {

    /** Nothing at all. */
    static final ImageDefaults NONE =
            new ImageDefaults(List.of(), List.of(), Map.of(), Set.of(), Set.of(), "", "", "", List.of());

    public ImageDefaults {
        entrypoint = List.copyOf(entrypoint);
        command = List.copyOf(command);
        env = Map.copyOf(env);
        ports = Set.copyOf(ports);
        volumes = Set.copyOf(volumes);
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(workingDirectory, "workingDirectory");
        Objects.requireNonNull(stopSignal, "stopSignal");
        healthCheck = List.copyOf(healthCheck);
    }

    /** What it runs, without the values of its variables. */
    @Override
    public String toString() {
        return "ImageDefaults[entrypoint=" + entrypoint + ", command=" + command + ", env=" + env.keySet() + ", ports="
                + ports + ", user=" + user + "]";
    }
}
