package io.cofferdam.application;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.DataSize;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Protocol;
import io.cofferdam.environment.RestartPolicy;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects the parts of a {@link Service}; {@link #build()} checks them all at once. What is not here of an instance is set through
 * {@link #instances}. Not thread-safe.
 */
@Experimental
public final class ServiceBuilder {

    final String name;
    private EnvironmentSpec.Builder template = EnvironmentSpec.builder();
    int replicas = 1;
    final Map<String, Dependency> dependencies = new LinkedHashMap<>();
    final Map<String, List<String>> networks = new LinkedHashMap<>();
    final List<FileReference> secrets = new ArrayList<>();
    final List<FileReference> configs = new ArrayList<>();
    final Set<ExposedPort> exposed = new LinkedHashSet<>();
    final Set<String> profiles = new LinkedHashSet<>();
    final Map<String, String> labels = new LinkedHashMap<>();
    final Map<String, @Nullable Object> extensions = new LinkedHashMap<>();

    @Nullable
    Build build;

    @Nullable
    UpdateSettings update;

    @Nullable
    UpdateSettings rollback;

    ServiceBuilder(String name) {
        this.name = Objects.requireNonNull(name, "name");
    }

    ServiceBuilder(Service from) {
        name = from.name();
        template = from.template().toBuilder();
        replicas = from.replicas();
        dependencies.putAll(from.dependencies());
        networks.putAll(from.networks());
        secrets.addAll(from.secrets());
        configs.addAll(from.configs());
        exposed.addAll(from.exposedPorts());
        profiles.addAll(from.profiles());
        labels.putAll(from.labels());
        extensions.putAll(from.extensions());
        build = from.build().orElse(null);
        update = from.update().orElse(null);
        rollback = from.rollback().orElse(null);
    }

    /**
     * Replaces all that instances are made from.
     *
     * @param value a specification without a name, a stack and networks
     * @return this builder
     */
    public ServiceBuilder template(EnvironmentSpec value) {
        template = value.toBuilder();
        return this;
    }

    /**
     * Sets anything an environment can have.
     *
     * @param change what is to be set
     * @return this builder
     */
    public ServiceBuilder instances(Consumer<EnvironmentSpec.Builder> change) {
        change.accept(template);
        return this;
    }

    /**
     * Sets the container image.
     *
     * @param value the image reference
     * @return this builder
     */
    public ServiceBuilder image(String value) {
        template.withImage(value);
        return this;
    }

    /**
     * Sets the folder whose copy an instance's directory starts as, on processes.
     *
     * @param value the folder
     * @return this builder
     */
    public ServiceBuilder folder(Path value) {
        template.withTemplate(value);
        return this;
    }

    /**
     * Sets how its software is made. The build's folder becomes the template of an instance's directory as well.
     *
     * @param value the build
     * @return this builder
     */
    public ServiceBuilder buildFrom(Build value) {
        build = Objects.requireNonNull(value, "build");
        template.withTemplate(value.context());
        return this;
    }

    /**
     * Sets the command.
     *
     * @param words the program and its arguments
     * @return this builder
     */
    public ServiceBuilder command(String... words) {
        template.withCommand(words);
        return this;
    }

    /**
     * Replaces the image's entry point.
     *
     * @param words the program and its arguments
     * @return this builder
     */
    public ServiceBuilder entrypoint(String... words) {
        template.entrypoint(words);
        return this;
    }

    /**
     * Sets an environment variable.
     *
     * @param variable its name
     * @param value its value
     * @return this builder
     */
    public ServiceBuilder env(String variable, String value) {
        template.env(variable, value);
        return this;
    }

    /**
     * Sets an environment variable whose value is a secret.
     *
     * @param variable its name
     * @param value its value
     * @return this builder
     */
    public ServiceBuilder secretEnv(String variable, String value) {
        template.secretEnv(variable, value);
        return this;
    }

    /**
     * Publishes TCP ports on host ports that are chosen at each start.
     *
     * @param values ports inside, 1 to 65535
     * @return this builder
     */
    public ServiceBuilder port(int... values) {
        template.port(values);
        return this;
    }

    /**
     * Publishes a port.
     *
     * @param mapping which and where
     * @return this builder
     */
    public ServiceBuilder publish(PortMapping mapping) {
        template.publish(mapping);
        return this;
    }

    /**
     * Tells TCP ports other services reach it on; they are not published.
     *
     * @param values ports inside, 1 to 65535
     * @return this builder
     */
    public ServiceBuilder expose(int... values) {
        for (int value : values) {
            exposed.add(new ExposedPort(value, Protocol.TCP));
        }
        return this;
    }

    /**
     * Tells a port other services reach it on.
     *
     * @param port which
     * @return this builder
     */
    public ServiceBuilder expose(ExposedPort port) {
        exposed.add(Objects.requireNonNull(port, "port"));
        return this;
    }

    /**
     * Adds a mount.
     *
     * @param mount the mount
     * @return this builder
     */
    public ServiceBuilder mount(Mount mount) {
        template.mount(mount);
        return this;
    }

    /**
     * Mounts a volume of the application.
     *
     * @param volume the volume's name in the application, which defines it if nothing else does
     * @param target the absolute path inside
     * @return this builder
     */
    public ServiceBuilder volume(String volume, String target) {
        return mount(Mount.volume(volume, target));
    }

    /**
     * Limits main memory.
     *
     * @param amount as {@link DataSize#parse} reads it, for example {@code 256m}
     * @return this builder
     */
    public ServiceBuilder memory(String amount) {
        template.memory(amount);
        return this;
    }

    /**
     * Limits processor time.
     *
     * @param cpus above 0
     * @return this builder
     */
    public ServiceBuilder cpus(double cpus) {
        template.cpus(cpus);
        return this;
    }

    /**
     * Sets the health check.
     *
     * @param check the check
     * @return this builder
     */
    public ServiceBuilder healthCheck(HealthCheck check) {
        template.healthCheck(check);
        return this;
    }

    /**
     * Sets whether an instance is started again when it ends.
     *
     * @param policy the policy
     * @return this builder
     */
    public ServiceBuilder restart(RestartPolicy policy) {
        template.restart(policy);
        return this;
    }

    /**
     * Sets how long a graceful stop waits before it forces the end.
     *
     * @param value 0 or more
     * @return this builder
     */
    public ServiceBuilder stopGrace(Duration value) {
        template.stopGrace(value);
        return this;
    }

    /**
     * Sets how many instances are wanted.
     *
     * @param count 0 or more; 1 unless set
     * @return this builder
     */
    public ServiceBuilder replicas(int count) {
        replicas = count;
        return this;
    }

    /**
     * Waits for the start of other services.
     *
     * @param services their names
     * @return this builder
     */
    public ServiceBuilder dependsOn(String... services) {
        for (String service : services) {
            dependsOn(Dependency.on(service));
        }
        return this;
    }

    /**
     * Waits for another service.
     *
     * @param dependency which one, and for what
     * @return this builder
     */
    public ServiceBuilder dependsOn(Dependency dependency) {
        dependencies.put(dependency.service(), dependency);
        return this;
    }

    /**
     * Joins a network of the application.
     *
     * @param network its name in the application, which defines it if nothing else does
     * @param aliases further names by which its members reach the service
     * @return this builder
     */
    public ServiceBuilder network(String network, String... aliases) {
        networks.put(Objects.requireNonNull(network, "network"), List.of(aliases));
        return this;
    }

    /**
     * Gives it secrets as files below {@code /run/secrets}.
     *
     * @param names the secrets' names
     * @return this builder
     */
    public ServiceBuilder secret(String... names) {
        for (String secret : names) {
            secret(FileReference.toSecret(secret));
        }
        return this;
    }

    /**
     * Gives it a secret as a file.
     *
     * @param reference which one, and how
     * @return this builder
     */
    public ServiceBuilder secret(FileReference reference) {
        secrets.add(Objects.requireNonNull(reference, "reference"));
        return this;
    }

    /**
     * Gives it a config as a file.
     *
     * @param reference which one, and how
     * @return this builder
     */
    public ServiceBuilder config(FileReference reference) {
        configs.add(Objects.requireNonNull(reference, "reference"));
        return this;
    }

    /**
     * Makes it a member of profiles: it belongs to the application only where one of them is active.
     *
     * @param names the profiles' names
     * @return this builder
     */
    public ServiceBuilder profile(String... names) {
        profiles.addAll(List.of(names));
        return this;
    }

    /**
     * Adds a label to the service as a whole.
     *
     * @param label its name
     * @param value its value
     * @return this builder
     */
    public ServiceBuilder label(String label, String value) {
        labels.put(Objects.requireNonNull(label, "label"), Objects.requireNonNull(value, "value"));
        return this;
    }

    /**
     * Adds data that means nothing to this library.
     *
     * @param key a name that begins with {@code x-}
     * @param value a string, number, truth value, null, or a list or map of these
     * @return this builder
     */
    public ServiceBuilder extension(String key, @Nullable Object value) {
        extensions.put(Objects.requireNonNull(key, "key"), value);
        return this;
    }

    /**
     * Sets how its instances are replaced by those of a new release.
     *
     * @param settings how
     * @return this builder
     */
    public ServiceBuilder update(UpdateSettings settings) {
        update = Objects.requireNonNull(settings, "settings");
        return this;
    }

    /**
     * Sets how its instances are replaced when a release is rolled back.
     *
     * @param settings how
     * @return this builder
     */
    public ServiceBuilder rollback(UpdateSettings settings) {
        rollback = Objects.requireNonNull(settings, "settings");
        return this;
    }

    /**
     * Makes the service.
     *
     * @return the immutable value
     * @throws InvalidInputException with every problem there is
     */
    public Service build() {
        List<Problem> problems = new ArrayList<>();
        Service service = build(problems);
        if (service == null || !problems.isEmpty()) {
            throw new InvalidInputException("service '" + name + "'", problems);
        }
        return service;
    }

    /** Makes the service if its template can be made, and tells everything that is wrong in either case. */
    @Nullable
    Service build(List<Problem> problems) {
        EnvironmentSpec spec = null;
        try {
            spec = template.build();
        } catch (InvalidInputException wrong) {
            problems.addAll(wrong.problems());
        }
        ServiceRules.check(this, spec, problems);
        return spec == null ? null : new Service(this, spec);
    }
}
