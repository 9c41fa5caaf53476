package io.cofferdam.application;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.EnvironmentSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One service of an application: what each of its instances is made from, how many of them there are, and what they need. An
 * immutable value; {@code toString} shows no secret values.
 *
 * <pre>{@code
 * Service web = Service.named("web").image("shop/web:2").port(8080).replicas(2).dependsOn("db").build();
 * }</pre>
 */
@Experimental
public final class Service {

    private final String name;
    private final EnvironmentSpec template;
    private final int replicas;
    private final Map<String, Dependency> dependencies;
    private final Map<String, List<String>> networks;
    private final List<FileReference> secrets;
    private final List<FileReference> configs;
    private final Set<ExposedPort> exposed;
    private final Set<String> profiles;
    private final Map<String, String> labels;
    private final Map<String, @Nullable Object> extensions;

    @Nullable
    private final Build build;

    @Nullable
    private final UpdateSettings update;

    @Nullable
    private final UpdateSettings rollback;

    Service(ServiceBuilder from, EnvironmentSpec template) {
        this.name = from.name;
        this.template = template;
        this.replicas = from.replicas;
        this.dependencies = Collections.unmodifiableMap(new LinkedHashMap<>(from.dependencies));
        boolean onlyDefault = from.networks.equals(Map.of(NetworkDefinition.DEFAULT, List.of()));
        this.networks = onlyDefault ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(from.networks));
        this.secrets = List.copyOf(from.secrets);
        this.configs = List.copyOf(from.configs);
        this.exposed = Collections.unmodifiableSet(new LinkedHashSet<>(from.exposed));
        this.profiles = Collections.unmodifiableSet(new TreeSet<>(from.profiles));
        this.labels = Collections.unmodifiableMap(new LinkedHashMap<>(from.labels));
        this.extensions = Extensions.copy(from.extensions);
        this.build = from.build;
        this.update = from.update;
        this.rollback = from.rollback;
    }

    /**
     * Begins a service.
     *
     * @param name its name, unique in the application: 1 to 63 of {@code a-z 0-9 -}, beginning and ending with a letter or digit
     * @return a builder
     */
    public static ServiceBuilder named(String name) {
        return new ServiceBuilder(name);
    }

    /**
     * A builder that starts with this service.
     *
     * @return a new builder
     */
    public ServiceBuilder toBuilder() {
        return new ServiceBuilder(this);
    }

    /**
     * Its name.
     *
     * @return unique in the application, of the form of an environment's name
     */
    public String name() {
        return name;
    }

    /**
     * What each of its instances is made from. The deployment adds names, networks, the files of secrets and configs, and the
     * lifetime. Its volumes are named as in the application.
     *
     * @return a specification without a name, a stack and networks
     */
    public EnvironmentSpec template() {
        return template;
    }

    /**
     * How many instances are wanted.
     *
     * @return 0 or more
     */
    public int replicas() {
        return replicas;
    }

    /**
     * The services it depends on.
     *
     * @return their names, in the order they were given
     */
    public Set<String> dependsOn() {
        return dependencies.keySet();
    }

    /**
     * What exactly it needs of the services it depends on.
     *
     * @return a dependency for each name, in the order they were given
     */
    public Map<String, Dependency> dependencies() {
        return dependencies;
    }

    /**
     * The networks it joins, each with the further names by which their members reach it.
     *
     * @return names of networks of the application; empty for its network {@code default} alone
     */
    public Map<String, List<String>> networks() {
        return networks;
    }

    /**
     * The secrets it is given as files.
     *
     * @return an immutable list
     */
    public List<FileReference> secrets() {
        return secrets;
    }

    /**
     * The configs it is given as files.
     *
     * @return an immutable list
     */
    public List<FileReference> configs() {
        return configs;
    }

    /**
     * The ports other services reach it on, besides those it publishes.
     *
     * @return an immutable set
     */
    public Set<ExposedPort> exposedPorts() {
        return exposed;
    }

    /**
     * The profiles it belongs to.
     *
     * @return empty if it always belongs to the application
     */
    public Set<String> profiles() {
        return profiles;
    }

    /**
     * Labels of the service as a whole; those of its instances are in {@link #template()}.
     *
     * @return an immutable map
     */
    public Map<String, String> labels() {
        return labels;
    }

    /**
     * What its file says of it in fields whose names begin with {@code x-}.
     *
     * @return an immutable map of strings, numbers, truth values, nulls, lists and maps
     */
    public Map<String, @Nullable Object> extensions() {
        return extensions;
    }

    /**
     * How its software is made.
     *
     * @return empty if it is there already
     */
    public Optional<Build> build() {
        return Optional.ofNullable(build);
    }

    /**
     * How its instances are replaced by those of a new release.
     *
     * @return empty to leave it to the strategy
     */
    public Optional<UpdateSettings> update() {
        return Optional.ofNullable(update);
    }

    /**
     * How its instances are replaced when the release is rolled back.
     *
     * @return empty to leave it to the strategy
     */
    public Optional<UpdateSettings> rollback() {
        return Optional.ofNullable(rollback);
    }

    /**
     * Whether it runs to an end instead of running on.
     *
     * @param application the application it is a service of
     * @return true if another service waits for its completion
     */
    public boolean isOneOff(Application application) {
        return application.services().stream()
                .map(other -> other.dependencies().get(name))
                .anyMatch(needed -> needed != null && needed.condition() == Dependency.Condition.COMPLETED);
    }

    private List<@Nullable Object> parts() {
        return Arrays.asList(
                name,
                template,
                replicas,
                new ArrayList<>(dependencies.values()),
                networks,
                secrets,
                configs,
                exposed,
                profiles,
                labels,
                extensions,
                build,
                update,
                rollback);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Service that && parts().equals(that.parts());
    }

    @Override
    public int hashCode() {
        return parts().hashCode();
    }

    /** The service for people, without the values of secrets. */
    @Override
    public String toString() {
        return "Service[name=" + name + ", replicas=" + replicas
                + (dependencies.isEmpty() ? "" : ", dependsOn=" + dependencies.keySet())
                + (networks.isEmpty() ? "" : ", networks=" + networks)
                + (build == null ? "" : ", build=" + build)
                + ", template=" + template + "]";
    }
}
