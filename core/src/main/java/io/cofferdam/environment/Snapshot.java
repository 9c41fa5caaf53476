package io.cofferdam.environment;

import io.cofferdam.api.Experimental;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What an environment was at one moment, kept on its engine: its files, its named volumes and its specification. What its
 * processes had in memory and what they logged is not part of it.
 *
 * <pre>{@code
 * Snapshot clean = database.snapshot("clean");
 * runDestructiveTest(database);
 * database.restore(clean);                                            // the same name, the same fixed ports
 * IsolatedEnvironment copy = engine.snapshots().fork(clean, "second"); // another one, with volumes of its own
 * engine.snapshots().exportTo(clean, Path.of("clean.tar.gz"));         // for another engine
 * }</pre>
 *
 * <p>A snapshot stays when its environment goes, until it is removed; one of an environment of lifetime
 * {@link Lifetime#session()} goes with the session that made it.
 *
 * <p>Values of secret variables are in no snapshot and no archive. A Docker engine before version 25 however notes with
 * every image the variables of the container it was made from, where whoever may inspect containers can read them: do not
 * push the image of a snapshot to a registry.
 *
 * @param name its name, unique on the engine
 * @param id the engine's identifier
 * @param environment the name of the environment it was made of
 * @param engine the engine it is on
 * @param created when it was made
 * @param size about how many bytes it takes, without what it shares with an image
 * @param spec what the environment was made from, its name set; secret variables are there without their values
 * @param volumes the named volumes whose contents are part of it
 * @param labels the caller's labels
 */
@Experimental
public record Snapshot(
        String name,
        String id,
        String environment,
        String engine,
        Instant created,
        long size,
        EnvironmentSpec spec,
        List<String> volumes,
        Map<String, String> labels) {

    public Snapshot {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(environment, "environment");
        Objects.requireNonNull(engine, "engine");
        Objects.requireNonNull(created, "created");
        Objects.requireNonNull(spec, "spec");
        volumes = List.copyOf(volumes);
        labels = Map.copyOf(labels);
    }
}
