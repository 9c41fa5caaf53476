package io.cofferdam.application;

import io.cofferdam.api.Experimental;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the software of a service is made from a folder: an image is built from it where the engine runs images; on processes the
 * folder itself is the template of an instance's directory. {@code toString} shows no values of arguments.
 *
 * @param context the folder, made absolute
 * @param file the build file's path within the folder, or null for {@code Dockerfile}
 * @param inlineFile the text of the build file, or null if it is in the folder
 * @param args the build's arguments
 * @param stage the stage to build, or null for the last one
 * @param labels the labels of the image
 * @param contextDigest a digest of what the folder holds, or null if it is not known; with it, another content is another revision, and
 *     the same content in another place is not
 */
@Experimental
public record Build(
        Path context,
        @Nullable String file,
        @Nullable String inlineFile,
        Map<String, String> args,
        @Nullable String stage,
        Map<String, String> labels,
        @Nullable String contextDigest) {

    public Build {
        context = context.toAbsolutePath().normalize();
        args = Map.copyOf(args);
        labels = Map.copyOf(labels);
    }

    /**
     * A build with nothing but a folder.
     *
     * @param context the folder
     * @return the build
     */
    public static Build from(Path context) {
        return new Build(context, null, null, Map.of(), null, Map.of(), null);
    }

    /**
     * The build file's path within the folder.
     *
     * @return empty for {@code Dockerfile}
     */
    public Optional<String> dockerfile() {
        return Optional.ofNullable(file);
    }

    /**
     * The text of the build file.
     *
     * @return empty if it is in the folder
     */
    public Optional<String> inlineDockerfile() {
        return Optional.ofNullable(inlineFile);
    }

    /**
     * The stage to build.
     *
     * @return empty for the last one
     */
    public Optional<String> target() {
        return Optional.ofNullable(stage);
    }

    /**
     * A digest of what the folder holds.
     *
     * @return empty if it is not known
     */
    public Optional<String> digest() {
        return Optional.ofNullable(contextDigest);
    }

    /**
     * The same build with another build file.
     *
     * @param path the path within the folder
     * @return the build
     */
    public Build withDockerfile(String path) {
        return new Build(context, path, inlineFile, args, stage, labels, contextDigest);
    }

    /**
     * The same build with one more argument.
     *
     * @param name its name
     * @param value its value
     * @return the build
     */
    public Build withArg(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(args);
        more.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
        return new Build(context, file, inlineFile, more, stage, labels, contextDigest);
    }

    /**
     * The same build of another stage.
     *
     * @param name the stage's name
     * @return the build
     */
    public Build withTarget(String name) {
        return new Build(context, file, inlineFile, args, name, labels, contextDigest);
    }

    /**
     * The same build with a digest of what the folder holds.
     *
     * @param digest any text that differs where the content does
     * @return the build
     */
    public Build withDigest(String digest) {
        return new Build(context, file, inlineFile, args, stage, labels, Objects.requireNonNull(digest, "digest"));
    }

    void addTo(Fingerprint print) {
        print.add("context", contextDigest == null ? context.toString() : null);
        print.add("digest", contextDigest);
        print.add("dockerfile", file);
        print.add("inline", inlineFile);
        print.add("args", args);
        print.add("target", stage);
        print.add("imageLabels", labels);
    }

    @Override
    public String toString() {
        return "Build[context=" + context
                + (file == null ? "" : ", dockerfile=" + file)
                + (stage == null ? "" : ", target=" + stage)
                + (args.isEmpty()
                        ? ""
                        : ", args="
                                + new TreeMap<>(args)
                                        .keySet().stream()
                                                .map(name -> name + "=***")
                                                .collect(Collectors.joining(", ", "{", "}")))
                + "]";
    }
}
