package io.cofferdam.engine;

import java.util.Map;
import java.util.Objects;

/**
 * What an engine says of itself.
 *
 * @param engine the back end's name: {@code process}, {@code docker}, {@code kubernetes}
 * @param version the version of the engine, or of the operating system for processes
 * @param apiVersion the version of its API that is spoken with it; empty if it has none
 * @param endpoint where it was found, for example {@code unix:///var/run/docker.sock}
 * @param operatingSystem the operating system that environments run on, for example {@code linux}
 * @param architecture its processor architecture, for example {@code amd64}
 * @param cpus how many processors it has; 0 if it does not tell
 * @param memory bytes of main memory it has; 0 if it does not tell
 * @param details more facts for people, such as the storage driver
 */
public record EngineInfo(
        String engine,
        String version,
        String apiVersion,
        String endpoint,
        String operatingSystem,
        String architecture,
        int cpus,
        long memory,
        Map<String, String> details) {

    public EngineInfo {
        Objects.requireNonNull(engine, "engine");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(apiVersion, "apiVersion");
        Objects.requireNonNull(endpoint, "endpoint");
        Objects.requireNonNull(operatingSystem, "operatingSystem");
        Objects.requireNonNull(architecture, "architecture");
        details = Map.copyOf(details);
    }
}
