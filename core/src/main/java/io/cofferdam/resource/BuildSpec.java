package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.internal.redact.Redactor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What to build an image from, and how. The context is a folder, files in memory, or both, where a file in memory hides
 * one of the same name in the folder; or nothing but the text of a Dockerfile. Immutable.
 *
 * <pre>{@code
 * Image web = images.build(BuildSpec.context(Path.of("web")).tag("shop/web:2").buildArg("VERSION", "2").build());
 * Image tool = images.build(BuildSpec.dockerfile("FROM busybox\nRUN adduser -D tool\n").tag("tool:1").build());
 * }</pre>
 *
 * <p>A {@code .dockerignore} of the context is respected. Links stay links and are never followed out of the context.
 */
@Experimental
public final class BuildSpec {

    private final Map<String, ContextFile> files;
    private final List<String> tags;
    private final Map<String, String> buildArgs;
    private final Set<String> secretNames;
    private final Map<String, String> labels;
    private final List<String> cacheFrom;
    private final List<String> platforms;
    private final Map<String, RegistryCredentials> credentials;
    private final boolean noCache;
    private final boolean pull;
    private final String dockerfilePath;
    private final Consumer<BuildOutput> output;

    @Nullable
    private final Path folder;

    @Nullable
    private final String dockerfileText;

    @Nullable
    private final String target;

    @Nullable
    private final String network;

    private static void tellNobody(BuildOutput output) {}

