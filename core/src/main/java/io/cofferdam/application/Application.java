package io.cofferdam.application;

import io.cofferdam.api.Experimental;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is to be deployed: several services that belong together, and the networks, volumes, secrets and configs they share. An
 * immutable value; {@code toString} shows no secret values.
 *
 * <pre>{@code
 * Application shop = Application.named("shop")
 *         .version("2")
 *         .service("db", s -> s.image("postgres:15").volume("data", "/var/lib/postgresql/data"))
 *         .service("web", s -> s.image("shop/web:2").port(8080).replicas(2).dependsOn("db"))
 *         .build();
 * }</pre>
 */
@Experimental
public final class Application {

    private final String project;
    private final String version;
    private final Map<String, Service> services;
    private final Map<String, NetworkDefinition> networks;
    private final Map<String, VolumeDefinition> volumes;
    private final Map<String, SecretDefinition> secrets;
    private final Map<String, ConfigDefinition> configs;
    private final Map<String, String> labels;
    private final Map<String, @Nullable Object> extensions;
    private final List<Service> inOrderGiven;
    private final List<Service> order;
    private final Map<String, String> hashes;

    Application(ApplicationBuilder from, Map<String, Service> services, List<Service> order) {
        this.project = from.project;
        this.services = Collections.unmodifiableMap(new LinkedHashMap<>(services));
        this.networks = Collections.unmodifiableMap(new LinkedHashMap<>(from.networks));
        this.volumes = Collections.unmodifiableMap(new LinkedHashMap<>(from.volumes));
        this.secrets = Collections.unmodifiableMap(new LinkedHashMap<>(from.secrets));
        this.configs = Collections.unmodifiableMap(new LinkedHashMap<>(from.configs));
        this.labels = Collections.unmodifiableMap(new LinkedHashMap<>(from.labels));
        this.extensions = Extensions.copy(from.extensions);
        this.inOrderGiven = List.copyOf(services.values());
        this.order = List.copyOf(order);
        Map<String, String> known = new LinkedHashMap<>();
        services.values().forEach(service -> hash(service, known));
        this.hashes = Collections.unmodifiableMap(known);
        this.version = from.version == null ? ContentHash.version(hashes) : from.version;
    }

    /** Dependencies form no cycle, so that each hash is there when one is built upon it. */
    private String hash(Service service, Map<String, String> known) {
        String hash = known.get(service.name());
        if (hash == null) {
            Map<String, String> followed = new TreeMap<>();
            for (Dependency dependency : service.dependencies().values()) {
                Service other = services.get(dependency.service());
                if (dependency.restart() && other != null) {
                    followed.put(other.name(), hash(other, known));
                }
            }
            hash = ContentHash.of(this, service, followed);
            known.put(service.name(), hash);
        }
        return hash;
    }

    /**
     * Begins an application.
     *
     * @param project the project's name, unique on an engine: 1 to 63 of {@code a-z 0-9 -}, beginning and ending with a letter or
     *     digit
     * @return a builder
     */
    public static ApplicationBuilder named(String project) {
        return new ApplicationBuilder(project);
    }

    /**
     * A builder that starts with this application.
     *
     * @return a new builder
     */
    public ApplicationBuilder toBuilder() {
        return new ApplicationBuilder(this);
    }

    /**
     * The project's name.
     *
     * @return unique on an engine
     */
    public String project() {
        return project;
    }

    /**
     * The version of the whole, as its users call it.
     *
     * @return 12 hexadecimal digits that stand for its content, if none was given
     */
    public String version() {
        return version;
    }

    /**
     * The services.
     *
     * @return in the order they were given
     */
    public List<Service> services() {
        return inOrderGiven;
    }

    /**
     * One of the services.
     *
     * @param name its name
     * @return empty if there is none of that name
     */
    public Optional<Service> service(String name) {
        return Optional.ofNullable(services.get(name));
    }

    /**
     * The services, each after all it depends on.
     *
     * @return every service once; the same application always gives the same order
     */
    public List<Service> inDependencyOrder() {
        return order;
    }

    /**
     * Which services depend on a service directly.
     *
     * @param name its name
     * @return their names, in the order of {@link #services()}
     */
    public Set<String> dependents(String name) {
        Set<String> found = new LinkedHashSet<>();
        services.values().stream()
                .filter(service -> service.dependsOn().contains(name))
                .forEach(service -> found.add(service.name()));
        return found;
    }

    /**
     * A hash of all that makes an instance of a service what it is, the content of its secrets and configs included, and of nothing
     * else: neither the number of instances nor how they are replaced, and neither what it depends on. It is the same in every JVM,
     * whatever order unordered parts were given in.
     *
     * @param service a service's name
     * @return 32 hexadecimal digits
     * @throws IllegalArgumentException if there is no service of that name
     */
    public String contentHash(String service) {
        String hash = hashes.get(service);
        if (hash == null) {
            throw new IllegalArgumentException("there is no service '" + service + "' in application '" + project
                    + "'; there are " + services.keySet());
        }
        return hash;
    }

    /**
     * The networks.
     *
     * @return by name; {@code default} is among them only if something is said of it
     */
    public Map<String, NetworkDefinition> networks() {
        return networks;
    }

    /**
     * The named volumes.
     *
     * @return by name
     */
    public Map<String, VolumeDefinition> volumes() {
        return volumes;
    }

    /**
     * The secrets.
     *
     * @return by name
     */
    public Map<String, SecretDefinition> secrets() {
        return secrets;
    }

    /**
     * The configs.
     *
     * @return by name
     */
    public Map<String, ConfigDefinition> configs() {
        return configs;
    }

    /**
     * Labels of the whole.
     *
     * @return an immutable map
     */
    public Map<String, String> labels() {
        return labels;
    }

    /**
     * What its file says in fields whose names begin with {@code x-}.
     *
     * @return an immutable map of strings, numbers, truth values, nulls, lists and maps
     */
    public Map<String, @Nullable Object> extensions() {
        return extensions;
    }

    private List<Object> parts() {
        return Arrays.asList(project, version, inOrderGiven, networks, volumes, secrets, configs, labels, extensions);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Application that && parts().equals(that.parts());
    }

    @Override
    public int hashCode() {
        return Objects.hash(project, version, services.keySet());
    }

    /** The application for people, without the values of secrets. */
    @Override
    public String toString() {
        return "Application[project=" + project + ", version=" + version + ", services=" + inOrderGiven + "]";
    }
}
