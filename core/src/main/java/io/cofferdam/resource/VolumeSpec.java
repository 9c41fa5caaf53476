package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a volume is to be. Immutable. A volume that belongs to one environment and goes with it needs none of this:
 * {@link io.cofferdam.environment.Mount#temporary}.
 *
 * @param name its name without the configured prefix: 1 to 63 of {@code a-z 0-9 -}, beginning and ending with a letter or
 *     digit
 * @param labels the caller's labels, none of which may begin with {@link Labels#PREFIX}
 * @param lifetime {@link Lifetime#session()} or {@link Lifetime#persistent()}
 */
@Experimental
public record VolumeSpec(String name, Map<String, String> labels, Lifetime lifetime) {

    /**
     * Checks everything at once.
     *
     * @throws InvalidInputException with all that is wrong
     */
    public VolumeSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(lifetime, "lifetime");
        labels = Map.copyOf(labels);
        List<Problem> problems = ResourceRules.problems(name, labels, lifetime);
        if (!problems.isEmpty()) {
            throw new InvalidInputException("volume '" + name + "'", problems);
        }
    }

    /**
     * A volume that is kept until somebody removes it.
     *
     * @param name its name without the configured prefix
     * @return the specification
     * @throws InvalidInputException if it is no name
     */
    public static VolumeSpec named(String name) {
        return new VolumeSpec(name, Map.of(), Lifetime.persistent());
    }

    /**
     * A volume that is removed when the orchestrator is closed, after the environments.
     *
     * @param name its name without the configured prefix
     * @return the specification
     * @throws InvalidInputException if it is no name
     */
    public static VolumeSpec temporary(String name) {
        return new VolumeSpec(name, Map.of(), Lifetime.session());
    }

    /**
     * The same volume with one more label.
     *
     * @param label its name
     * @param value its value
     * @return the specification
     */
    public VolumeSpec withLabel(String label, String value) {
        Map<String, String> more = new LinkedHashMap<>(labels);
        more.put(Objects.requireNonNull(label, "label"), Objects.requireNonNull(value, "value"));
        return new VolumeSpec(name, more, lifetime);
    }
}