    private BuildSpec(Builder from) {
        folder = from.folder;
        files = Collections.unmodifiableMap(new LinkedHashMap<>(from.files));
        dockerfileText = from.dockerfileText;
        dockerfilePath = from.dockerfilePath;
        tags = List.copyOf(from.tags);
        buildArgs = Collections.unmodifiableMap(new LinkedHashMap<>(from.buildArgs));
        secretNames = Set.copyOf(from.secretNames);
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(from.labels));
        cacheFrom = List.copyOf(from.cacheFrom);
        platforms = List.copyOf(from.platforms);
        credentials = Map.copyOf(from.credentials);
        noCache = from.noCache;
        pull = from.pull;
        target = from.target;
        network = from.network;
        output = from.output;
    }

    /**
     * A file of the context that exists in memory only.
     *
     * @param content its bytes, which must not be changed any more
     * @param executable whether everybody may execute it
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by identity, which is enough to tell a file from another
    public record ContextFile(byte[] content, boolean executable) {

        /** How large it is. */
        @Override
        public String toString() {
            return "ContextFile[" + content.length + " bytes]";
        }
    }

    /**
     * Begins with a folder as the context, and the file {@code Dockerfile} in it.
     *
     * @param folder the folder
     * @return a builder
     */
    public static Builder context(Path folder) {
        Builder builder = new Builder();
        builder.folder = folder.toAbsolutePath().normalize();
        return builder;
    }

    /**
     * Begins with the text of a Dockerfile and an empty context, to which files may be added.
     *
     * @param text the Dockerfile
     * @return a builder
     */
    public static Builder dockerfile(String text) {
        return new Builder().dockerfileText(text);
    }

    /**
     * Begins with an empty context, to which files are added, {@code Dockerfile} among them.
     *
     * @return a builder
     */
    public static Builder files() {
        return new Builder();
    }

    /**
     * A builder that starts with this specification.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.folder = folder;
        builder.files.putAll(files);
        builder.dockerfileText = dockerfileText;
        builder.dockerfilePath = dockerfilePath;
        builder.tags.addAll(tags);
        builder.buildArgs.putAll(buildArgs);
        builder.secretNames.addAll(secretNames);
        builder.labels.putAll(labels);
        builder.cacheFrom.addAll(cacheFrom);
        builder.platforms.addAll(platforms);
        builder.credentials.putAll(credentials);
        builder.noCache = noCache;
        builder.pull = pull;
        builder.target = target;
        builder.network = network;
        builder.output = output;
        return builder;
    }

    /**
     * The folder of the context.
     *
     * @return empty if the context has none
     */
    public Optional<Path> folder() {
        return Optional.ofNullable(folder);
    }

    /**
     * The files in memory.
     *
     * @return files by their path in the context
     */
    public Map<String, ContextFile> contextFiles() {
        return files;
    }

    /**
     * The text of the Dockerfile, if it is no file of the context.
     *
     * @return empty if it is one
     */
    public Optional<String> dockerfileText() {
        return Optional.ofNullable(dockerfileText);
    }

    /**
     * Where the Dockerfile is in the context, unless its text is given.
     *
     * @return {@code Dockerfile} unless set
     */
    public String dockerfilePath() {
        return dockerfilePath;
    }

    /**
     * The names the image gets.
     *
     * @return may be empty
     */
    public List<String> tags() {
        return tags;
    }

    /**
     * The build arguments, secret ones included.
     *
     * @return values by name
     */
    public Map<String, String> buildArgs() {
        return buildArgs;
    }

    /**
     * The labels the image gets besides those of its Dockerfile.
     *
     * @return values by name
     */
    public Map<String, String> labels() {
        return labels;
    }

    /**
     * The images whose layers may be used again.
     *
     * @return names; may be empty
     */
    public List<String> cacheFrom() {
        return cacheFrom;
    }

    /**
     * The platforms to build for.
     *
     * @return such as {@code linux/arm64}; empty for the engine's own
     */
    public List<String> platforms() {
        return platforms;
    }

    /**
     * Logins by registry that are used instead of the configured ones.
     *
     * @return may be empty
     */
    public Map<String, RegistryCredentials> credentials() {
        return credentials;
    }

    /**
     * Whether every instruction is done anew.
     *
     * @return false unless set
     */
    public boolean noCache() {
        return noCache;
    }

    /**
     * Whether the images that the Dockerfile begins with are fetched even if the engine has them.
     *
     * @return false unless set
     */
    public boolean pull() {
        return pull;
    }

    /**
     * The stage to stop after.
     *
     * @return empty for the last
     */
    public Optional<String> target() {
        return Optional.ofNullable(target);
    }

    /**
     * The network of the instructions.
     *
     * @return empty for the engine's default
     */
    public Optional<String> network() {
        return Optional.ofNullable(network);
    }

    /**
     * Who gets the lines the build writes.
     *
     * @return does nothing unless set
     */
    public Consumer<BuildOutput> output() {
        return output;
    }

    /**
     * Masks the values of secret build arguments.
     *
     * @param text any text
     * @return the text with {@code ***} in their place
     */
    public String masked(String text) {
        return secretNames.isEmpty()
                ? text
                : Redactor.of(secretNames.stream()
                                .map(name -> buildArgs.getOrDefault(name, ""))
                                .toList())
                        .redact(text);
    }

    /** What is built, for people: neither files nor values of build arguments. */
    @Override
    public String toString() {
        return "BuildSpec[" + (folder == null ? files.keySet() : folder) + ", tags=" + tags + ", buildArgs="
                + buildArgs.keySet() + (target == null ? "" : ", target=" + target) + "]";
    }

    /** Collects the parts of a specification; {@link #build()} checks them all at once. Not thread-safe. */
    public static final class Builder {

        @Nullable
        private Path folder;

        @Nullable
        private String dockerfileText;

        @Nullable
        private String target;

        @Nullable
        private String network;

        private String dockerfilePath = "Dockerfile";
        private final Map<String, ContextFile> files = new LinkedHashMap<>();
        private final Set<String> tags = new LinkedHashSet<>();
        private final Map<String, String> buildArgs = new LinkedHashMap<>();
        private final Set<String> secretNames = new LinkedHashSet<>();
        private final Map<String, String> labels = new LinkedHashMap<>();
        private final Set<String> cacheFrom = new LinkedHashSet<>();
        private final Set<String> platforms = new LinkedHashSet<>();
        private final Map<String, RegistryCredentials> credentials = new LinkedHashMap<>();
        private boolean noCache;
        private boolean pull;
        private Consumer<BuildOutput> output = BuildSpec::tellNobody;

        private Builder() {}

        /**
         * Adds a text file to the context, in UTF-8.
         *
         * @param path its path in the context, with {@code /} between the parts
         * @param text its content
         * @return this builder
         */
        public Builder file(String path, String text) {
            return file(path, text.getBytes(StandardCharsets.UTF_8), false);
        }

        /**
         * Adds a file to the context.
         *
         * @param path its path in the context, with {@code /} between the parts
         * @param content its bytes, copied
         * @param executable whether everybody may execute it
         * @return this builder
         */
        public Builder file(String path, byte[] content, boolean executable) {
            files.put(Objects.requireNonNull(path, "path"), new ContextFile(content.clone(), executable));
            return this;
        }

        /**
         * Sets the text of the Dockerfile, which is then no file of the context.
         *
         * @param text the Dockerfile
         * @return this builder
         */
        public Builder dockerfileText(String text) {
            dockerfileText = Objects.requireNonNull(text, "text");
            return this;
        }

        /**
         * Sets which file of the context is the Dockerfile.
         *
         * @param path relative to the context, with {@code /} between the parts
         * @return this builder
         */
        public Builder dockerfilePath(String path) {
            dockerfilePath = Objects.requireNonNull(path, "path");
            return this;
        }

        /**
         * Names the image.
         *
         * @param name for example {@code shop/web:2}; without a tag {@code latest}; can be repeated
         * @return this builder
         */
        public Builder tag(String name) {
            tags.add(Objects.requireNonNull(name, "name"));
            return this;
        }

        /**
         * Takes away all names given so far.
         *
         * @return this builder
         */
        public Builder clearTags() {
            tags.clear();
            return this;
        }

        /**
         * Sets a build argument.
         *
         * @param name declared in the Dockerfile by {@code ARG}
         * @param value its value
         * @return this builder
         */
        public Builder buildArg(String name, String value) {
            buildArgs.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
            secretNames.remove(name);
            return this;
        }

        /**
         * Sets a build argument whose value is a secret: it reaches the build, but no log, event, error, output or
         * {@code toString} of this library. The classic builder itself keeps the values of the arguments that a
         * {@code RUN} saw in the history of the image, so such an image must not be given away.
         *
         * @param name declared in the Dockerfile by {@code ARG}
         * @param value its value
         * @return this builder
         */
        public Builder secretBuildArg(String name, String value) {
            buildArg(name, value);
            secretNames.add(name);
            return this;
        }

        /**
         * Labels the image, besides the labels of its Dockerfile.
         *
         * @param name the label
         * @param value its value
         * @return this builder
         */
        public Builder label(String name, String value) {
            labels.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /**
         * Lets the layers of an image the engine has be used again.
         *
         * @param image its name; can be repeated
         * @return this builder
         */
        public Builder cacheFrom(String image) {
            cacheFrom.add(Objects.requireNonNull(image, "image"));
            return this;
        }

        /**
         * Does every instruction anew.
         *
         * @return this builder
         */
        public Builder noCache() {
            noCache = true;
            return this;
        }

        /**
         * Fetches the images that the Dockerfile begins with even if the engine has them.
         *
         * @return this builder
         */
        public Builder pull() {
            pull = true;
            return this;
        }

        /**
         * Builds for a platform. Needs {@link io.cofferdam.engine.Capability#IMAGE_PLATFORMS}, and several need
         * {@link io.cofferdam.engine.Capability#BUILDKIT}.
         *
         * @param platform such as {@code linux/arm64}; can be repeated
         * @return this builder
         */
        public Builder platform(String platform) {
            platforms.add(Objects.requireNonNull(platform, "platform"));
            return this;
        }

        /**
         * Stops after a stage.
         *
         * @param stage its name in the Dockerfile
         * @return this builder
         */
        public Builder target(String stage) {
            target = Objects.requireNonNull(stage, "stage");
            return this;
        }

        /**
         * Sets the network of the instructions.
         *
         * @param name a network of the engine; {@code none} for no network at all
         * @return this builder
         */
        public Builder network(String name) {
            network = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Uses a login for a registry that the Dockerfile fetches images from, instead of the configured one.
         *
         * @param registry such as {@code registry.example:5000} or {@code docker.io}
         * @param login the login
         * @return this builder
         */
        public Builder credentials(String registry, RegistryCredentials login) {
            credentials.put(Objects.requireNonNull(registry, "registry"), Objects.requireNonNull(login, "login"));
            return this;
        }

        /**
         * Tells what the build writes.
         *
         * @param consumer called with one line after the other on a thread of its own, never after the build has
         *     returned. A slow one loses the oldest of several thousand lines, and what it throws is logged: neither
         *     disturbs the build
         * @return this builder
         */
        public Builder onOutput(Consumer<BuildOutput> consumer) {
            output = Objects.requireNonNull(consumer, "consumer");
            return this;
        }

        /**
         * Makes the specification.
         *
         * @return the immutable value
         * @throws InvalidInputException with everything that is wrong
         */
        public BuildSpec build() {
            List<Problem> problems = new ArrayList<>();
            files.keySet().forEach(path -> path(problems, "files", path));
            if (dockerfileText == null) {
                path(problems, "dockerfilePath", dockerfilePath);
                if (folder == null && !files.containsKey(dockerfilePath)) {
                    problems.add(new Problem(
                            "dockerfilePath",
                            "there is no file '" + dockerfilePath + "' in the context",
                            "add it, or give the Dockerfile's text"));
                }
            } else if (dockerfileText.isBlank()) {
                problems.add(Problem.at("dockerfileText", "a Dockerfile needs at least one instruction: FROM"));
            }
            buildArgs.keySet().forEach(name -> filled(problems, "buildArgs", name));
            labels.keySet().forEach(name -> filled(problems, "labels", name));
            platforms.forEach(platform -> filled(problems, "platforms", platform));
            if (!problems.isEmpty()) {
                throw new InvalidInputException("image to build", problems);
            }
            return new BuildSpec(this);
        }

        private static void filled(List<Problem> problems, String where, String name) {
            if (name.isBlank()) {
                problems.add(Problem.at(where, "a name is blank"));
            }
        }

        /** No path may lead out of the context, on whatever system it is read. */
        private static void path(List<Problem> problems, String where, String path) {
            boolean safe = !path.isBlank()
                    && !path.startsWith("/")
                    && path.indexOf('\\') < 0
                    && path.indexOf('\0') < 0
                    && !path.matches("[A-Za-z]:.*");
            for (String part : path.split("/", -1)) {
                safe &= !part.isEmpty() && !part.equals(".") && !part.equals("..");
            }
            if (!safe) {
                problems.add(new Problem(
                        where,
                        "'" + path + "' is no path inside the context",
                        "write it relative to the context, without '.' and '..', with '/' between its parts"));
            }
        }
    }
}
