package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What can be written in steps of one type, and what they have as results. Immutable; made with {@link #of} and the methods that add.
 */
@Experimental
public final class StepSchema {

    private final String group;
    private final Map<String, Shape.Field> fields;
    private final Set<String> outputs;
    private final Set<String> flows;
    private final boolean isOpen;

    private StepSchema(
            String group, Map<String, Shape.Field> fields, Set<String> outputs, Set<String> flows, boolean isOpen) {
        this.group = group;
        this.fields = Collections.unmodifiableMap(fields);
        this.outputs = Collections.unmodifiableSet(outputs);
        this.flows = Collections.unmodifiableSet(flows);
        this.isOpen = isOpen;
    }

    /**
     * A schema.
     *
     * @param group the key under which the fields may be gathered, such as {@code docker_config}; each may also be written on
     *     the step itself. Empty for none
     * @param fields the fields, none of which is called like a key that every step has
     * @return a schema without results
     */
    public static StepSchema of(String group, Shape.Field... fields) {
        Map<String, Shape.Field> all = new LinkedHashMap<>();
        Arrays.stream(fields).forEach(field -> all.put(field.name(), field));
        return new StepSchema(group, all, Set.of(), Set.of(), false);
    }

    /**
     * Adds results that later steps read as {@code {{steps.NAME.RESULT}}}.
     *
     * @param names the names of the results
     * @return the changed schema
     */
    public StepSchema withResults(String... names) {
        Set<String> more = new LinkedHashSet<>(outputs);
        more.addAll(Arrays.asList(names));
        return new StepSchema(group, fields, more, flows, isOpen);
    }

    /**
     * Adds results that later steps also read by their names alone, such as {@code {{docker_image}}}.
     *
     * @param names the names of the results
     * @return the changed schema
     */
    public StepSchema withFlowing(String... names) {
        Set<String> more = new LinkedHashSet<>(flows);
        more.addAll(Arrays.asList(names));
        return new StepSchema(group, fields, outputs, more, isOpen).withResults(names);
    }

    /**
     * Lets steps have results of any name, which are not checked before the run.
     *
     * @return the changed schema
     */
    public StepSchema withAnyResults() {
        return new StepSchema(group, fields, outputs, flows, true);
    }

    /**
     * The key under which the fields may be gathered.
     *
     * @return empty if there is none
     */
    public String group() {
        return group;
    }

    /**
     * The fields.
     *
     * @return by their names
     */
    public Map<String, Shape.Field> fields() {
        return fields;
    }

    /**
     * The results there are after a success.
     *
     * @return their names
     */
    public Set<String> results() {
        return outputs;
    }

    /**
     * The results that later steps also read by their names alone.
     *
     * @return their names, which are among the results
     */
    public Set<String> flowing() {
        return flows;
    }

    /**
     * Whether there may be results of other names.
     *
     * @return true if any name may be referred to
     */
    public boolean hasAnyResults() {
        return isOpen;
    }
}
