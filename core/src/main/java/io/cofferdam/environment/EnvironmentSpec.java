package io.cofferdam.environment;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an environment is to be: an immutable value that says nothing about an engine.
 *
 * <pre>{@code
 * EnvironmentSpec redis = EnvironmentSpec.image("redis:7").name("cache").port(6379).build();
 * EnvironmentSpec tuned = redis.toBuilder().memory("256m").env("REDIS_ARGS", "--save ''").build();
 * }</pre>
 *
 * <p>An environment needs software to run: an image (Docker, Kubernetes), or a command, usually with a template folder
 * (processes). A specification may have both, and then fits every engine. {@code toString} shows no secret values.
 */
public final class EnvironmentSpec {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    @Nullable
    private final String name;

    @Nullable
    private final String stack;

    @Nullable
    private final String image;

    @Nullable
    private final Path template;

    @Nullable
    private final List<String> entrypoint;

    @Nullable
    private final HealthCheck healthCheck;

    @Nullable
    private final String workingDirectory;

    @Nullable
    private final String user;

    private final List<String> command;
    private final Map<String, String> env;
    private final Set<String> secretNames;
    private final List<PortMapping> ports;
    private final List<Mount> mounts;
    private final ResourceLimits limits;
    private final Map<String, String> labels;
    private final List<String> aliases;
    private final Map<String, List<String>> networks;
    private final Readiness readiness;
    private final RestartPolicy restart;
    private final Lifetime lifetime;
    private final PullPolicy pullPolicy;

    @Nullable
    private final Duration imageMaxAge;

    private final String stopSignal;
    private final Duration stopGrace;

    @Nullable
    private final Duration startTimeout;

    private final boolean openStdin;
    private final boolean terminal;

