package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads pipelines from files of YAML or JSON. Immutable; each {@code with} method gives a changed copy.
 *
 * <pre>{@code
 * Pipeline pipeline = PipelineLoader.of(Path.of("pipeline.yaml")).load();
 * }</pre>
 *
 * <p>Everything that can be told without running it is checked, and every problem told at its {@code file:line:column} at once: keys
 * and values, types of steps, order and needs, expressions. Variables that the file does not define are taken to be given later,
 * unless {@link #withVariables} says which are.
 */
@Experimental
public final class PipelineLoader {

    private final Path file;

    @Nullable
    private final String text;

    private final boolean isJson;

    @Nullable
    private final Map<String, Object> variables;

    private final List<StepProvider> providers;

    private PipelineLoader(
            Path file,
            @Nullable String text,
            boolean isJson,
            @Nullable Map<String, Object> variables,
            List<StepProvider> providers) {
        this.file = file;
        this.text = text;
        this.isJson = isJson;
        this.variables = variables;
        this.providers = providers;
    }

    /**
     * A loader of a file.
     *
     * @param file the file, read as JSON if its name ends with {@code .json}, else as YAML
     * @return the loader
     */
    public static PipelineLoader of(Path file) {
        return new PipelineLoader(file, null, file.toString().endsWith(".json"), null, List.of());
    }

    /**
     * A loader of YAML.
     *
     * @param yaml what would be in a file {@code pipeline.yaml}
     * @param folder the folder that file would be in
     * @return the loader
     */
    public static PipelineLoader ofYaml(String yaml, Path folder) {
        return new PipelineLoader(
                folder.resolve("pipeline.yaml"), Objects.requireNonNull(yaml, "yaml"), false, null, List.of());
    }

    /**
     * A loader of JSON.
     *
     * @param json what would be in a file {@code pipeline.json}
     * @param folder the folder that file would be in
     * @return the loader
     */
    public static PipelineLoader ofJson(String json, Path folder) {
        return new PipelineLoader(
                folder.resolve("pipeline.json"), Objects.requireNonNull(json, "json"), true, null, List.of());
    }

    /**
     * Says which variables a run is given, so that all others are problems.
     *
     * @param given names and values
     * @return the changed loader
     */
    public PipelineLoader withVariables(Map<String, ?> given) {
        return new PipelineLoader(file, text, isJson, new LinkedHashMap<>(given), providers);
    }

    /**
     * Adds types of steps to those of this library and those that are found.
     *
     * @param more their providers
     * @return the changed loader
     */
    public PipelineLoader withProviders(StepProvider... more) {
        List<StepProvider> all = new ArrayList<>(providers);
        all.addAll(List.of(more));
        return new PipelineLoader(file, text, isJson, variables, all);
    }

    /**
     * Reads the pipeline.
     *
     * @return the pipeline; templates and includes are what they came to
     * @throws InvalidInputException with every problem
     */
    public Pipeline load() {
        return load(StepTypes.with(providers));
    }

    /** With types that were looked for before. */
    Pipeline load(StepTypes types) {
        String subject = "pipeline file '" + file + "'";
        String content = text == null ? read(subject) : text;
        Findings findings = new Findings();
        Path folder = file.toAbsolutePath().normalize().getParent();
        PipelineFile reader = new PipelineFile(folder == null ? file.toAbsolutePath() : folder, findings.placed());
        String shown = text == null ? file.toString() : String.valueOf(file.getFileName());
        Pipeline pipeline = reader.read(content, shown, isJson, findings);
        if (pipeline != null) {
            Variables known = variables == null
                    ? Variables.open(pipeline, findings)
                    : Variables.of(pipeline, variables, findings);
            new Planner(types, pipeline, known, null, null, null, findings).plan();
        }
        findings.throwIfAny(subject);
        return Objects.requireNonNull(pipeline);
    }

    private String read(String subject) {
        try {
            if (Files.size(file) > PipelineFile.LARGEST) {
                throw new InvalidInputException(
                        subject,
                        List.of(new Problem(
                                file.toString(), "it has more than " + PipelineFile.LARGEST + " bytes", "split it")));
            }
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new InvalidInputException(
                    subject,
                    List.of(new Problem(
                            file.toString(),
                            "it cannot be read: " + unreadable,
                            "see whether it exists, is UTF-8 and may be read")));
        }
    }

    /** The file, without any variable. */
    @Override
    public String toString() {
        return "PipelineLoader[" + file + "]";
    }
}
