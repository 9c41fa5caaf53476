package io.cofferdam.engine;

import io.cofferdam.environment.ResourceLimits;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.resource.RegistryCredentials;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How to find and use an engine. Immutable; what is not set has a default that fits a developer's machine. What a back end
 * has no use for it passes over, save what would change where or how safely something runs: that is refused.
 *
 * <table>
 * <caption>What the back ends of this library do with each part</caption>
 * <tr><th>part</th><th>process</th><th>docker</th></tr>
 * <tr><td>host</td><td>refused</td><td>the only place that is looked at</td></tr>
 * <tr><td>TLS directory</td><td>passed over</td><td>for {@code tcp} and {@code https} hosts</td></tr>
 * <tr><td>state directory</td><td>where environments and volumes are kept</td><td>passed over</td></tr>
 * <tr><td>subnet pool</td><td>passed over: loopback addresses</td><td>subnets of networks</td></tr>
 * <tr><td>network and volume prefix</td><td>names of folders</td><td>names of networks and volumes</td></tr>
 * <tr><td>volume directory</td><td>where volumes are kept</td><td>the same, for an engine of this host; else refused</td></tr>
 * <tr><td>default image</td><td>passed over</td><td>image of specifications with a command only</td></tr>
 * <tr><td>default limits, start timeout</td><td>where the specification has none</td><td>the same</td></tr>
 * <tr><td>discovery and call timeout, parallelism</td><td>the first two</td><td>all</td></tr>
 * <tr><td>pull and build timeout</td><td>copies</td><td>images; copies and logs have the pull timeout, too</td></tr>
 * <tr><td>options</td><td>see its provider</td><td>see its provider</td></tr>
 * </table>
 *
 * <pre>{@code
 * EngineConfig lab = EngineConfig.builder().host("tcp://lab:2376").tls(Path.of("certs")).networkPrefix("lab-").build();
 * }</pre>
 */
public final class EngineConfig {

    private static final EngineConfig DEFAULTS = builder().build();

    @Nullable
    private final String host;

    @Nullable
    private final Path tlsDirectory;

    @Nullable
    private final Path stateDirectory;

    @Nullable
    private final SubnetPool subnetPool;

    @Nullable
    private final Path volumeDirectory;

    @Nullable
    private final String defaultImage;

    private final String networkPrefix;
    private final String volumePrefix;
    private final ResourceLimits defaultLimits;
    private final Duration discoveryTimeout;
    private final Duration callTimeout;
    private final Duration pullTimeout;
    private final Duration buildTimeout;

    @Nullable
    private final String defaultRegistry;

    @Nullable
    private final UnaryOperator<String> imageNames;

    @Nullable
    private final Function<String, Optional<RegistryCredentials>> registryCredentials;

    private final Duration startTimeout;
    private final int parallelism;
    private final Map<String, String> options;

    private EngineConfig(Builder from) {
        host = from.host;
        tlsDirectory = from.tlsDirectory;
        stateDirectory = from.stateDirectory;
        subnetPool = from.subnetPool;
        volumeDirectory = from.volumeDirectory;
        defaultImage = from.defaultImage;
        networkPrefix = from.networkPrefix;
        volumePrefix = from.volumePrefix;
        defaultLimits = from.defaultLimits;
        discoveryTimeout = from.discoveryTimeout;
        callTimeout = from.callTimeout;
        pullTimeout = from.pullTimeout;
        buildTimeout = from.buildTimeout;
        defaultRegistry = from.defaultRegistry;
        imageNames = from.imageNames;
        registryCredentials = from.registryCredentials;
        startTimeout = from.startTimeout;
        parallelism = from.parallelism;
        options = Map.copyOf(from.options);
    }

    /**
     * The configuration in which nothing is set.
     *
     * @return the defaults
     */
    public static EngineConfig defaults() {
        return DEFAULTS;
    }

    /**
     * Begins a configuration.
     *
     * @return a builder in which nothing is set
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A builder that starts with this configuration.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.host = host;
        builder.tlsDirectory = tlsDirectory;
        builder.stateDirectory = stateDirectory;
        builder.subnetPool = subnetPool;
        builder.volumeDirectory = volumeDirectory;
        builder.defaultImage = defaultImage;
        builder.networkPrefix = networkPrefix;
        builder.volumePrefix = volumePrefix;
        builder.defaultLimits = defaultLimits;
        builder.discoveryTimeout = discoveryTimeout;
        builder.callTimeout = callTimeout;
        builder.pullTimeout = pullTimeout;
        builder.buildTimeout = buildTimeout;
        builder.defaultRegistry = defaultRegistry;
        builder.imageNames = imageNames;
        builder.registryCredentials = registryCredentials;
        builder.startTimeout = startTimeout;
        builder.parallelism = parallelism;
        builder.options.putAll(options);
        return builder;
    }

    /**
     * Where the engine is, as {@code unix:///path} or {@code tcp://host:port}.
     *
     * @return empty to look for it
     */
    public Optional<String> host() {
        return Optional.ofNullable(host);
    }