    private EnvironmentSpec(Builder from) {
        name = from.name;
        stack = from.stack;
        image = from.image;
        template = from.template;
        entrypoint = from.entrypoint == null ? null : List.copyOf(from.entrypoint);
        command = List.copyOf(from.command);
        env = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(from.env));
        secretNames = Set.copyOf(from.secretNames);
        ports = List.copyOf(from.ports);
        mounts = List.copyOf(from.mounts);
        limits = from.limits;
        labels = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(from.labels));
        aliases = List.copyOf(from.aliases);
        networks = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(from.networks));
        healthCheck = from.healthCheck;
        readiness = from.readiness;
        restart = from.restart;
        lifetime = from.lifetime;
        pullPolicy = from.pullPolicy;
        imageMaxAge = from.imageMaxAge;
        stopSignal = from.stopSignal;
        stopGrace = from.stopGrace;
        startTimeout = from.startTimeout;
        workingDirectory = from.workingDirectory;
        user = from.user;
        openStdin = from.openStdin;
        terminal = from.terminal;
    }

    /**
     * Begins a specification of an environment made from a container image.
     *
     * @param image the image reference, for example {@code redis:7}
     * @return a builder
     */
    public static Builder image(String image) {
        return new Builder().withImage(image);
    }

    /**
     * Begins a specification of an environment whose directory starts as a copy of a folder.
     *
     * @param template the folder
     * @return a builder
     */
    public static Builder template(Path template) {
        return new Builder().withTemplate(template);
    }

    /**
     * Begins a specification of an environment that runs a command in an empty directory of its own.
     *
     * @param command the program and its arguments
     * @return a builder
     */
    public static Builder command(String... command) {
        return new Builder().withCommand(command);
    }

    /**
     * Begins an empty specification.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A builder that starts with this specification.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * The environment's name.
     *
     * @return empty if one is to be made up
     */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /**
     * The stack the environment is a member of.
     *
     * @return empty if it stands alone
     */
    public Optional<String> stack() {
        return Optional.ofNullable(stack);
    }

    /**
     * The container image.
     *
     * @return empty if there is none
     */
    public Optional<String> image() {
        return Optional.ofNullable(image);
    }

    /**
     * The template folder.
     *
     * @return an absolute path, or empty if there is none
     */
    public Optional<Path> template() {
        return Optional.ofNullable(template);
    }

    /**
     * What replaces the image's entry point; on processes it is put before the command.
     *
     * @return empty to keep the image's own
     */
    public Optional<List<String>> entrypoint() {
        return Optional.ofNullable(entrypoint);
    }

    /**
     * The command.
     *
     * @return empty to keep the image's own
     */
    public List<String> command() {
        return command;
    }

    /**
     * The environment variables, secret ones included.
     *
     * @return an immutable map in the order of the builder's calls
     */
    public Map<String, String> env() {
        return env;
    }

    /**
     * Which variables hold secrets.
     *
     * @return an immutable set of names
     */
    public Set<String> secretNames() {
        return secretNames;
    }

    /**
     * The published ports.
     *
     * @return an immutable list
     */
    public List<PortMapping> ports() {
        return ports;
    }

    /**
     * The mounts.
     *
     * @return an immutable list
     */
    public List<Mount> mounts() {
        return mounts;
    }

    /**
     * The resource limits.
     *
     * @return the limits; {@link ResourceLimits#none()} if there are none
     */
    public ResourceLimits limits() {
        return limits;
    }

    /**
     * The caller's labels.
     *
     * @return an immutable map
     */
    public Map<String, String> labels() {
        return labels;
    }

    /**
     * Further names by which the other members of the stack reach the environment.
     *
     * @return an immutable list
     */
    public List<String> aliases() {
        return aliases;
    }

    /**
     * The networks it joins besides that of its stack, each with the further names by which their members reach it.
     *
     * @return an immutable map in the order of the builder's calls
     */
    public Map<String, List<String>> networks() {
        return networks;
    }

    /**
     * The health check.
     *
     * @return empty to keep the image's own, if it has one
     */
    public Optional<HealthCheck> healthCheck() {
        return Optional.ofNullable(healthCheck);
    }

    /**
     * When a start counts as done.
     *
     * @return the condition
     */
    public Readiness readiness() {
        return readiness;
    }

    /**
     * Whether it is started again when it ends.
     *
     * @return the policy
     */
    public RestartPolicy restart() {
        return restart;
    }

    /**
     * How long it lives.
     *
     * @return the lifetime
     */
    public Lifetime lifetime() {
        return lifetime;
    }

    /**
     * When its image is fetched.
     *
     * @return the policy
     */
    public PullPolicy pullPolicy() {
        return pullPolicy;
    }

    /**
     * How long ago its image may have come to the engine, at the most, before it is fetched again.
     *
     * @return empty if its age does not matter
     */
    public Optional<Duration> imageMaxAge() {
        return Optional.ofNullable(imageMaxAge);
    }

    /**
     * Whether the main process has input that can be written to.
     *
     * @return false if it sees the end of its input at once
     */
    public boolean hasOpenStdin() {
        return openStdin;
    }

    /**
     * Whether the main process has a terminal.
     *
     * @return false if its streams are pipes or files
     */
    public boolean hasTerminal() {
        return terminal;
    }

    /**
     * The signal a graceful stop begins with.
     *
     * @return a POSIX signal's name, for example {@code SIGTERM}
     */
    public String stopSignal() {
        return stopSignal;
    }

    /**
     * How long a graceful stop waits before it forces the end.
     *
     * @return 0 or more
     */
    public Duration stopGrace() {
        return stopGrace;
    }

    /**
     * How long a start may take until the environment is ready.
     *
     * @return more than 0
     */
    public Duration startTimeout() {
        return startTimeout == null ? START_TIMEOUT : startTimeout;
    }

    /**
     * How long a start may take, if this specification says so itself.
     *
     * @return empty if the engine's configuration decides; {@link #startTimeout()} tells the usual 60 seconds then
     */
    public Optional<Duration> ownStartTimeout() {
        return Optional.ofNullable(startTimeout);
    }

    /**
     * The directory the command runs in.
     *
     * @return empty to keep the image's own; on processes, the environment's directory
     */
    public Optional<String> workingDirectory() {
        return Optional.ofNullable(workingDirectory);
    }

    /**
     * The user the command runs as.
     *
     * @return a name or number, empty to keep the image's own; on processes, the user of the JVM
     */
    public Optional<String> user() {
        return Optional.ofNullable(user);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EnvironmentSpec that && parts().equals(that.parts());
    }

    @Override
    public int hashCode() {
        return parts().hashCode();
    }

    /** The specification for people: what is set, without the values of secrets. */
    @Override
    public String toString() {
        Map<String, String> shown = new LinkedHashMap<>(env);
        secretNames.forEach(secret -> shown.computeIfPresent(secret, (key, value) -> "***"));
        StringBuilder text = new StringBuilder("EnvironmentSpec[");
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("name", name);
        fields.put("stack", stack);
        fields.put("image", image);
        fields.put("template", template);
        fields.put("entrypoint", entrypoint);
        fields.put("command", command.isEmpty() ? null : command);
        fields.put("env", shown.isEmpty() ? null : shown);
        fields.put("ports", ports.isEmpty() ? null : ports);
        fields.put("mounts", mounts.isEmpty() ? null : mounts);
        fields.put("limits", limits.equals(ResourceLimits.none()) ? null : limits);
        fields.put("labels", labels.isEmpty() ? null : labels);
        fields.put("networks", networks.isEmpty() ? null : networks);
        fields.put("lifetime", lifetime);
        String separator = "";
        for (Map.Entry<String, @Nullable Object> field : fields.entrySet()) {
            if (field.getValue() != null) {
                text.append(separator).append(field.getKey()).append('=').append(field.getValue());
                separator = ", ";
            }
        }
        return text.append(']').toString();
    }

    private List<@Nullable Object> parts() {
        return Arrays.asList(
                name,
                stack,
                image,
                template,
                entrypoint,
                command,
                env,
                secretNames,
                ports,
                mounts,
                limits,
                labels,
                aliases,
                networks,
                healthCheck,
                readiness,
                restart,
                lifetime,
                pullPolicy,
                imageMaxAge,
                stopSignal,
                stopGrace,
                startTimeout(),
                workingDirectory,
                user,
                openStdin,
                terminal);
    }

    /** Collects the parts of a specification; {@link #build()} checks them all at once. Not thread-safe. */
    public static final class Builder {

        @Nullable
        private String name;

        @Nullable
        private String stack;

        @Nullable
        private String image;

        @Nullable
        private Path template;

        @Nullable
        private List<String> entrypoint;

        @Nullable
        private HealthCheck healthCheck;

        @Nullable
        private String workingDirectory;

        @Nullable
        private String user;

        private List<String> command = List.of();
        private final Map<String, String> env = new LinkedHashMap<>();
        private final Set<String> secretNames = new LinkedHashSet<>();
        private final List<PortMapping> ports = new ArrayList<>();
        private final List<Mount> mounts = new ArrayList<>();
        private ResourceLimits limits = ResourceLimits.none();
        private final Map<String, String> labels = new LinkedHashMap<>();
        private final List<String> aliases = new ArrayList<>();
        private final Map<String, List<String>> networks = new LinkedHashMap<>();
        private Readiness readiness = Readiness.byDefault();
        private RestartPolicy restart = RestartPolicy.never();
        private Lifetime lifetime = Lifetime.session();
        private PullPolicy pullPolicy = PullPolicy.MISSING;

        @Nullable
        private Duration imageMaxAge;

        private String stopSignal = "SIGTERM";
        private Duration stopGrace = Duration.ofSeconds(10);

        @Nullable
        private Duration startTimeout;

        private boolean openStdin;
        private boolean terminal;

        private Builder() {}

        private Builder(EnvironmentSpec from) {
            name = from.name;
            stack = from.stack;
            image = from.image;
            template = from.template;
            entrypoint = from.entrypoint;
            command = from.command;
            env.putAll(from.env);
            secretNames.addAll(from.secretNames);
            ports.addAll(from.ports);
            mounts.addAll(from.mounts);
            limits = from.limits;
            labels.putAll(from.labels);
            aliases.addAll(from.aliases);
            networks.putAll(from.networks);
            healthCheck = from.healthCheck;
            readiness = from.readiness;
            restart = from.restart;
            lifetime = from.lifetime;
            pullPolicy = from.pullPolicy;
            imageMaxAge = from.imageMaxAge;
            stopSignal = from.stopSignal;
            stopGrace = from.stopGrace;
            startTimeout = from.startTimeout;
            workingDirectory = from.workingDirectory;
            user = from.user;
            openStdin = from.openStdin;
            terminal = from.terminal;
        }

        /**
         * Names the environment. Names are unique on an engine and are host names inside a stack.
         *
         * @param value 1 to 63 of {@code a-z 0-9 -}, beginning and ending with a letter or digit (a label of RFC 1123)
         * @return this builder
         */
        public Builder name(String value) {
            name = Objects.requireNonNull(value, "name");
            return this;
        }

        /**
         * Makes the environment a member of a stack: it shares the stack's own network with the other members and
         * reaches them by name.
         *
         * @param value the stack's name, of the same form as {@link #name}
         * @return this builder
         */
        public Builder stack(String value) {
            stack = Objects.requireNonNull(value, "stack");
            return this;
        }

        /**
         * Adds names by which other members of the stack reach the environment, besides its own.
         *
         * @param values names as {@link #name} has them, in which there may be {@code _}, dots and capitals too
         * @return this builder
         */
        public Builder alias(String... values) {
            aliases.addAll(List.of(values));
            return this;
        }

        /**
         * Makes the environment a member of a network that exists when it is created, besides that of its stack. The
         * members reach it by its own name and by the aliases. More than one network, the stack's included, needs
         * {@code Capability.SEVERAL_NETWORKS}. Ports are published through the stack's network, or else through the first
         * one named, which should not be internal then.
         *
         * @param network the network's name, as {@code Networks} takes it
         * @param furtherNames names as {@link #alias} takes them
         * @return this builder
         */
        public Builder network(String network, String... furtherNames) {
            networks.put(Objects.requireNonNull(network, "network"), List.of(furtherNames));
            return this;
        }

        /**
         * Sets the container image.
         *
         * @param value the image reference
         * @return this builder
         */
        public Builder withImage(String value) {
            image = Objects.requireNonNull(value, "image");
            return this;
        }

        /**
         * Sets the folder whose copy the environment's directory starts as.
         *
         * @param value the folder; relative paths are taken from the JVM's working directory
         * @return this builder
         */
        public Builder withTemplate(Path value) {
            template = value.toAbsolutePath().normalize();
            return this;
        }

        /**
         * Sets the command.
         *
         * @param value the program and its arguments
         * @return this builder
         */
        public Builder withCommand(String... value) {
            return withCommand(List.of(value));
        }

        /**
         * Sets the command.
         *
         * @param value the program and its arguments; empty to keep the image's own
         * @return this builder
         */
        public Builder withCommand(List<String> value) {
            command = List.copyOf(value);
            return this;
        }

        /**
         * Replaces the image's entry point; on processes it is put before the command.
         *
         * @param value the program and its arguments
         * @return this builder
         */
        public Builder entrypoint(String... value) {
            entrypoint = List.of(value);
            return this;
        }

        /**
         * Sets an environment variable.
         *
         * @param variable its name
         * @param value its value
         * @return this builder
         */
        public Builder env(String variable, String value) {
            env.put(Objects.requireNonNull(variable, "variable"), Objects.requireNonNull(value, "value"));
            secretNames.remove(variable);
            return this;
        }

        /**
         * Sets environment variables.
         *
         * @param variables names and values
         * @return this builder
         */
        public Builder env(Map<String, String> variables) {
            variables.forEach(this::env);
            return this;
        }

        /**
         * Sets an environment variable whose value is a secret: it reaches the environment, but no log, event, error or
         * {@code toString} of this library.
         *
         * @param variable its name
         * @param value its value
         * @return this builder
         */
        public Builder secretEnv(String variable, String value) {
            env(variable, value);
            secretNames.add(variable);
            return this;
        }

        /**
         * Takes an environment variable back.
         *
         * @param variable its name
         * @return this builder
         */
        public Builder withoutEnv(String variable) {
            env.remove(variable);
            secretNames.remove(variable);
            return this;
        }

        /**
         * Publishes TCP ports on host ports that are chosen at each start.
         *
         * <p>On processes the software has to listen at the address in its variable {@code COFFERDAM_ADDRESS}, or at the
         * wildcard address. Processes, and the members of one stack, share the wildcard address: two that listen there
         * need different ports.
         *
         * @param values ports inside, 1 to 65535
         * @return this builder
         */
        public Builder port(int... values) {
            for (int value : values) {
                ports.add(PortMapping.of(value));
            }
            return this;
        }

        /**
         * Publishes a port.
         *
         * @param mapping which and where
         * @return this builder
         */
        public Builder publish(PortMapping mapping) {
            ports.add(Objects.requireNonNull(mapping, "mapping"));
            return this;
        }

        /**
         * Replaces all published ports.
         *
         * @param mappings which and where
         * @return this builder
         */
        public Builder withPorts(Collection<PortMapping> mappings) {
            ports.clear();
            ports.addAll(mappings);
            return this;
        }

        /**
         * Replaces all mounts.
         *
         * @param values the mounts
         * @return this builder
         */
        public Builder withMounts(Collection<Mount> values) {
            mounts.clear();
            mounts.addAll(values);
            return this;
        }

        /**
         * Leaves the template folder out.
         *
         * @return this builder
         */
        public Builder withoutTemplate() {
            template = null;
            return this;
        }

        /**
         * Adds a mount.
         *
         * @param mount the mount
         * @return this builder
         */
        public Builder mount(Mount mount) {
            mounts.add(Objects.requireNonNull(mount, "mount"));
            return this;
        }

        /**
         * Sets all limits.
         *
         * @param value the limits
         * @return this builder
         */
        public Builder limits(ResourceLimits value) {
            limits = Objects.requireNonNull(value, "limits");
            return this;
        }

        /**
         * Limits main memory.
         *
         * @param amount as {@link DataSize#parse} reads it, for example {@code 256m}
         * @return this builder
         */
        public Builder memory(String amount) {
            limits = limits.withMemory(DataSize.parse(amount));
            return this;
        }

        /**
         * Limits processor time.
         *
         * @param cpus above 0; 0.5 is half of one processor
         * @return this builder
         */
        public Builder cpus(double cpus) {
            limits = limits.withCpus(cpus);
            return this;
        }

        /**
         * Limits the number of processes and threads.
         *
         * @param count at least 1
         * @return this builder
         */
        public Builder pids(long count) {
            limits = limits.withPids(count);
            return this;
        }

        /**
         * Adds a label.
         *
         * @param label its name, which may not begin with {@link Labels#PREFIX}
         * @param value its value
         * @return this builder
         */
        public Builder label(String label, String value) {
            labels.put(Objects.requireNonNull(label, "label"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /**
         * Sets the health check.
         *
         * @param value the check
         * @return this builder
         */
        public Builder healthCheck(HealthCheck value) {
            healthCheck = Objects.requireNonNull(value, "healthCheck");
            return this;
        }

        /**
         * Sets when a start counts as done.
         *
         * @param value the condition
         * @return this builder
         */
        public Builder readyWhen(Readiness value) {
            readiness = Objects.requireNonNull(value, "readiness");
            return this;
        }

        /**
         * Sets whether it is started again when it ends.
         *
         * @param value the policy
         * @return this builder
         */
        public Builder restart(RestartPolicy value) {
            restart = Objects.requireNonNull(value, "restart");
            return this;
        }

        /**
         * Sets how long it lives.
         *
         * @param value the lifetime; {@link Lifetime#session()} unless set
         * @return this builder
         */
        public Builder lifetime(Lifetime value) {
            lifetime = Objects.requireNonNull(value, "lifetime");
            return this;
        }

        /**
         * Sets when its image is fetched.
         *
         * @param value the policy; {@link PullPolicy#MISSING} unless set
         * @return this builder
         */
        public Builder pullPolicy(PullPolicy value) {
            pullPolicy = Objects.requireNonNull(value, "pullPolicy");
            return this;
        }

        /**
         * Lets its image be fetched again when the engine has had it for long: when it was last pulled or tagged there
         * longer ago, or when the engine does not tell. Goes with {@link PullPolicy#MISSING}. An image named by its
         * digest never changes and is not fetched again.
         *
         * @param value more than 0
         * @return this builder
         */
        public Builder imageMaxAge(Duration value) {
            imageMaxAge = Objects.requireNonNull(value, "imageMaxAge");
            return this;
        }

        /**
         * Uses the image however old it is.
         *
         * @return this builder
         */
        public Builder withoutImageMaxAge() {
            imageMaxAge = null;
            return this;
        }

        /**
         * Gives the main process input, which {@link IsolatedEnvironment#attach} writes. It waits for it, and sees its end
         * when the first attachment with input has ended. Needs {@code Capability.ATTACH}.
         *
         * @return this builder
         */
        public Builder openStdin() {
            openStdin = true;
            return this;
        }

        /**
         * Gives the main process a terminal, which carries its input and all its output as standard output. Needs {@code
         * Capability.TERMINAL}.
         *
         * @return this builder
         */
        public Builder terminal() {
            terminal = true;
            return this;
        }

        /**
         * Sets the signal a graceful stop begins with.
         *
         * @param value a POSIX signal's name; {@code SIGTERM} unless set
         * @return this builder
         */
        public Builder stopSignal(String value) {
            stopSignal = Objects.requireNonNull(value, "stopSignal");
            return this;
        }

        /**
         * Sets how long a graceful stop waits before it forces the end.
         *
         * @param value 0 or more; 10 seconds unless set
         * @return this builder
         */
        public Builder stopGrace(Duration value) {
            stopGrace = Objects.requireNonNull(value, "stopGrace");
            return this;
        }

        /**
         * Sets how long a start may take until the environment is ready.
         *
         * @param value more than 0; 60 seconds unless set
         * @return this builder
         */
        public Builder startTimeout(Duration value) {
            startTimeout = Objects.requireNonNull(value, "startTimeout");
            return this;
        }

        /**
         * Sets the directory the command runs in.
         *
         * @param value a path inside; relative paths are taken from the environment's own directory
         * @return this builder
         */
        public Builder workingDirectory(String value) {
            workingDirectory = Objects.requireNonNull(value, "workingDirectory");
            return this;
        }

        /**
         * Sets the user the command runs as.
         *
         * @param value a name or number, as the engine takes it
         * @return this builder
         */
        public Builder user(String value) {
            user = Objects.requireNonNull(value, "user");
            return this;
        }

        /**
         * Makes the specification.
         *
         * @return the immutable value
         * @throws InvalidInputException with every problem there is
         */
        public EnvironmentSpec build() {
            EnvironmentSpec spec = new EnvironmentSpec(this);
            List<Problem> problems = SpecRules.problems(spec);
            if (!problems.isEmpty()) {
                String subject = name == null ? "environment" : "environment '" + name + "'";
                throw new InvalidInputException(subject, problems);
            }
            return spec;
        }
    }
}
