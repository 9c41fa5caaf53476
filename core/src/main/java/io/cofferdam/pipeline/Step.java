package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A step of a pipeline: its name, its type and its settings, in the form files have them. Immutable. What its type knows is
 * checked when the pipeline is planned, together with everything else.
 */
@Experimental
public final class Step {

    private final Map<String, @Nullable Object> settings;

    private Step(Map<String, @Nullable Object> settings) {
        this.settings = settings;
    }

    /**
     * A builder of a step.
     *
     * @param name its name, unique in its pipeline: 1 to 100 characters
     * @param type its type, for example {@code docker_build}
     * @return the builder
     */
    public static Builder of(String name, String type) {
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        settings.put("name", Objects.requireNonNull(name, "name"));
        settings.put("type", Objects.requireNonNull(type, "type"));
        return new Builder(settings);
    }

    /** A step that was read. */
    static Step read(Map<String, @Nullable Object> settings) {
        return new Step(settings);
    }

    /**
     * A builder that begins with this step.
     *
     * @return the builder
     */
    public Builder toBuilder() {
        return new Builder(new LinkedHashMap<>(settings));
    }

    /**
     * Its name.
     *
     * @return unique in its pipeline
     */
    public String name() {
        return String.valueOf(settings.get("name"));
    }

    /**
     * Its type.
     *
     * @return for example {@code docker_build}
     */
    public String type() {
        return String.valueOf(settings.get("type"));
    }

    /**
     * Its order.
     *
     * @return empty if it has none
     */
    public OptionalInt order() {
        Long order = Data.whole(settings.get("order"));
        return order == null ? OptionalInt.empty() : OptionalInt.of(order.intValue());
    }

    /**
     * The steps it waits for.
     *
     * @return their names; empty if it says nothing
     */
    public List<String> needs() {
        return new StepConfig(settings).texts("needs");
    }

    /**
     * All its settings.
     *
     * @return keys and values as files have them, its name and type included
     */
    public Map<String, @Nullable Object> settings() {
        return settings;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Step step && step.settings.equals(settings);
    }

    @Override
    public int hashCode() {
        return settings.hashCode();
    }

    /** Name and type: settings may hold what is better not seen. */
    @Override
    public String toString() {
        return "Step[" + name() + ", " + type() + "]";
    }

    /** Builds a step. Not safe for use by several threads. */
    public static final class Builder {

        private final Map<String, @Nullable Object> settings;

        private Builder(Map<String, @Nullable Object> settings) {
            this.settings = settings;
        }

        /**
         * Sets anything that a file could say of the step.
         *
         * @param key the key, for example {@code docker_image}
         * @param value text, a number, a truth value, or a list or map of such; null takes the setting away
         * @return this builder
         * @throws IllegalArgumentException if the value is of another kind
         */
        public Builder set(String key, @Nullable Object value) {
            if (value == null) {
                settings.remove(key);
            } else {
                settings.put(key, Data.copy(value));
            }
            return this;
        }

        /**
         * Sets when it comes.
         *
         * @param number 0 or more; steps of the same number run side by side
         * @return this builder
         */
        public Builder order(int number) {
            return set("order", number);
        }

        /**
         * Sets the steps it waits for, instead of an order.
         *
         * @param steps their names
         * @return this builder
         */
        public Builder needs(String... steps) {
            return set("needs", Arrays.asList(steps));
        }

        /**
         * Sets what has to hold for it to run; see the page on pipelines for the conditions there are.
         *
         * @param condition for example {@code branch_equals}
         * @param value for example {@code main}
         * @return this builder
         */
        public Builder condition(String condition, Object value) {
            Map<String, @Nullable Object> conditions = new LinkedHashMap<>();
            if (settings.get("conditions") instanceof Map<?, ?> present) {
                conditions.putAll(Data.map(present));
            }
            conditions.put(condition, value);
            return set("conditions", conditions);
        }

        /**
         * Lets it run however what came before has ended, also after a cancel.
         *
         * @return this builder
         */
        public Builder always() {
            return condition("status", "always");
        }

        /**
         * Lets it run only if something before it failed.
         *
         * @return this builder
         */
        public Builder onFailure() {
            return condition("status", "on_failure");
        }

        /**
         * Sets how often it is tried.
         *
         * @param policy the policy
         * @return this builder
         */
        public Builder retry(RetryPolicy policy) {
            return set("retry", policy.written());
        }

        /**
         * Sets how long an attempt may take.
         *
         * @param time more than 0
         * @return this builder
         */
        public Builder timeout(Duration time) {
            return set("timeout", Data.written(time));
        }

        /**
         * Sets how long all attempts may take together, with their waits.
         *
         * @param time more than 0
         * @return this builder
         */
        public Builder totalTimeout(Duration time) {
            return set("total_timeout", Data.written(time));
        }

        /**
         * Lets the rest of the pipeline go on when it fails.
         *
         * @return this builder
         */
        public Builder continueOnFailure() {
            return set("continue_on_failure", true);
        }

        /**
         * Lets it run once for each combination of values.
         *
         * @param axis the name of a value, read as {@code {{matrix.AXIS}}}
         * @param values the values
         * @return this builder
         */
        public Builder matrix(String axis, Object... values) {
            Map<String, @Nullable Object> matrix = new LinkedHashMap<>();
            if (settings.get("matrix") instanceof Map<?, ?> present) {
                matrix.putAll(Data.map(present));
            }
            matrix.put(axis, new ArrayList<>(Arrays.asList(values)));
            return set("matrix", matrix);
        }

        /**
         * Sets the engine it runs on.
         *
         * @param name its name, for example {@code process}
         * @return this builder
         */
        public Builder engine(String name) {
            return set("engine", name);
        }

        /**
         * Builds the step.
         *
         * @return the step
         */
        public Step build() {
            return new Step(Data.map(settings));
        }
    }
}