    /**
     * The folder with {@code ca.pem}, {@code cert.pem} and {@code key.pem} for TLS.
     *
     * @return empty for what the environment or the engine's own configuration says
     */
    public Optional<Path> tlsDirectory() {
        return Optional.ofNullable(tlsDirectory);
    }

    /**
     * The folder in which the process back end keeps environments and volumes.
     *
     * @return empty for the place the operating system has for such things
     */
    public Optional<Path> stateDirectory() {
        return Optional.ofNullable(stateDirectory);
    }

    /**
     * The address range that subnets of networks are cut from.
     *
     * @return empty for the engine's own default, checked against the host's routes
     */
    public Optional<SubnetPool> subnetPool() {
        return Optional.ofNullable(subnetPool);
    }

    /**
     * The folder in which named volumes are kept.
     *
     * @return empty for the engine's own place
     */
    public Optional<Path> volumeDirectory() {
        return Optional.ofNullable(volumeDirectory);
    }

    /**
     * The image of environments whose specification has a command and neither an image nor a template folder. Engines
     * without images pass it over.
     *
     * @return empty if there is none
     */
    public Optional<String> defaultImage() {
        return Optional.ofNullable(defaultImage);
    }

    /**
     * What the engine's names of networks begin with.
     *
     * @return {@code cofferdam-} unless set
     */
    public String networkPrefix() {
        return networkPrefix;
    }

    /**
     * What the engine's names of volumes begin with.
     *
     * @return {@code cofferdam-} unless set
     */
    public String volumePrefix() {
        return volumePrefix;
    }

    /**
     * Limits for environments whose specification sets none.
     *
     * @return no limits unless set
     */
    public ResourceLimits defaultLimits() {
        return defaultLimits;
    }

    /**
     * How long the search for the engine may take in all.
     *
     * @return 3 seconds unless set
     */
    public Duration discoveryTimeout() {
        return discoveryTimeout;
    }

    /**
     * How long a call may take that does not wait for software inside: create, inspect, remove.
     *
     * @return 60 seconds unless set
     */
    public Duration callTimeout() {
        return callTimeout;
    }

    /**
     * How long fetching one image may take.
     *
     * @return 10 minutes unless set
     */
    public Duration pullTimeout() {
        return pullTimeout;
    }

    /**
     * How long building one image may take.
     *
     * @return 30 minutes unless set
     */
    public Duration buildTimeout() {
        return buildTimeout;
    }

    /**
     * How long the start of an environment may take whose specification does not say so itself.
     *
     * @return 60 seconds unless set
     */
    public Duration startTimeout() {
        return startTimeout;
    }

    /**
     * The registry of images whose names tell none.
     *
     * @return for example {@code registry.example:5000}; empty for the engine's own, usually Docker Hub
     */
    public Optional<String> defaultRegistry() {
        return Optional.ofNullable(defaultRegistry);
    }

    /**
     * What turns the image names that callers use into those the engine is asked for.
     *
     * @return empty if names are used as they are
     */
    public Optional<UnaryOperator<String>> imageNames() {
        return Optional.ofNullable(imageNames);
    }

    /**
     * Where logins for registries come from before the engine's own configuration is asked.
     *
     * @return empty if only that is asked
     */
    public Optional<Function<String, Optional<RegistryCredentials>>> registryCredentials() {
        return Optional.ofNullable(registryCredentials);
    }

    /**
     * How many calls to the engine are under way at once at the most, streams not counted.
     *
     * @return 32 unless set
     */
    public int parallelism() {
        return parallelism;
    }

