package io.cofferdam.application;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.Mount;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects the parts of an {@link Application}; {@link #build()} checks them all at once. Networks and volumes that services speak of
 * and nothing defines are defined by that; secrets and configs are not, since they need content. Not thread-safe.
 */
@Experimental
public final class ApplicationBuilder {

    final String project;

    @Nullable
    String version;

    private final List<ServiceBuilder> services = new ArrayList<>();
    final Map<String, NetworkDefinition> networks = new LinkedHashMap<>();
    final Map<String, VolumeDefinition> volumes = new LinkedHashMap<>();
    final Map<String, SecretDefinition> secrets = new LinkedHashMap<>();
    final Map<String, ConfigDefinition> configs = new LinkedHashMap<>();
    final Map<String, String> labels = new LinkedHashMap<>();
    final Map<String, @Nullable Object> extensions = new LinkedHashMap<>();

    ApplicationBuilder(String project) {
        this.project = Objects.requireNonNull(project, "project");
    }

    ApplicationBuilder(Application from) {
        project = from.project();
        version = from.version();
        from.services().forEach(service -> services.add(service.toBuilder()));
        networks.putAll(from.networks());
        volumes.putAll(from.volumes());
        secrets.putAll(from.secrets());
        configs.putAll(from.configs());
        labels.putAll(from.labels());
        extensions.putAll(from.extensions());
    }

    /**
     * Names the version of the whole.
     *
     * @param value as its users call it, not blank; made from the content unless set
     * @return this builder
     */
    public ApplicationBuilder version(String value) {
        version = Objects.requireNonNull(value, "version");
        return this;
    }

    /**
     * Adds a service.
     *
     * @param name its name, unique in the application
     * @param parts sets what it has
     * @return this builder
     */
    public ApplicationBuilder service(String name, Consumer<ServiceBuilder> parts) {
        ServiceBuilder service = new ServiceBuilder(name);
        parts.accept(service);
        services.add(service);
        return this;
    }

    /**
     * Adds a service.
     *
     * @param service the service, whose name is not used yet
     * @return this builder
     */
    public ApplicationBuilder service(Service service) {
        services.add(service.toBuilder());
        return this;
    }

    /**
     * Adds a service that is checked together with all others.
     *
     * @param service its parts, which are not to be changed any more
     * @return this builder
     */
    public ApplicationBuilder service(ServiceBuilder service) {
        services.add(Objects.requireNonNull(service, "service"));
        return this;
    }

    /**
     * Changes a service that was added before.
     *
     * @param name its name
     * @param change sets what is to be different
     * @return this builder
     * @throws IllegalArgumentException if there is no service of that name
     */
    public ApplicationBuilder change(String name, Consumer<ServiceBuilder> change) {
        change.accept(services.stream()
                .filter(service -> service.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no service '" + name + "' yet")));
        return this;
    }

    /**
     * Takes a service out, if it is there.
     *
     * @param name its name
     * @return this builder
     */
    public ApplicationBuilder without(String name) {
        services.removeIf(service -> service.name.equals(name));
        return this;
    }

    /**
     * Defines a network.
     *
     * @param network the definition, which replaces one of the same name
     * @return this builder
     */
    public ApplicationBuilder network(NetworkDefinition network) {
        networks.put(network.name(), network);
        return this;
    }

    /**
     * Defines a volume.
     *
     * @param volume the definition, which replaces one of the same name
     * @return this builder
     */
    public ApplicationBuilder volume(VolumeDefinition volume) {
        volumes.put(volume.name(), volume);
        return this;
    }

    /**
     * Defines a secret.
     *
     * @param secret the definition, which replaces one of the same name
     * @return this builder
     */
    public ApplicationBuilder secret(SecretDefinition secret) {
        secrets.put(secret.name(), secret);
        return this;
    }

    /**
     * Defines a config.
     *
     * @param config the definition, which replaces one of the same name
     * @return this builder
     */
    public ApplicationBuilder config(ConfigDefinition config) {
        configs.put(config.name(), config);
        return this;
    }

    /**
     * Adds a label to the whole.
     *
     * @param label its name
     * @param value its value
     * @return this builder
     */
    public ApplicationBuilder label(String label, String value) {
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
    public ApplicationBuilder extension(String key, @Nullable Object value) {
        extensions.put(Objects.requireNonNull(key, "key"), value);
        return this;
    }

    /**
     * Makes the application.
     *
     * @return the immutable value
     * @throws InvalidInputException with every problem there is, each at its field: {@code services.web.ports}, for example
     */
    public Application build() {
        List<Problem> problems = new ArrayList<>();
        Map<String, Service> made = new LinkedHashMap<>();
        for (ServiceBuilder builder : services) {
            List<Problem> own = new ArrayList<>();
            Service service = builder.build(own);
            String where = "services." + ServiceRules.shorten(builder.name);
            own.forEach(problem ->
                    problems.add(new Problem(where + "." + problem.where(), problem.what(), problem.remedy())));
            if (service != null && made.put(service.name(), service) != null) {
                problems.add(new Problem(where, "there are two services of this name", "name one of them otherwise"));
            }
        }
        boolean complete = made.size() == services.size();
        List<Service> order = ApplicationRules.check(this, made, complete, problems);
        if (!problems.isEmpty()) {
            throw new InvalidInputException("application '" + ServiceRules.shorten(project) + "'", problems);
        }
        defineWhatIsSpokenOf(made);
        return new Application(this, made, order);
    }

    private void defineWhatIsSpokenOf(Map<String, Service> made) {
        for (Service service : made.values()) {
            service.networks().keySet().stream()
                    .filter(network -> !network.equals(NetworkDefinition.DEFAULT))
                    .forEach(network -> networks.computeIfAbsent(network, NetworkDefinition::of));
            for (Mount mount : service.template().mounts()) {
                if (mount instanceof Mount.Volume volume) {
                    volumes.computeIfAbsent(volume.volume(), VolumeDefinition::of);
                }
            }
        }
    }
}
