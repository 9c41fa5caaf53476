package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Steps that belong together, with their order and the variables they use. An immutable value.
 *
 * <pre>{@code
 * Pipeline pipeline = Pipeline.named("shop")
 *         .parameter(Parameter.required("build_number", Parameter.Type.INTEGER))
 *         .step(Step.of("build", "docker_build").set("docker_image", "shop").set("docker_tag", "{{build_number}}").build())
 *         .step(Step.of("test", "docker_run").needs("build").set("command", List.of("./test")).build())
 *         .build();
 * }</pre>
 *
 * <p>Steps have an {@code order}, and those of one number run side by side; or they have {@code needs}, and each runs as soon as
 * what it needs is done. With neither on any step they run one after the other, as they are written.
 */
@Experimental
public final class Pipeline {

    private final String name;
    private final String description;
    private final Map<String, Parameter> parameters;
    private final Map<String, @Nullable Object> variables;
    private final List<Step> steps;
    private final Places places;

    private Pipeline(Builder from) {
        this.name = from.name;
        this.description = from.description;
        this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(from.parameters));
        this.variables = Data.map(from.variables);
        this.steps = List.copyOf(from.steps);
        this.places = from.places;
    }

    /**
     * A builder of a pipeline.
     *
     * @param name its name: 1 to 100 characters
     * @return the builder
     */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /**
     * A builder that begins with this pipeline: the way to a clone with changes.
     *
     * @return the builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder(name);
        builder.description = description;
        builder.parameters.putAll(parameters);
        builder.variables.putAll(variables);
        builder.steps.addAll(steps);
        return builder;
    }

    /**
     * Its name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * What it is for.
     *
     * @return may be empty
     */
    public String description() {
        return description;
    }

    /**
     * The values it wants to be given.
     *
     * @return by their names
     */
    public Map<String, Parameter> parameters() {
        return parameters;
    }

    /**
     * Its own variables, which a run can be given other values for.
     *
     * @return names and values
     */
    public Map<String, @Nullable Object> variables() {
        return variables;
    }

    /**
     * Its steps.
     *
     * @return as they are written
     */
    public List<Step> steps() {
        return steps;
    }

    /**
     * A step.
     *
     * @param step its name
     * @return empty if there is none
     */
    public Optional<Step> step(String step) {
        return steps.stream().filter(each -> each.name().equals(step)).findFirst();
    }

    Places places() {
        return places;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Pipeline pipeline
                && pipeline.name.equals(name)
                && pipeline.description.equals(description)
                && pipeline.parameters.equals(parameters)
                && pipeline.variables.equals(variables)
                && pipeline.steps.equals(steps);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, parameters, variables, steps);
    }

    /** Its name and how many steps it has. */
    @Override
    public String toString() {
        return "Pipeline[" + name + ", " + steps.size() + " steps]";
    }

    /** Builds a pipeline. Not safe for use by several threads. */
    public static final class Builder {

        private String name;
        private String description = "";
        private final Map<String, Parameter> parameters = new LinkedHashMap<>();
        private final Map<String, @Nullable Object> variables = new LinkedHashMap<>();
        private final List<Step> steps = new ArrayList<>();
        private Places places = Places.none();

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        /**
         * Sets the name.
         *
         * @param value 1 to 100 characters
         * @return this builder
         */
        public Builder name(String value) {
            this.name = Objects.requireNonNull(value, "name");
            return this;
        }

        /**
         * Sets what it is for.
         *
         * @param value may be empty
         * @return this builder
         */
        public Builder description(String value) {
            this.description = Objects.requireNonNull(value, "description");
            return this;
        }

        /**
         * Adds a value it wants to be given.
         *
         * @param parameter the parameter, in place of one of the same name
         * @return this builder
         */
        public Builder parameter(Parameter parameter) {
            parameters.put(parameter.name(), parameter);
            return this;
        }

        /**
         * Adds a variable.
         *
         * @param variable its name
         * @param value text, a number, a truth value, null, or a list or map of such. Expressions in it are not replaced
         * @return this builder
         */
        public Builder variable(String variable, @Nullable Object value) {
            variables.put(Objects.requireNonNull(variable, "variable"), Data.copy(value));
            return this;
        }

        /**
         * Adds steps.
         *
         * @param more the steps
         * @return this builder
         */
        public Builder step(Step... more) {
            steps.addAll(Arrays.asList(more));
            return this;
        }

        /**
         * Puts another step in place of the one of its name, or adds it if there is none.
         *
         * @param changed the step
         * @return this builder
         */
        public Builder replace(Step changed) {
            for (int i = 0; i < steps.size(); i++) {
                if (steps.get(i).name().equals(changed.name())) {
                    steps.set(i, changed);
                    return this;
                }
            }
            return step(changed);
        }

        /**
         * Takes a step away.
         *
         * @param step its name
         * @return this builder
         */
        public Builder without(String step) {
            steps.removeIf(each -> each.name().equals(step));
            return this;
        }

        Builder places(Places value) {
            this.places = value;
            return this;
        }

        /**
         * Builds the pipeline. Whether its parts fit together is told when it is planned.
         *
         * @return the pipeline
         */
        public Pipeline build() {
            return new Pipeline(this);
        }
    }
}