    /**
     * A setting that only one back end knows; its provider documents the names.
     *
     * @param name for example {@code process.namespaces}
     * @return empty if it is not set
     */
    public Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }

    /**
     * The names of the settings that only one back end knows.
     *
     * @return an immutable set
     */
    public Set<String> optionNames() {
        return options.keySet();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EngineConfig that && parts().equals(that.parts());
    }

    @Override
    public int hashCode() {
        return parts().hashCode();
    }

    /** What is set, without the values of back ends' own settings. */
    @Override
    public String toString() {
        return "EngineConfig[host=" + host + ", state=" + stateDirectory + ", options=" + options.keySet() + "]";
    }

    private List<@Nullable Object> parts() {
        return Arrays.asList(
                host,
                tlsDirectory,
                stateDirectory,
                subnetPool,
                volumeDirectory,
                defaultImage,
                networkPrefix,
                volumePrefix,
                defaultLimits,
                discoveryTimeout,
                callTimeout,
                pullTimeout,
                buildTimeout,
                defaultRegistry,
                imageNames,
                registryCredentials,
                startTimeout,
                parallelism,
                options);
    }

    /** Collects the parts of a configuration. Not thread-safe. */
    public static final class Builder {

        @Nullable
        private String host;

        @Nullable
        private Path tlsDirectory;

        @Nullable
        private Path stateDirectory;

        @Nullable
        private SubnetPool subnetPool;

        @Nullable
        private Path volumeDirectory;

        @Nullable
        private String defaultImage;

        private String networkPrefix = "cofferdam-";
        private String volumePrefix = "cofferdam-";
        private ResourceLimits defaultLimits = ResourceLimits.none();
        private Duration discoveryTimeout = Duration.ofSeconds(3);
        private Duration callTimeout = Duration.ofSeconds(60);
        private Duration pullTimeout = Duration.ofMinutes(10);
        private Duration buildTimeout = Duration.ofMinutes(30);

        @Nullable
        private String defaultRegistry;

        @Nullable
        private UnaryOperator<String> imageNames;

        @Nullable
        private Function<String, Optional<RegistryCredentials>> registryCredentials;

        private Duration startTimeout = Duration.ofSeconds(60);
        private int parallelism = 32;
        private final Map<String, String> options = new LinkedHashMap<>();

        private Builder() {}

        /**
         * Sets where the engine is; nowhere else is looked.
         *
         * @param value {@code unix:///path} or {@code tcp://host:port}
         * @return this builder
         */
        public Builder host(String value) {
            host = Objects.requireNonNull(value, "host");
            return this;
        }

        /**
         * Sets the folder with certificates for TLS.
         *
         * @param directory with {@code ca.pem}, {@code cert.pem} and {@code key.pem}
         * @return this builder
         */
        public Builder tls(Path directory) {
            tlsDirectory = directory.toAbsolutePath().normalize();
            return this;
        }

        /**
         * Sets the folder in which the process back end keeps environments and volumes.
         *
         * @param directory made on first use, readable by its owner only
         * @return this builder
         */
        public Builder stateDirectory(Path directory) {
            stateDirectory = directory.toAbsolutePath().normalize();
            return this;
        }

        /**
         * Sets the address range that subnets of networks are cut from.
         *
         * @param pool the range
         * @return this builder
         */
        public Builder subnetPool(SubnetPool pool) {
            subnetPool = Objects.requireNonNull(pool, "pool");
            return this;
        }

        /**
         * Sets the folder in which named volumes are kept. On Docker the engine has to be on this host, and this user has
         * to be allowed to remove what containers write there; on processes it may be on another file system than the
         * state directory.
         *
         * @param directory made on first use
         * @return this builder
         */
        public Builder volumeDirectory(Path directory) {
            volumeDirectory = directory.toAbsolutePath().normalize();
            return this;
        }

        /**
         * Sets the image of environments that name a command only.
         *
         * @param reference for example {@code busybox:1}
         * @return this builder
         */
        public Builder defaultImage(String reference) {
            defaultImage = Objects.requireNonNull(reference, "defaultImage");
            return this;
        }

        /**
         * Sets what the engine's names of networks begin with.
         *
         * @param value letters, digits, '-', '_' and '.'; may be empty
         * @return this builder
         */
        public Builder networkPrefix(String value) {
            networkPrefix = Objects.requireNonNull(value, "networkPrefix");
            return this;
        }

        /**
         * Sets what the engine's names of volumes begin with.
         *
         * @param value letters, digits, '-', '_' and '.'; may be empty
         * @return this builder
         */
        public Builder volumePrefix(String value) {
            volumePrefix = Objects.requireNonNull(value, "volumePrefix");
            return this;
        }

        /**
         * Sets limits for environments whose specification sets none.
         *
         * @param value the limits
         * @return this builder
         */
        public Builder defaultLimits(ResourceLimits value) {
            defaultLimits = Objects.requireNonNull(value, "defaultLimits");
            return this;
        }

        /**
         * Sets how long the search for the engine may take in all.
         *
         * @param value more than 0
         * @return this builder
         */
        public Builder discoveryTimeout(Duration value) {
            discoveryTimeout = Objects.requireNonNull(value, "discoveryTimeout");
            return this;
        }

        /**
         * Sets how long a call may take that does not wait for software inside.
         *
         * @param value more than 0
         * @return this builder
         */
        public Builder callTimeout(Duration value) {
            callTimeout = Objects.requireNonNull(value, "callTimeout");
            return this;
        }

        /**
         * Sets how long fetching one image may take.
         *
         * @param value more than 0
         * @return this builder
         */
        public Builder pullTimeout(Duration value) {
            pullTimeout = Objects.requireNonNull(value, "pullTimeout");
            return this;
        }

        /**
         * Sets how long building one image may take.
         *
         * @param value more than 0
         * @return this builder
         */
        public Builder buildTimeout(Duration value) {
            buildTimeout = Objects.requireNonNull(value, "buildTimeout");
            return this;
        }

        /**
         * Sets how long a start may take where the specification does not say so.
         *
         * @param value more than 0
         * @return this builder
         */
        public Builder startTimeout(Duration value) {
            startTimeout = Objects.requireNonNull(value, "startTimeout");
            return this;
        }

        /**
         * Sets the registry of images whose names tell none; {@code docker.io/redis:7} tells one. What a Dockerfile names
         * is left to the engine.
         *
         * @param value host and, if it is another than 443, port
         * @return this builder
         */
        public Builder defaultRegistry(String value) {
            defaultRegistry = Objects.requireNonNull(value, "defaultRegistry");
            return this;
        }

        /**
         * Substitutes image names, for mirrors and tests. Every name a caller gives goes through it before the default
         * registry is applied: of environments, and of images to find, pull, tag, push and remove, as well as the tags of
         * builds. Names inside a Dockerfile do not, and neither do identifiers.
         *
         * @param substitution given a name, gives the one to use. It is called from any thread, must not block, and has
         *     to leave its own results as they are
         * @return this builder
         */
        public Builder imageNames(UnaryOperator<String> substitution) {
            imageNames = Objects.requireNonNull(substitution, "substitution");
            return this;
        }

        /**
         * Sets where logins for registries come from.
         *
         * @param source given a registry such as {@code registry.example:5000} or {@code docker.io}, gives the login, or
         *     empty to leave it to the engine's own configuration. It is called from any thread, each time a registry is
         *     used, and its answers are kept nowhere
         * @return this builder
         */
        public Builder registryCredentials(Function<String, Optional<RegistryCredentials>> source) {
            registryCredentials = Objects.requireNonNull(source, "source");
            return this;
        }

        /**
         * Sets how many calls to the engine are under way at once at the most.
         *
         * @param value 1 to 1024
         * @return this builder
         */
        public Builder parallelism(int value) {
            parallelism = value;
            return this;
        }

        /**
         * Sets something that only one back end knows.
         *
         * @param name for example {@code process.namespaces}
         * @param value its value
         * @return this builder
         */
        public Builder option(String name, String value) {
            options.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /**
         * Makes the configuration.
         *
         * @return the immutable value
         * @throws InvalidInputException with everything that is out of its range
         */
        public EngineConfig build() {
            List<Problem> problems = new ArrayList<>();
            positive(problems, "discoveryTimeout", discoveryTimeout);
            positive(problems, "callTimeout", callTimeout);
            positive(problems, "pullTimeout", pullTimeout);
            positive(problems, "buildTimeout", buildTimeout);
            if (defaultRegistry != null
                    && !defaultRegistry.matches("[a-zA-Z0-9.-]+(:[0-9]{1,5})?|\\[[0-9a-fA-F:]+](:[0-9]{1,5})?")) {
                problems.add(new Problem(
                        "defaultRegistry",
                        "'" + defaultRegistry + "' is no address of a registry",
                        "write it like registry.example or 127.0.0.1:5000, without https:// and without a path"));
            }
            positive(problems, "startTimeout", startTimeout);
            if (defaultImage != null && defaultImage.isBlank()) {
                problems.add(Problem.at("defaultImage", "it is blank"));
            }
            if (parallelism < 1 || parallelism > 1024) {
                problems.add(Problem.at("parallelism", parallelism + " is not between 1 and 1024"));
            }
            prefix(problems, "networkPrefix", networkPrefix);
            prefix(problems, "volumePrefix", volumePrefix);
            if (host != null && !host.matches("(unix|tcp|http|https|npipe)://.+")) {
                problems.add(new Problem(
                        "host",
                        "'" + host + "' is no address of an engine",
                        "write it like unix:///var/run/docker.sock or tcp://host:2376"));
            }
            if (!problems.isEmpty()) {
                throw new InvalidInputException("engine configuration", problems);
            }
            return new EngineConfig(this);
        }

        private static void positive(List<Problem> problems, String where, Duration time) {
            if (time.isZero() || time.isNegative()) {
                problems.add(Problem.at(where, time + " is not more than 0"));
            }
        }

        private static void prefix(List<Problem> problems, String where, String value) {
            if (!value.matches("([a-zA-Z0-9][a-zA-Z0-9_.-]{0,40})?")) {
                problems.add(new Problem(
                        where,
                        "'" + value + "' cannot begin a name",
                        "use at most 41 letters, digits, '-', '_' and '.', beginning with a letter or digit"));
            }
        }
    }
}
