package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import io.cofferdam.internal.yaml.Words;
import io.cofferdam.resource.RegistryCredentials;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the numbers and names mean that pipelines have for registries ({@code docker_registry: 1}) and clusters
 * ({@code k8s_cluster: production}). Immutable. Its text form shows no secret.
 */
@Experimental
public final class Catalogue {

    /**
     * A registry.
     *
     * @param address its host and perhaps port and path, such as {@code registry.example:5000/team}; empty for the one that an
     *     image's name or the engine's configuration says
     * @param login how to log in; null for the engine's own ways
     */
    public record Registry(String address, @Nullable RegistryCredentials login) {

        public Registry {
            Objects.requireNonNull(address, "address");
        }

        /** The address. */
        @Override
        public String toString() {
            return "Registry[" + address + "]";
        }
    }

    private final Map<String, Registry> registries;
    private final Map<String, Cluster> clusters;
    private final Map<String, String> engines;

    private Catalogue(Builder from) {
        this.registries = Collections.unmodifiableMap(new LinkedHashMap<>(from.registries));
        this.clusters = Collections.unmodifiableMap(new LinkedHashMap<>(from.clusters));
        this.engines = Collections.unmodifiableMap(new LinkedHashMap<>(from.engines));
    }

    /**
     * A builder of a catalogue.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The catalogue of those who say nothing: registry 1 is whatever the engine uses by itself, cluster 1 the engine at hand.
     *
     * @return the catalogue
     */
    public static Catalogue ofEngine() {
        return builder().registry("1", "", null).clusterOfEngine("1", "").build();
    }

    /**
     * Reads a catalogue of a file:
     *
     * <pre>{@code
     * registries:
     *   1: {url: registry.example:5000, username: ci, password_env: REGISTRY_PASSWORD}
     * clusters:
     *   production: {engine: kubernetes}
     * }</pre>
     *
     * @param file the file, YAML or JSON
     * @return the catalogue
     * @throws io.cofferdam.error.InvalidInputException with every problem
     */
    public static Catalogue load(java.nio.file.Path file) {
        return CatalogueFile.read(file);
    }

    /**
     * A registry.
     *
     * @param reference its number or name
     * @return empty if the catalogue does not have it
     */
    public Optional<Registry> registry(String reference) {
        return Optional.ofNullable(registries.get(reference));
    }

    /**
     * How to log in at the registry an image's name begins with.
     *
     * @param image the image's name
     * @return the login of the first registry of that address that has one; empty if there is none
     */
    public Optional<RegistryCredentials> loginFor(String image) {
        return registries.values().stream()
                .filter(registry -> !registry.address().isEmpty() && image.startsWith(registry.address() + "/"))
                .flatMap(registry -> java.util.stream.Stream.ofNullable(registry.login()))
                .findFirst();
    }

    /**
     * A cluster that the host application gave.
     *
     * @param reference its number or name
     * @return empty if there is none of that name, or it is an engine
     */
    public Optional<Cluster> cluster(String reference) {
        return Optional.ofNullable(clusters.get(reference));
    }

    /**
     * The engine that a reference to a cluster means.
     *
     * @param reference its number or name
     * @return the engine's name, empty text for the engine at hand; empty if there is none of that name
     */
    public Optional<String> clusterEngine(String reference) {
        return Optional.ofNullable(engines.get(reference));
    }

    /** What has to be masked. */
    List<String> secrets() {
        return registries.values().stream()
                .flatMap(registry -> java.util.stream.Stream.ofNullable(registry.login()))
                .map(RegistryCredentials::secret)
                .filter(secret -> secret.length() >= Secret.SHORTEST)
                .toList();
    }

    /** Tells of references that the catalogue does not have. */
    void check(StepConfig config, String path, Trouble trouble) {
        check(config, "docker_registry", "registry", registries, Map.of(), path, trouble);
        check(config, "k8s_cluster", "cluster", clusters, engines, path, trouble);
    }

    private static void check(
            StepConfig config,
            String field,
            String kind,
            Map<String, ?> one,
            Map<String, ?> other,
            String path,
            Trouble trouble) {
        String reference = config.text(field).orElse(null);
        if (reference == null
                || Expression.isIn(reference)
                || one.containsKey(reference)
                || other.containsKey(reference)) {
            return;
        }
        TreeSet<String> known = new TreeSet<>(one.keySet());
        known.addAll(other.keySet());
        String nearest = Words.nearest(reference, known);
        trouble.at(
                Data.path(path, field),
                "the catalogue has no " + kind + " '" + Words.shorten(reference) + "'",
                known.isEmpty()
                        ? "it has none at all; let the host application give it one"
                        : nearest == null ? "it has " + String.join(", ", known) : "did you mean '" + nearest + "'?");
    }

    /** The names it knows. */
    @Override
    public String toString() {
        TreeSet<String> names = new TreeSet<>(clusters.keySet());
        names.addAll(engines.keySet());
        return "Catalogue[registries=" + registries.keySet() + ", clusters=" + List.copyOf(names) + "]";
    }

    /** Builds a catalogue. Not safe for use by several threads. */
    public static final class Builder {

        private final Map<String, Registry> registries = new LinkedHashMap<>();
        private final Map<String, Cluster> clusters = new LinkedHashMap<>();
        private final Map<String, String> engines = new LinkedHashMap<>();

        private Builder() {}

        /**
         * Adds a registry.
         *
         * @param reference its number or name
         * @param address its host and perhaps port and path; empty for whatever the engine uses by itself
         * @param login how to log in; null for the engine's own ways
         * @return this builder
         */
        public Builder registry(String reference, String address, @Nullable RegistryCredentials login) {
            registries.put(reference, new Registry(address, login));
            return this;
        }

        /**
         * Adds a cluster.
         *
         * @param reference its number or name
         * @param cluster the cluster, not closed by whoever uses it
         * @return this builder
         */
        public Builder cluster(String reference, Cluster cluster) {
            clusters.put(reference, Objects.requireNonNull(cluster, "cluster"));
            return this;
        }

        /**
         * Adds a cluster that is one of the pipeline engine's engines.
         *
         * @param reference its number or name
         * @param engine the engine's name; empty for the engine at hand
         * @return this builder
         */
        public Builder clusterOfEngine(String reference, String engine) {
            engines.put(reference, Objects.requireNonNull(engine, "engine"));
            return this;
        }

        /**
         * Builds the catalogue.
         *
         * @return the catalogue
         */
        public Catalogue build() {
            return new Catalogue(this);
        }
    }
}
